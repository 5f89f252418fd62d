"""A data set of one's own on every page: chosen, trained on, looked at; said plainly when it is gone."""

import numpy as np
import pytest

from ae_core.data.own.importing import Wanted, import_files
from ae_core.data.own.record import Way
from ae_core.models.config import ModelConfig
from ae_core.runs.execution import execute
from ae_core.training.config import TrainConfig
from tests.data.made_files import npz
from tests.pages.conftest import words


@pytest.fixture
def things(visit, embedded):  # noqa: ARG001
    """Three classes with names: 60 images of each; imported where the page's session looks for them."""
    kept = np.isin(embedded.test.labels, (0, 1, 7))
    images, labels = embedded.test.images[kept], embedded.test.labels[kept]
    some = np.concatenate([np.flatnonzero(labels == label)[:60] for label in (0, 1, 7)])
    data = npz(images=images[some], labels=labels[some])
    return import_files([("things.npz", data)], Wanted("things", Way.RESIZED, ("ring", "stick", "hook")))


@pytest.fixture
def trained(things, service):  # noqa: ARG001
    """A run that has learned `things` for an epoch."""
    run = service.start(ModelConfig(latent_dim=2, hidden=(32,)), TrainConfig(epochs=1), dataset="things")
    execute(run)
    return run


@pytest.mark.parametrize("page", ["home", "digits", "draw", "latent", "tradeoffs", "anomaly", "train"])
def test_every_page_shows_an_own_data_set_and_a_run_trained_on_it(visit, trained, page):
    run = {"run": trained.id} if page == "train" else {}
    lab = visit(page, data="things", model=trained.id, **run)
    assert lab.sidebar.selectbox(key="data").value == "things"
    assert "things, 180 images" in lab.sidebar.selectbox(key="data").options
    assert not [each.value for each in (*lab.warning, *lab.error) if "learned nothing" not in each.value]
    if page == "digits":
        assert "ring" in words(lab) or "stick" in words(lab) or "hook" in words(lab)
