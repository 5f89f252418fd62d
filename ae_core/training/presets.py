"""Recipes worth trying, each with what it teaches."""

from dataclasses import dataclass
from typing import Any

from ae_core.errors import ConfigError
from ae_core.models.config import ModelConfig
from ae_core.training.config import TrainConfig

# Training digits: with fewer, as many epochs as suit full MNIST are too few steps.
MANY = 20_000
ADAM = TrainConfig(optimizer="adam", peak_learning_rate=5e-3)


@dataclass(frozen=True)
class Preset:
    """train: for full MNIST; train_few: for fewer than MANY training digits, where that is another."""

    title: str
    lesson: str
    model: ModelConfig
    train: TrainConfig
    train_few: TrainConfig | None = None

    def recipe(self, count: int) -> TrainConfig:
        """For so many training digits."""
        return self.train_few or self.train if count < MANY else self.train

    def adapted(self, count: int) -> dict[str, Any]:
        """What is otherwise than for full MNIST with so many training digits, by the fields' names."""
        usual, recipe = self.train.to_dict(), self.recipe(count).to_dict()
        return {name: value for name, value in recipe.items() if value != usual[name]}

    @property
    def name(self) -> str:
        """As it is written on a command line."""
        return self.title.lower().replace(" ", "-")


PRESETS = (
    Preset(
        "Balanced",
        "The lab's default: Muon, a learning rate that rises and falls again, 25 epochs.",
        ModelConfig(),
        TrainConfig(),
        TrainConfig(batch_size=128, augmentation=0.5),
    ),
    Preset(
        "Fast",
        "A few epochs whose learning rate falls to nothing: on full MNIST the first beats the notebook's 25.",
        ModelConfig(),
        TrainConfig(epochs=3),
        TrainConfig(epochs=8, batch_size=128),
    ),
    Preset(
        "Best",
        "Four times the width, 80 epochs, and digits moved and turned anew in each, so that none is learned "
        "by heart: the lowest error the lab knows.",
        ModelConfig(hidden=(1024, 512), activation="gelu"),
        ADAM.with_changes(epochs=80, peak_learning_rate=3e-3, augmentation=1.0),
    ),
    Preset(
        "Convolutional",
        "Small filters that slide over the picture: a lower error from fewer parameters, in more time.",
        ModelConfig(architecture="convolutional"),
        TrainConfig(epochs=10),
        TrainConfig(epochs=10, batch_size=64),
    ),
    Preset(
        "Variational map",
        "Each digit becomes a distribution of codes: two latent dimensions that fill the plane.",
        ModelConfig(architecture="variational", latent_dim=2),
        ADAM,
        ADAM.with_changes(batch_size=64),
    ),
    Preset(
        "Denoising",
        "Squares are cut out of the input and must be filled in: it learns what belongs to a digit.",
        ModelConfig(),
        TrainConfig(denoising=0.4, noise="masked_squares"),
        TrainConfig(denoising=0.4, noise="masked_squares", batch_size=128),
    ),
    Preset(
        "Linear",
        "No hidden layer, no activation: the network finds what principal component analysis finds.",
        ModelConfig(latent_dim=8, hidden=()),
        ADAM.with_changes(epochs=20, peak_learning_rate=2e-3, precision="fp32"),
        ADAM.with_changes(epochs=20, peak_learning_rate=2e-3, precision="fp32", batch_size=64),
    ),
    Preset(
        "Reference notebook",
        "Batch 1024 and a constant learning rate of 0.05: watch the validation loss jump.",
        ModelConfig.reference(),
        TrainConfig.reference(),
    ),
    Preset(
        "Learning rate too high",
        "A constant 0.5: the loss leaps about and settles far too high.",
        ModelConfig(),
        ADAM.with_changes(epochs=10, peak_learning_rate=0.5, schedule="constant"),
    ),
    Preset(
        "Code too small",
        "One latent dimension for a whole digit: every reconstruction is a blur between classes.",
        ModelConfig(latent_dim=1),
        TrainConfig(epochs=10),
        TrainConfig(epochs=10, batch_size=128),
    ),
)


# What experiments train unless a person says otherwise; chosen on letters, as scores are (ae_core/scores).
ONE_CLASS = Preset(
    "One digit",
    "It sees a single digit and learns what all of its kind have in common; every other one is an anomaly.",
    ModelConfig(latent_dim=16),
    ADAM.with_changes(epochs=30, augmentation=1.0),
)
HELD_OUT = Preset(
    "Nine digits",
    "It sees nine digits; the tenth is an anomaly, though made of the same strokes.",
    ModelConfig(latent_dim=8),
    ADAM.with_changes(epochs=10, augmentation=1.0),
)


SHORT_NAMES = {"default": "balanced", "reference": "reference-notebook"}


def preset_called(name: str) -> Preset:
    """Raises ConfigError where none has this name, or this short name."""
    named = {preset.name: preset for preset in PRESETS}
    wanted = SHORT_NAMES.get(name, name)
    if wanted not in named:
        raise ConfigError(f"preset must be one of {', '.join((*named, *SHORT_NAMES))}, got {name!r}.")
    return named[wanted]
