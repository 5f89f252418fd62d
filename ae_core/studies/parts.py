"""The parts of an experiment. A part holds all that decides its result, so its key names the result."""

import hashlib
import json
from dataclasses import asdict, dataclass
from itertools import product

from ae_core.models.config import ModelConfig
from ae_core.scores.table import SCORES
from ae_core.studies.experiment import UPLOAD, ExperimentConfig, Kind
from ae_core.training.config import RECIPE_VERSION, TrainConfig

RESULTS_VERSION = 4  # raised where a change of the lab changes results, so that older ones are not taken over


@dataclass(frozen=True)
class Part:
    """One detector, measured on one kind of anomaly.

    fingerprint: of the data set. digit, model and train: of a part that trains; reference, weights (which
    change when the model does), subject (a corruption or a source of images), images, severity and upload:
    of a part that judges a given model.
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
    version: int = 1  # RESULTS_VERSION when it was asked for

    @property
    def trains(self) -> bool:
        return Kind(self.kind).trains

    @property
    def name(self) -> str:
        """What tells it from the other parts of its experiment, but for the seed: "3" or "fog"."""
        return str(self.digit) if self.trains else self.subject

    @property
    def seed(self) -> int | None:
        return self.train.seed if self.trains else None

    @property
    def classes(self) -> tuple[int, ...]:
        """The digits that it trains on."""
        if self.kind == Kind.ONE_CLASS:
            return (self.digit,)
        return tuple(each for each in range(10) if each != self.digit)

    def key(self) -> str:
        """The same for the same part, whatever experiment it belongs to."""
        values = asdict(self)
        return digest([values.pop("version"), values])

    def training_key(self) -> str:
        """The same for the same training on the same digits, whatever is then measured of it."""
        return digest(
            [RECIPE_VERSION, asdict(self.model), asdict(self.train), self.classes, self.fingerprint]
        )


def digest(values: list) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def parts_of(
    config: ExperimentConfig, fingerprint: str, weights: str = "", version: int = RESULTS_VERSION
) -> list[Part]:
    """By seed, then by digit: a whole experiment with the first seed comes first; or by subject.

    weights: of the model that config.reference names, see `store.weights_of`; version: as `Part`.
    """
    scores = tuple(name for name in SCORES if name in config.scores)  # their order changes no result
    every = {
        "kind": str(config.kind),
        "dataset": config.dataset,
        "fingerprint": fingerprint,
        "scores": scores,
        "version": version,
    }
    if config.trains:
        return [
            Part(**every, digit=digit, model=config.model, train=config.train.with_changes(seed=seed))
            for seed, digit in product(config.seeds, config.digits)
        ]
    given = {"reference": config.reference, "weights": weights, "images": config.images}
    if config.kind == Kind.CORRUPTIONS:
        return [Part(**every, **given, subject=name, severity=config.severity) for name in config.corruptions]
    return [
        Part(**every, **given, subject=name, upload=config.upload if name == UPLOAD else "")
        for name in config.sources
    ]
