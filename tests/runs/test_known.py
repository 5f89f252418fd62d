"""What a worker finds out of the model it trained is what pages then ask the disk for."""

import pytest

from ae_core import kept
from ae_core.config import DEFAULT_SCORE
from ae_core.data import sources
from ae_core.data.digits import Digits
from ae_core.jobs.states import State
from ae_core.models import known as known_of_models
from ae_core.models.config import ModelConfig
from ae_core.runs import execution, known
from ae_core.runs.catalogue import open_model
from ae_core.scores.known import scores_of
from ae_core.scores.table import MSE
from ae_core.training.config import TrainConfig

NET = ModelConfig(latent_dim=4, hidden=(16,))


@pytest.fixture
def digits(few: Digits, monkeypatch, tmp_path) -> Digits:
    """What every data set is here; nothing is known yet."""
    monkeypatch.setenv("AE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(sources, "load_digits", lambda _: few)
    return few


def test_after_a_training_nothing_that_pages_open_with_is_left_to_compute(store, digits, monkeypatch):
    run = store.create(NET, TrainConfig(epochs=1), dataset="embedded", fingerprint=digits.fingerprint)
    assert execution.RUN.carry_out(run, "me") is State.FINISHED

    def write(_: object, name: str, *__: object) -> None:
        raise AssertionError(f"{name} was not kept")

    monkeypatch.setattr(kept, "write", write)
    trained = open_model(run.id, store)
    for result in (known_of_models.test_errors, known_of_models.test_codes, known_of_models.training_codes):
        assert len(result(trained.model, digits)) > 0
    for score in (MSE, DEFAULT_SCORE):
        assert len(scores_of(trained.detector(digits, score), digits.test.images)) == len(digits.test)


def test_a_run_that_is_gone_is_no_trouble(store, digits):
    run = store.create(NET, TrainConfig(epochs=1), dataset="embedded", fingerprint=digits.fingerprint)
    known.find_out(run)
    store.delete(run.id)
    known.find_out(run)
