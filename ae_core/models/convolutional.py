"""A convolutional autoencoder with a true bottleneck: the code is latent_dim numbers, not a stack of maps."""

from collections.abc import Iterator
from itertools import pairwise

import torch
from torch import nn

from ae_core.models.config import ModelConfig
from ae_core.models.network import ACTIVATIONS, Network

SIDES = (28, 14, 7, 4)  # of the maps: each convolution halves them


class ConvolutionalAutoencoder(Network):
    """28 x 28 pixels -> maps of half the side, `channels` of them -> latent_dim numbers, and mirrored back.

    BatchNorm comes after the activation, as in the dense network.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        side = SIDES[len(config.channels)]
        self.smallest_maps = (config.channels[-1], side, side)
        values = config.channels[-1] * side * side
        self.encoder = nn.Sequential(
            *convolutions(config), nn.Flatten(), nn.Linear(values, config.latent_dim)
        )
        self.grow = nn.Sequential(
            nn.Linear(config.latent_dim, values), *activation(config, nn.BatchNorm1d, values)
        )
        self.decoder = nn.Sequential(*transposed_convolutions(config), nn.Sigmoid())

    def encode(self, images: torch.Tensor) -> torch.Tensor:
        return self.encoder(images.unsqueeze(1))

    def decode(self, codes: torch.Tensor) -> torch.Tensor:
        maps = self.grow(codes).unflatten(1, self.smallest_maps)
        return self.decoder(maps).squeeze(1)

    def layers(self) -> tuple[list[nn.Module], list[nn.Module], int]:
        return list(self.encoder), [*self.grow, *self.decoder], self.smallest_maps[1]


def activation(config: ModelConfig, norm: type[nn.Module], width: int) -> Iterator[nn.Module]:
    yield ACTIVATIONS[config.activation]()
    if config.batch_norm:
        yield norm(width)


def convolutions(config: ModelConfig) -> Iterator[nn.Module]:
    for before, after in pairwise((1, *config.channels)):
        yield nn.Conv2d(before, after, kernel_size=3, stride=2, padding=1)
        yield from activation(config, nn.BatchNorm2d, after)


def transposed_convolutions(config: ModelConfig) -> Iterator[nn.Module]:
    """The mirror image; each doubles the side of the maps, or makes 7 of 4."""
    widths = (*reversed(config.channels), 1)
    sides = SIDES[len(config.channels) :: -1]
    for (before, after), (small, large) in zip(pairwise(widths), pairwise(sides), strict=True):
        yield nn.ConvTranspose2d(
            before, after, kernel_size=3, stride=2, padding=1, output_padding=large - (2 * small - 1)
        )
        if large != SIDES[0]:
            yield from activation(config, nn.BatchNorm2d, after)
