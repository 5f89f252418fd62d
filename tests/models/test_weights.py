"""Weights files: the same bits come back, and nothing but a model of the lab comes in."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load, save

from ae_core.errors import WeightsError
from ae_core.models import weights
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.inference import reconstruct
from ae_core.models.weights import load_model, read_metadata, save_model
from ae_core.training.config import TrainConfig
from ae_core.training.loop import train

NET = ModelConfig(latent_dim=4, hidden=(16,))


@pytest.fixture(scope="module")
def model(few):
    model = build_model(NET)
    list(train(model, few, TrainConfig(epochs=2, batch_size=32), device="cpu"))
    return model


@pytest.fixture(scope="module")
def saved(model) -> bytes:
    return save_model(model)


def with_tensors(saved: bytes, *, config: ModelConfig = NET, **changes) -> bytes:
    """The file with other tensors (None leaves one out) and another configuration."""
    tensors = {name: value for name, value in (load(saved) | changes).items() if value is not None}
    return save(tensors, metadata={"model": config.to_json()})


def refusal(data: bytes) -> str:
    with pytest.raises(WeightsError, match=r"^mine\.safetensors ") as error:
        load_model(data, source="mine.safetensors")
    assert len(str(error.value)) < 700
    return str(error.value)


# -- there and back


def test_the_same_bits_come_back(model, saved, few):
    loaded = load_model(saved)
    assert loaded.config == NET
    for name, value in model.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], value)
        assert loaded.state_dict()[name].dtype == value.dtype
    assert np.array_equal(reconstruct(loaded, few.test.images), reconstruct(model, few.test.images))


def test_saved_again_the_file_is_the_same(saved):
    assert save_model(load_model(saved)) == saved


def test_half_precision_is_half_the_size_and_close(model, saved, few):
    half = save_model(model, torch.float16)
    assert len(half) < 0.6 * len(saved)
    loaded = load_model(half)
    assert {value.dtype for value in loaded.parameters()} == {torch.float32}
    assert np.allclose(
        reconstruct(loaded, few.test.images), reconstruct(model, few.test.images), rtol=0, atol=0.01
    )


def test_loaded_models_are_ready_to_judge(saved):
    assert not load_model(saved).training


def test_saving_leaves_the_model_alone(model):
    before = {name: value.clone() for name, value in model.state_dict().items()}
    save_model(model, torch.float16)
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


@pytest.mark.parametrize(
    "config",
    [
        ModelConfig(latent_dim=784, hidden=()),
        ModelConfig(latent_dim=1, hidden=(3,) * 5, batch_norm=False),
        ModelConfig(activation="silu", hidden=(8, 4)),
    ],
)
def test_every_network_comes_back_as_it_was_configured(config):
    assert load_model(save_model(build_model(config))).config == config


def test_the_largest_model_that_a_configuration_allows_is_not_too_large():
    largest = ModelConfig(latent_dim=784, hidden=(1024,) * 5)
    with torch.device("meta"):
        tensors = build_model(largest).state_dict().values()
    assert (
        sum(value.numel() * value.element_size() for value in tensors)
        < weights.MAX_BYTES - weights.MAX_HEADER
    )


# -- what is refused


@pytest.mark.parametrize("kept", [0, 1, 7, 8, 100, -1])
def test_cut_off(saved, kept):
    assert "cut off" in refusal(saved[:kept])


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04" + bytes(1000),
        b"\x89PNG\r\n\x1a\n" + bytes(1000),
        bytes(1000),
        b"\xff" * 1000,
        (10**6 - 1).to_bytes(8, "little") + b"[" * 10**6,
        (2).to_bytes(8, "little") + b"{}",
        (2).to_bytes(8, "little") + b"[]",
        (4).to_bytes(8, "little") + b"null",
    ],
    ids=["zip", "png", "zeros", "ones", "deep", "empty", "list", "null"],
)
def test_no_weights_file_at_all(data):
    refusal(data)


def test_too_long(saved):
    refusal(saved + bytes(8))


def test_too_large_is_refused_before_it_is_read(monkeypatch, saved):
    monkeypatch.setattr(weights, "load", lambda _: pytest.fail("was read"))
    assert "at most 67,108,864" in refusal(saved + bytes(weights.MAX_BYTES))


def test_a_foreign_file_without_the_labs_metadata(saved):
    assert "which model of the lab" in refusal(save(load(saved)))
    assert "which model of the lab" in refusal(save(load(saved), metadata={"format": "pt"}))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "{",
        "[" * 50_000,
        '{"latent_dim": 1' + "0" * 5000 + "}",
        '{"latent_dim": 0}',
        '{"layers": 3}',
        '{"architecture": "transformer"}',
    ],
    ids=lambda text: text[:20],
)
def test_a_foreign_configuration(saved, text):
    assert "which model of the lab" in refusal(save(load(saved), metadata={"model": text}))


def test_tensors_that_do_not_fit_the_configuration(saved):
    assert "0 tensors are missing and 1 are foreign" in refusal(with_tensors(saved, extra=torch.zeros(1)))
    assert "1 tensors are missing" in refusal(with_tensors(saved, **{"encoder.0.bias": None}))
    assert "encoder.0.bias has the shape (3,), (16,) is right" in refusal(
        with_tensors(saved, **{"encoder.0.bias": torch.zeros(3)})
    )
    assert "does not fit" in refusal(with_tensors(saved, config=NET.with_changes(latent_dim=5)))
    assert "does not fit" in refusal(with_tensors(saved, config=NET.with_changes(batch_norm=False)))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_values_that_are_no_numbers(saved, value):
    broken = torch.zeros(16)
    broken[3] = value
    assert "not numbers in encoder.0.bias" in refusal(with_tensors(saved, **{"encoder.0.bias": broken}))


def test_values_of_another_kind(saved):
    for dtype in (torch.complex64, torch.int64, torch.bool):
        refusal(with_tensors(saved, **{"encoder.0.bias": torch.zeros(16).to(dtype)}))


def test_a_damaged_header(saved):
    length = int.from_bytes(saved[:8], "little")
    header = json.loads(saved[8 : 8 + length])
    header["encoder.0.bias"]["data_offsets"] = [0, 10**15]
    text = json.dumps(header).encode()
    refusal(len(text).to_bytes(8, "little") + text + saved[8 + length :])


def test_one_wrong_bit_in_the_header_never_gives_another_error(saved):
    """Either it is refused, or what it changed was a letter of no account."""
    length = int.from_bytes(saved[:8], "little")
    for place in [*range(8), *range(8, 8 + length, 7)]:
        data = bytearray(saved)
        data[place] ^= 0x11
        try:
            load_model(bytes(data))
        except WeightsError:
            continue


def test_metadata_is_read_without_the_tensors(saved):
    length = int.from_bytes(saved[:8], "little")
    assert ModelConfig.from_json(read_metadata(saved[: 8 + length])["model"]) == NET
