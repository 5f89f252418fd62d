"""Files brought in as runs: what a lab exported comes back the same, and nothing else gets in."""

import io
import json
import struct
import zipfile
from collections.abc import Callable

import numpy as np
import pytest
import torch
from safetensors.torch import save
from torch import nn

from ae_core.errors import ArchiveError, LabError, WeightsError
from ae_core.jobs.states import State
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.inference import reconstruct
from ae_core.models.weights import save_model
from ae_core.runs.catalogue import open_model
from ae_core.runs.config import ARCHIVE, WEIGHTS
from ae_core.runs.execution import execute
from ae_core.runs.exports import importing
from ae_core.runs.exports.archive import archive
from ae_core.runs.exports.importing import import_file
from ae_core.runs.store import RunStore
from tests.runs.test_store import NET, create


@pytest.fixture(scope="module")
def exported(embedded, tmp_path_factory):
    """A finished run and its ZIP file."""
    run = create(
        RunStore(tmp_path_factory.mktemp("lab")), fingerprint=embedded.fingerprint, name="of another"
    )
    assert execute(run, device="cpu") is State.FINISHED
    return run, archive(run)


def changed(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The ZIP file with its files, by their last names, changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as held:
        files = {name.rpartition("/")[2]: held.read(name) for name in held.namelist()}
    change(files)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return buffer.getvalue()


def test_what_a_lab_exported_comes_back_the_same(exported, store, embedded):
    there, data = exported
    run = import_file(data, store, owner="me")
    assert (run.name, run.state(), run.config().origin) == ("of another", State.FINISHED, ARCHIVE)
    assert run.config().train == there.config().train
    assert run.metrics().equals(there.metrics())
    assert run.test_error() == pytest.approx(there.test_error(), rel=1e-5)
    images = embedded.test.images[:5]
    assert np.array_equal(
        reconstruct(open_model(run.id, store).model, images), reconstruct(there.model(), images)
    )
    assert store.listed()[0].id == run.id
    assert run.facts(State.FINISHED).epochs == 3
    again = import_file(archive(run), store, name="twice")
    assert again.name == "twice"


def hostile(name: str) -> Callable[[dict[str, bytes]], None]:
    return lambda files: files.update({name: b"x"})


def other_network(files: dict[str, bytes]) -> None:
    files["model.safetensors"] = save_model(build_model(NET.with_changes(latent_dim=5)))


def edited_config(files: dict[str, bytes]) -> None:
    files["config.json"] = json.dumps(
        json.loads(files["config.json"]) | {"model": {"latent_dim": -1}}
    ).encode()


def not_a_number(files: dict[str, bytes]) -> None:
    model = build_model(NET)
    with torch.no_grad():
        model.encoder[0].weight[0, 0] = torch.nan
    files["model.safetensors"] = save_model(model)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (hostile("../../evil"), "leads outside"),
        (hostile("/etc/evil"), "leads outside"),
        (hostile("C:\\evil"), "leads outside"),
        (hostile("a/config.json"), "config.json twice"),
        (hostile("archive/data.pkl"), "torch.save, which may run any program"),
        (lambda files: files.update({f"{n}.txt": b"" for n in range(70)}), "dozen"),
        (lambda files: files.pop("model.safetensors"), "no model.safetensors"),
        (lambda files: files.update({"config.json": b"{" * 10}), "config.json in the ZIP file is damaged"),
        (edited_config, "latent_dim"),
        (other_network, "describe different networks"),
        (not_a_number, "not numbers"),
        (lambda files: files.update({"config.json": b" " * (2**20 + 1)}), "more than the"),
        (lambda files: files.update({"model.safetensors": files["model.safetensors"][:5000]}), "cut off"),
    ],
)
def test_nothing_else_gets_in(exported, store, change, told):
    with pytest.raises(LabError, match=told):
        import_file(changed(exported[1], change), store)
    assert store.list() == []


def test_a_zip_file_cut_off_or_flipped_is_refused(exported, store):
    data = exported[1]
    flipped = bytearray(data)
    flipped[len(data) // 2] ^= 255
    for damaged in (data[: len(data) // 2], data[:30], b"PK", b"", b"\x80\x04K\x01."):
        with pytest.raises(LabError):
            import_file(damaged, store)
    with pytest.raises(ArchiveError, match="at most"):
        import_file(bytes(importing.MAX_BYTES + 1), store)
    assert store.list() == []


def test_a_run_on_digits_that_are_not_here_keeps_the_scores_it_came_with(exported, store):
    def elsewhere(files: dict[str, bytes]) -> None:
        files["config.json"] = json.dumps(json.loads(files["config.json"]) | {"dataset": "shoes"}).encode()

    run = import_file(changed(exported[1], elsewhere), store)
    assert run.test_error() == pytest.approx(exported[0].test_error())


# -- weights alone


def own_model(*, batch_norm: bool) -> nn.Sequential:
    """As somebody writes it who knows nothing of the lab."""
    layers: list[nn.Module] = [nn.Flatten()]
    for before, after in ((784, 64), (64, 9), (9, 64), (64, 784)):
        layers.append(nn.Linear(before, after))
        if after == 64:
            layers += [nn.Tanh(), *([nn.BatchNorm1d(64)] if batch_norm else [])]
    return nn.Sequential(*layers, nn.Sigmoid())


@pytest.mark.parametrize("batch_norm", [True, False])
def test_a_state_dict_of_ones_own_computes_the_same_here(store, embedded, batch_norm):
    theirs = own_model(batch_norm=batch_norm).eval()
    run = import_file(save(theirs.state_dict()), store, dataset="embedded", activation="tanh", name="my own")
    images = embedded.test.images[:7]
    with torch.no_grad():
        expected = theirs(torch.tensor(images) / 255).unflatten(1, (28, 28)).numpy()
    assert np.allclose(reconstruct(open_model(run.id, store).model, images), expected, atol=1e-6)
    assert run.config().model == ModelConfig(
        latent_dim=9, hidden=(64,), activation="tanh", batch_norm=batch_norm
    )
    assert (run.name, run.config().origin, run.state()) == ("my own", WEIGHTS, State.FINISHED)
    assert run.test_error() > 0


def test_weights_of_the_lab_say_themselves_what_they_are(store):
    model = build_model(ModelConfig(architecture="convolutional"))
    run = import_file(save_model(model), store, dataset="embedded")
    assert run.model().fingerprint == model.fingerprint
    assert run.name == "convolutional-32, weights brought in"
    assert "no better than that of the mean digit" in run.caution()  # it is untrained


@pytest.mark.parametrize(
    ("layers", "told"),
    [
        ([nn.Linear(784, 8), nn.Linear(8, 783)], "784 to 8, 8 to 783"),
        ([nn.Linear(784, 64), nn.Linear(64, 8), nn.Linear(8, 32), nn.Linear(32, 784)], "mirror"),
        (
            [nn.Linear(784, 2000), nn.Linear(2000, 8), nn.Linear(8, 2000), nn.Linear(2000, 784)],
            "no such network",
        ),
        ([nn.Linear(784, 8), nn.Conv2d(1, 1, 3), nn.Linear(8, 784)], "conv|fully connected|BatchNorm"),
        ([nn.Linear(784, 8, bias=False), nn.Linear(8, 784)], "with a bias"),
        ([nn.Linear(784, 8), nn.BatchNorm1d(8), nn.Linear(8, 784)], "BatchNorm"),
    ],
)
def test_a_state_dict_of_another_shape_is_told_what_would_fit(store, layers, told):
    with pytest.raises(WeightsError, match=told):
        import_file(save(nn.Sequential(*layers).state_dict()), store, dataset="embedded")


def test_what_is_no_safetensors_is_told_how_to_save_it(store):
    for data in (b"hello", struct.pack("<Q", 2**40) + b"{}", struct.pack("<Q", 4) + b"[1]]" + b"x" * 20):
        with pytest.raises(WeightsError, match="save_file"):
            import_file(data, store)
