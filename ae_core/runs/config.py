"""What a run is, and where it stands."""

from dataclasses import dataclass, field

from ae_core.jobs.states import Control
from ae_core.models.config import ModelConfig
from ae_core.training.config import TrainConfig

ARCHIVE, WEIGHTS = "archive", "weights"


@dataclass(frozen=True)
class RunConfig:
    """What a run is, fixed when it is made."""

    model: ModelConfig
    train: TrainConfig
    dataset: str
    fingerprint: str
    created: float
    owner: str = ""
    sweep: str = ""  # the sweep it belongs to, if any
    classes: tuple[int, ...] = ()  # the digits it is trained on, ascending; none: all of them
    part: str = ""  # the part of an experiment that it is trained for, if any
    recipe_version: int = 1  # RECIPE_VERSION at the time; runs from before there was one have none
    class_names: tuple[str, ...] = ()  # of an own data set: it may be deleted, and names what was learned
    origin: str = ""  # trained here; ARCHIVE or WEIGHTS: brought in, the latter without a recipe


@dataclass(frozen=True)
class RunControl(Control):
    """What a person asks of a run; peak_learning_rate None leaves the recipe's."""

    peak_learning_rate: float | None = None


@dataclass(frozen=True)
class Progress:
    """Where a run stands. curve: [epochs done, running loss] pairs, at most a few hundred."""

    epoch: int = 0
    step: int = 0
    steps: int = 0
    images_per_second: float = 0.0
    remaining_seconds: float | None = None
    learning_rate: float = 0.0
    curve: list[tuple[float, float]] = field(default_factory=list)
    updated: float = 0.0

    def share(self, epochs: int) -> float:
        """How much of so many epochs is done, 0 to 1."""
        within = self.step / self.steps if self.steps else 0
        return min(1.0, (self.epoch + within) / epochs)


@dataclass(frozen=True)
class Facts:
    """A run in figures; None where nothing is measured yet.

    Losses and the test error are per-pixel mean squared errors; seconds: of all its epochs;
    images_per_second: of the median epoch; bytes: of all its files; auroc: see `Run.auroc`.
    """

    epochs: int = 0
    train_loss: float | None = None
    validation_loss: float | None = None
    best_validation_loss: float | None = None
    best_epoch: int = 0
    test_error: float | None = None
    seconds: float = 0.0
    images_per_second: float | None = None
    bytes: int = 0
    auroc: float | None = None


@dataclass(frozen=True)
class Reference:
    """What a file holds that names a run."""

    run: str
