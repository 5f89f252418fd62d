"""The dense autoencoder: the reference's layers exactly, and every shape that a configuration allows."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from ae_core.models.build import build_model, compression_ratio, parameter_count
from ae_core.models.config import ModelConfig

SMALL = ModelConfig(latent_dim=4, hidden=(16, 8))


def described(layers: nn.Sequential) -> list[str]:
    return [
        f"Linear {each.in_features}-{each.out_features}"
        if isinstance(each, nn.Linear)
        else type(each).__name__
        for each in layers
    ]


def weights(model: nn.Module) -> bytes:
    return b"".join(value.numpy().tobytes() for value in model.state_dict().values())


def test_reference_has_the_notebooks_layers_in_its_order():
    model = build_model(ModelConfig.reference())
    assert described(model.encoder) == [
        "Linear 784-256",
        "ReLU",
        "BatchNorm1d",
        "Linear 256-128",
        "ReLU",
        "BatchNorm1d",
        "Linear 128-32",
    ]
    assert described(model.decoder) == [
        "Linear 32-128",
        "ReLU",
        "BatchNorm1d",
        "Linear 128-256",
        "ReLU",
        "BatchNorm1d",
        "Linear 256-784",
        "Sigmoid",
    ]


def test_reference_has_478256_parameters():
    assert parameter_count(ModelConfig.reference()) == 478_256
    assert sum(each.numel() for each in build_model(ModelConfig.reference()).parameters()) == 478_256


@pytest.mark.parametrize("latent_dim", [1, 2, 784])
@pytest.mark.parametrize("hidden", [(), (1,), (16, 8), (8, 8, 8, 8, 8)])
@pytest.mark.parametrize("batch_norm", [True, False])
def test_shapes_at_every_edge(latent_dim, hidden, batch_norm):
    model = build_model(ModelConfig(latent_dim=latent_dim, hidden=hidden, batch_norm=batch_norm)).eval()
    images = torch.rand(3, 28, 28)
    codes = model.encode(images)
    assert codes.shape == (3, latent_dim)
    assert model.decode(codes).shape == (3, 28, 28)
    assert torch.equal(model.reconstruct(images), model.decode(codes))
    assert torch.equal(model(images), model.reconstruct(images))


def test_intensities_stay_between_0_and_1_for_any_code():
    images = build_model(SMALL).eval().decode(torch.randn(50, 4) * 1e6)
    assert images.min() >= 0
    assert images.max() <= 1


def test_no_hidden_layers_make_a_purely_linear_network():
    model = build_model(ModelConfig(latent_dim=3, hidden=())).eval()
    assert described(model.encoder) == ["Linear 784-3"]
    assert described(model.decoder) == ["Linear 3-784"]
    first, second = torch.rand(2, 4, 28, 28)
    middle = model.reconstruct((first + second) / 2)
    torch.testing.assert_close(middle, (model.reconstruct(first) + model.reconstruct(second)) / 2)


def test_without_batch_norm_there_is_none():
    model = build_model(ModelConfig(batch_norm=False))
    assert not any(isinstance(each, nn.BatchNorm1d) for each in model.modules())


@pytest.mark.parametrize("activation", ModelConfig.rule("activation").choices)
def test_activation_is_the_one_asked_for(activation):
    kinds = [
        type(each).__name__.lower() for each in build_model(SMALL.with_changes(activation=activation)).encoder
    ]
    assert kinds[1] == activation.replace("_", "")


@settings(max_examples=25)
@given(
    config=st.builds(
        ModelConfig,
        latent_dim=st.integers(1, 784),
        hidden=st.lists(st.integers(1, 64), max_size=5).map(tuple),
        batch_norm=st.booleans(),
    )
)
def test_parameters_are_counted_without_making_the_network(config):
    assert parameter_count(config) == sum(each.numel() for each in build_model(config).parameters())


def test_the_seed_alone_decides_the_weights():
    torch.manual_seed(1)
    first = weights(build_model(SMALL, seed=5))
    torch.manual_seed(2)
    assert weights(build_model(SMALL, seed=5)) == first
    assert weights(build_model(SMALL, seed=6)) != first


def test_the_callers_random_numbers_stay_as_they_were():
    before = torch.get_rng_state()
    build_model(SMALL, seed=5)
    assert torch.equal(torch.get_rng_state(), before)


def test_compression_ratio_is_pixels_for_each_number():
    assert compression_ratio(ModelConfig(latent_dim=32)) == 24.5
    assert compression_ratio(ModelConfig(latent_dim=784)) == 1
