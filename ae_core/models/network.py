"""What every network of the lab has in common: an encoder, a decoder, and one pass of training."""

import hashlib

import torch
from torch import nn

from ae_core.models.config import PIXELS, ModelConfig

ACTIVATIONS = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
}


class Network(nn.Module):
    """Images [N, 28, 28] with intensities 0 to 1, to codes [N, latent_dim], and back."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that change with any weight and with the network's kind."""
        found = hashlib.sha256(repr(self.config).encode())
        for name, value in sorted(self.state_dict().items()):
            found.update(name.encode())
            found.update(value.detach().cpu().contiguous().numpy())
        return found.hexdigest()[:16]

    def encode(self, images: torch.Tensor) -> torch.Tensor:
        """Codes [N, latent_dim] of images [N, 28, 28]; the same each time."""
        raise NotImplementedError

    def decode(self, codes: torch.Tensor) -> torch.Tensor:
        """Images [N, 28, 28] of codes [N, latent_dim]."""
        raise NotImplementedError

    def reconstruct(self, images: torch.Tensor) -> torch.Tensor:
        return self.decode(self.encode(images))

    forward = reconstruct

    def layers(self) -> tuple[list[nn.Module], list[nn.Module], int]:
        """The encoder's and the decoder's, in their order, and the side of the maps that the decoder begins
        with, 1 where it has none: for who carries them out elsewhere.
        """
        raise NotImplementedError

    def training_pass(
        self,
        images: torch.Tensor,
        generator: torch.Generator,  # noqa: ARG002  for networks that draw their codes
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Reconstructions [N, 28, 28], and the batch's mean divergence in nats a digit or None.

        generator: on the CPU; the only source of chance in a pass, so that a step can be repeated.
        """
        return self.reconstruct(images), None

    def penalty(self, kl: torch.Tensor) -> torch.Tensor:
        """What the divergence `kl` adds to a loss per pixel."""
        return self.config.beta * kl / PIXELS
