"""The parts of a study. A part holds all that decides its result, so its key names the result."""

from dataclasses import asdict, dataclass

from ae_core.data.digits import DIGIT_CLASSES, name_of_class
from ae_core.models.config import ModelConfig
from ae_core.storage import digest
from ae_core.training.config import TrainConfig

SWEEP, ONE_CLASS, HELD_OUT, CORRUPTIONS, FOREIGN = "sweep", "one-class", "held-out", "corruptions", "foreign"


@dataclass(frozen=True)
class Part:
    """One model, measured once: a training by its test error, a detector by one kind of anomaly.

    fingerprint: of the data set. digit, model and train: of a part that trains; reference, weights (which
    change when the model does), subject (a corruption or a source of images), images, severity and upload:
    of a part that judges a given model. scores: of a detector, () for all that suit.
    """

    kind: str
    dataset: str
    fingerprint: str
    scores: tuple[str, ...] = ()
    digit: int | None = None
    model: ModelConfig | None = None
    train: TrainConfig | None = None
    reference: str = ""
    weights: str = ""
    subject: str = ""
    images: int = 0
    severity: float = 0.0
    upload: str = ""
    version: int = 1  # of its study
    class_names: tuple[str, ...] = ()  # of an own data set

    @property
    def trains(self) -> bool:
        return self.model is not None

    @property
    def training(self) -> tuple[ModelConfig, TrainConfig]:
        """What a part that trains trains, and how."""
        if self.model is None or self.train is None:
            raise TypeError(f"The part {self.name} trains nothing.")
        return self.model, self.train

    @property
    def is_detector(self) -> bool:
        """Whether it is measured by detection, which takes fitted scores."""
        return self.kind != SWEEP

    @property
    def name(self) -> str:
        """What tells it from the other parts of its study, but for the seed: "3", "fog" or "dense-32"."""
        if self.model is None:
            return self.subject
        if self.is_detector and self.digit is not None:
            return name_of_class(self.class_names, self.digit)
        return f"{self.model.architecture}-{self.model.latent_dim}"

    @property
    def seed(self) -> int | None:
        return self.train.seed if self.train else None

    @property
    def classes(self) -> tuple[int, ...]:
        """The digits that it trains on, () for all."""
        if self.digit is None:
            return ()
        if self.kind == ONE_CLASS:
            return (self.digit,)
        return tuple(each for each in range(len(self.class_names) or DIGIT_CLASSES) if each != self.digit)

    def key(self) -> str:
        """The same for the same part, whatever study it belongs to."""
        values = asdict(self) | {"train": self.train and self.train.decisive()}
        if not self.class_names:  # so keys of digits are what they were before there were own data sets
            del values["class_names"]
        return digest([values.pop("version"), values])
