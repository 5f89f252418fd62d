"""What a network is: its kind, its layers and the length of its code."""

from dataclasses import dataclass
from typing import Self

from ae_core.config import Config, between, one_of, setting, whole, widths, yes_or_no

PIXELS = 28 * 28


@dataclass(frozen=True)
class ModelConfig(Config):
    """The network: down to `latent_dim` numbers, and the mirror image back up.

    hidden belongs to the dense and the variational network, channels to the convolutional and beta to the
    variational one; the others leave them aside.

    >>> ModelConfig(latent_dim=8).hidden
    (256, 128)
    >>> ModelConfig(latent_dim=0)
    Traceback (most recent call last):
    ae_core.errors.ConfigError: latent_dim must be a whole number from 1 to 784, got 0.
    """

    architecture: str = setting(
        "dense",
        one_of("dense", "convolutional", "variational"),
        term="Architecture",
    )
    latent_dim: int = setting(32, whole(1, PIXELS), "", "values", term="Latent dimension")
    hidden: tuple[int, ...] = setting(
        (256, 128),
        widths(0, 5, 1024),
        "These are the widths of the encoder's; the decoder mirrors them. None: a purely linear network.",
        "units",
        term="Hidden layer",
    )
    channels: tuple[int, ...] = setting(
        (32, 64),
        widths(1, 3, 128),
        "So many after each convolution of the encoder, each of half the side; the decoder mirrors them.",
        "maps",
        term="Channel",
    )
    activation: str = setting(
        "relu",
        one_of("relu", "leaky_relu", "gelu", "silu", "tanh"),
        term="Activation",
    )
    batch_norm: bool = setting(True, yes_or_no(), term="BatchNorm")
    beta: float = setting(
        0.1,
        between(0.0, 100.0),
        "More makes codes smoother and digits blurrier.",
        term="Beta",
    )

    @property
    def is_variational(self) -> bool:
        """Whether its loss has a divergence term."""
        return self.architecture == "variational"

    @classmethod
    def reference(cls) -> Self:
        """The reference notebook's network: 784-256-128-32 with ReLU and BatchNorm."""
        return cls()
