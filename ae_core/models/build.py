"""The network that a configuration describes, and how large it is."""

import torch

from ae_core.models.config import PIXELS, ModelConfig
from ae_core.models.convolutional import ConvolutionalAutoencoder
from ae_core.models.dense import DenseAutoencoder
from ae_core.models.network import Network
from ae_core.models.variational import VariationalAutoencoder

ARCHITECTURES: dict[str, type[Network]] = {
    "dense": DenseAutoencoder,
    "convolutional": ConvolutionalAutoencoder,
    "variational": VariationalAutoencoder,
}


def build_model(config: ModelConfig, seed: int = 0) -> Network:
    """A new network for `config`, its weights drawn from `seed` alone.

    It has `encode` ([N, 28, 28] to [N, latent_dim]), `decode` (back to [N, 28, 28], intensities 0 to 1)
    and `reconstruct` (one after the other).

    >>> model = build_model(ModelConfig(latent_dim=2), seed=0)
    >>> model.encode(torch.zeros(5, 28, 28)).shape
    torch.Size([5, 2])
    """
    with torch.random.fork_rng(devices=[]):  # the caller's random numbers stay as they were
        torch.manual_seed(seed)
        return ARCHITECTURES[config.architecture](config)


def parameter_count(config: ModelConfig) -> int:
    """Trainable numbers of the network that `config` describes, counted without making it."""
    with torch.device("meta"):
        return sum(each.numel() for each in ARCHITECTURES[config.architecture](config).parameters())


def compression_ratio(config: ModelConfig) -> float:
    """Pixels for each value of the code: 24.5 for 784 pixels and 32 values."""
    return PIXELS / config.latent_dim
