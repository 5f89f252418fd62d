"""How a network is trained: the recipe."""

from dataclasses import asdict, dataclass
from typing import Any, Self

from ae_core.config import Config, between, one_of, setting, whole

# Raised where the same recipe comes to train otherwise, so that earlier trainings are not taken for the same.
RECIPE_VERSION = 2
STOPPING = ("patience", "target_error", "time_limit")  # the fields that let a training stop by itself


@dataclass(frozen=True)
class TrainConfig(Config):
    """The recipe: how long, how fast and on what loss the network learns.

    >>> TrainConfig(epochs=3).with_changes(loss="bce").loss
    'bce'
    >>> TrainConfig.rule("epochs").text
    'a whole number from 1 to 1,000'
    """

    epochs: int = setting(25, whole(1, 1000), "This is how many there are.", term="Epoch")
    batch_size: int = setting(
        256,  # small enough for many updates an epoch, large enough to fill the cores
        whole(2, 60_000),
        "BatchNorm needs at least two.",
        "digits",
        term="Batch size",
    )
    peak_learning_rate: float = setting(
        0.02, between(1e-6, 1.0), "This is the largest of the schedule.", term="Learning rate"
    )
    schedule: str = setting(
        "one_cycle",
        one_of("one_cycle", "cosine", "constant"),
        "Cosine only falls, constant stays.",
        term="Schedule",
    )
    optimizer: str = setting(
        "muon",
        one_of("muon", "adam", "adamw", "sgd"),
        "Muon lets every direction of a matrix's gradient count alike and needs far fewer steps, adam weighs "
        "each number for itself, sgd takes gradients as is.",
        term="Optimizer",
    )
    loss: str = setting(
        "mse",
        one_of("mse", "bce", "l1"),
        "Curves always show per-pixel mean squared error, so runs can be compared.",
        term="Loss",
    )
    precision: str = setting(
        "auto",
        one_of("auto", "fp32", "bf16"),
        "Auto takes bf16 where the processor is faster with it.",
        term="Precision",
    )
    seed: int = setting(0, whole(0, 2**31 - 1), term="Seed")
    denoising: float = setting(
        0.0,
        between(0.0, 1.0),
        "This is how much; 0 is a plain autoencoder.",
        "gaussian: standard deviation; salt and pepper: share of pixels; masked squares: side, as a share",
        term="Denoising",
    )
    noise: str = setting(
        "gaussian",
        one_of("gaussian", "salt_and_pepper", "masked_squares"),
        term="Noise",
    )
    augmentation: float = setting(
        0.0,
        between(0.0, 1.0),
        "This is how far half of each batch goes. It wants more epochs; 0 leaves the digits as they are.",
        "share of 1.5 pixels, 11 degrees, 8 percent",
        term="Augmentation",
    )
    patience: int = setting(
        0,
        whole(0, 1000),
        "0: never.",
        "epochs",
        term="Patience",
    )
    target_error: float = setting(
        0.0,
        between(0.0, 1.0),
        "Stop after the first epoch whose validation loss is this low; 0: never.",
        "mean squared error",
    )
    time_limit: float = setting(
        0.0,
        between(0.0, 86_400.0),
        "Stop after the epoch in which so much time of training is over; 0: never.",
        "seconds",
    )

    def decisive(self) -> dict[str, Any]:
        """The fields that decide what comes of a training: without what never stops it, as in recipes from
        before there was any of that.
        """
        never = {name for name in STOPPING if not getattr(self, name)}
        return {name: value for name, value in asdict(self).items() if name not in never}

    @classmethod
    def reference(cls) -> Self:
        """The reference notebook's recipe: 25 epochs, batch 1024, Adam at a constant 0.05, fp32."""
        return cls(
            batch_size=1024,
            peak_learning_rate=0.05,
            schedule="constant",
            optimizer="adam",
            precision="fp32",
        )
