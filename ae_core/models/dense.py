"""The reference autoencoder: fully connected layers down to the code and mirrored back up."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import torch
from torch import nn

from ae_core.models.config import PIXELS, ModelConfig
from ae_core.models.linear import Linear
from ae_core.models.network import ACTIVATIONS, Network


class DenseAutoencoder(Network):
    """784 pixels -> hidden -> latent_dim -> hidden reversed -> 784 pixels.

    As in the reference notebook BatchNorm comes after the activation, the code is linear and the output
    passes a sigmoid. 478,256 parameters at latent dimension 32. Without hidden layers the network is purely
    linear: no sigmoid either, so intensities may leave 0 to 1.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        down = (PIXELS, *config.hidden, config.latent_dim)
        self.encoder = nn.Sequential(*layers(down, config))
        self.decoder = nn.Sequential(*layers(down[::-1], config), *output(config))

    def encode(self, images: torch.Tensor) -> torch.Tensor:
        return self.encoder(images.flatten(1))

    def decode(self, codes: torch.Tensor) -> torch.Tensor:
        return self.decoder(codes).unflatten(1, (28, 28))

    def layers(self) -> tuple[list[nn.Module], list[nn.Module], int]:
        return list(self.encoder), list(self.decoder), 1


def output(config: ModelConfig) -> list[nn.Module]:
    return [nn.Sigmoid()] if config.hidden else []


def layers(widths: Sequence[int], config: ModelConfig) -> Iterator[nn.Module]:
    """Linear layers between `widths`, with an activation and BatchNorm after each but the last."""
    for number, (before, after) in enumerate(pairwise(widths), start=2):
        yield Linear(before, after)
        if number < len(widths):
            yield ACTIVATIONS[config.activation]()
            if config.batch_norm:
                yield nn.BatchNorm1d(after)
