"""The convolutional autoencoder: a true bottleneck at every number of channels."""

import pytest
import torch

from ae_core.errors import ConfigError
from ae_core.models.build import build_model, parameter_count
from ae_core.models.config import ModelConfig


def conv(**changes) -> ModelConfig:
    return ModelConfig(architecture="convolutional", **changes)


@pytest.mark.parametrize("channels", [(1,), (8, 4), (4, 8, 16)])
@pytest.mark.parametrize("latent_dim", [1, 5, 784])
@pytest.mark.parametrize("batch_norm", [True, False])
def test_shapes_at_every_depth(channels, latent_dim, batch_norm):
    model = build_model(conv(channels=channels, latent_dim=latent_dim, batch_norm=batch_norm)).eval()
    images = torch.rand(3, 28, 28)
    codes = model.encode(images)
    drawn = model.decode(codes)
    assert codes.shape == (3, latent_dim)
    assert drawn.shape == (3, 28, 28)
    assert drawn.min() >= 0
    assert drawn.max() <= 1
    assert torch.equal(model.reconstruct(images), drawn)


def test_only_the_code_passes_from_encoder_to_decoder():
    """Two images of one code are drawn alike: there is no way around the bottleneck."""
    model = build_model(conv(latent_dim=2, channels=(4, 8))).eval()
    codes = model.encode(torch.rand(2, 28, 28))
    assert torch.equal(model.decode(codes[:1].clone()), model.decode(codes)[:1]) or torch.allclose(
        model.decode(codes[:1]), model.decode(codes)[:1], atol=1e-6
    )


def test_parameters_are_those_of_its_layers():
    # Two numbers for each map in BatchNorm; 64 * 7 * 7 values to 32 numbers and back.
    encoder = (1 * 32 * 9 + 32) + 2 * 32 + (32 * 64 * 9 + 64) + 2 * 64 + (3136 * 32 + 32)
    decoder = (32 * 3136 + 3136) + 2 * 3136 + (64 * 32 * 9 + 32) + 2 * 32 + (32 * 1 * 9 + 1)
    assert parameter_count(conv()) == encoder + decoder


@pytest.mark.parametrize("channels", [(), (0,), (4, 4, 4, 4), (129,), (8.0,), "8", [8, 16]])
def test_impossible_channels_are_refused(channels):
    with pytest.raises(ConfigError, match="channels must be 1 to 3 layer widths"):
        conv(channels=channels)
