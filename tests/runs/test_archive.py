"""A run as a ZIP file and in the other forms that it can be taken away in."""

import io
import json
import zipfile

import onnx
import pandas
import pytest
from safetensors.torch import load

from ae_core.errors import ConfigError, NotReadyError
from ae_core.jobs.states import State
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.runs.execution import execute
from ae_core.runs.exports.archive import ENDINGS, archive, exported
from tests.runs.test_store import NET, create


@pytest.fixture(scope="module")
def finished(embedded, tmp_path_factory):
    from ae_core.runs.store import RunStore

    store = RunStore(tmp_path_factory.mktemp("archive"))
    run = create(store, fingerprint=embedded.fingerprint, name="a|b <b>", classes=(3,))
    assert execute(run, device="cpu") is State.FINISHED
    return store, run


def files(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as held:
        assert held.testzip() is None
        return {name.partition("/")[2]: held.read(name) for name in held.namelist()}


def test_the_archive_holds_what_can_be_used_elsewhere(finished):
    _, run = finished
    held = files(archive(run))
    assert ModelConfig.from_dict(json.loads(held["config.json"])["model"]) == NET
    assert load(held["model.safetensors"]).keys() == build_model(NET).state_dict().keys()
    assert len(pandas.read_parquet(io.BytesIO(held["scores.parquet"]))) == 1000
    onnx.checker.check_model(onnx.load_from_string(held["model.onnx"]))
    assert {"metrics.csv", "train.py", "train.ipynb", "digits.npz"} <= held.keys()


def test_the_card_tells_figures_and_data_and_escapes_a_persons_words(finished):
    store, run = finished
    card = exported(run.id, ".md", store).decode()
    assert card.startswith(r"# a\|b \<b\>")
    assert f"{run.test_error():#.3g}" in card
    assert "only 3" in card


def test_the_archive_of_an_unfinished_run_holds_what_there_is(store):
    run = create(store)
    assert files(archive(run)).keys() == {"README.md", "config.json"}
    with pytest.raises(NotReadyError):
        exported(run.id, ".onnx", store)


def test_a_shipped_model_has_weights_and_no_recipe(store):
    assert load(exported("zoo:dense-2", ".safetensors", store))
    with pytest.raises(ConfigError, match="no recipe here"):
        exported("zoo:dense-2", ".py", store)
    with pytest.raises(ConfigError, match=r"one of \.zip"):
        exported("zoo:dense-2", ".pickle", store)
    assert set(ENDINGS) == {".zip", ".py", ".ipynb", ".md", ".onnx", ".safetensors"}
