"""Anomaly experiments: which kind, of which digits, with which model, by which scores."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Any, ClassVar, Self

from ae_core.config import Config, Rule, a, between, one_of, setting, several, whole
from ae_core.data.corruptions import CORRUPTIONS
from ae_core.data.digits import DIGIT_CLASSES, Digits, check_classes, name_of_class
from ae_core.data.foreign import FOREIGN
from ae_core.data.overlap import ZOO
from ae_core.data.own.record import MAX_CLASSES, spoken_name
from ae_core.data.sources import NAMED, SHIPPED, load_digits
from ae_core.errors import ConfigError
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.runs.catalogue import open_model, weights_of
from ae_core.runs.store import RunStore
from ae_core.scores.table import SCORES
from ae_core.studies import parts
from ae_core.studies.parts import Part
from ae_core.studies.study import MAX_PARTS, Study
from ae_core.studies.uploads import Uploads
from ae_core.training.config import TrainConfig
from ae_core.training.presets import HELD_OUT, ONE_CLASS
from ae_core.words import counted, visible

RESULTS_VERSION = 4  # raised where a change of the lab changes results, so that older ones are not taken over
UPLOAD = "upload"  # the source that is a person's own images
REFERENCE = "zoo:dense-32"


class Kind(StrEnum):
    ONE_CLASS = parts.ONE_CLASS
    HELD_OUT = parts.HELD_OUT
    CORRUPTIONS = parts.CORRUPTIONS
    FOREIGN = parts.FOREIGN

    @property
    def trains(self) -> bool:
        """Whether each part trains a model of its own; else a given model is judged."""
        return self in (Kind.ONE_CLASS, Kind.HELD_OUT)


RECIPES = {Kind.ONE_CLASS: ONE_CLASS, Kind.HELD_OUT: HELD_OUT}


def text(rule_text: str, most: int) -> Rule:
    return Rule(rule_text, lambda value: isinstance(value, str) and len(value) <= most)


@dataclass(frozen=True)
class ExperimentConfig(Config):
    """One experiment; `of` makes it with the kind's own recipe.

    digits, seeds, model and train belong to the kinds that train (each digit with each seed is a part; the
    seed replaces the recipe's), reference, images, severity, corruptions, sources and upload to the others,
    which leave those aside. Raises ConfigError for values out of range and for more than MAX_PARTS parts.

    >>> ExperimentConfig.of("held-out", dataset="embedded", digits=(4, 9), seeds=(0, 1, 2)).part_count
    6
    """

    kind: str = setting("one-class", one_of(*Kind), "What is normal, and what is the anomaly.")
    dataset: str = setting("auto", NAMED, "Whose digits; auto is mnist where it is.")
    scores: tuple[str, ...] = setting(
        (), several(one_of(*SCORES), least=0), "Which scores are compared; none: all that suit the model."
    )
    digits: tuple[int, ...] = setting(
        tuple(range(10)),
        several(whole(0, MAX_CLASSES - 1)),
        "The digits that are normal in turn (one-class), or the anomaly in turn (held-out).",
    )
    seeds: tuple[int, ...] = setting(
        (0,), several(TrainConfig.rule("seed")), "One training for each: how much is chance."
    )
    model: ModelConfig = setting(ONE_CLASS.model, a(ModelConfig), "The network of each training.")
    train: TrainConfig = setting(ONE_CLASS.train, a(TrainConfig), "The recipe of each training.")
    reference: str = setting(
        REFERENCE, text("the name of a model, such as zoo:dense-32", 80), "The model that is tested."
    )
    images: int = setting(
        1000, whole(10, 10_000), "Test digits that are normal, and as many anomalies.", "images"
    )
    severity: float = setting(
        1.0, between(0.01, 1.0), "How strongly digits are corrupted; 1 is the strength of MNIST-C."
    )
    corruptions: tuple[str, ...] = setting(
        tuple(CORRUPTIONS), several(one_of(*CORRUPTIONS)), "Ways to corrupt a digit, one a part."
    )
    sources: tuple[str, ...] = setting(
        tuple(FOREIGN), several(one_of(*FOREIGN, UPLOAD)), "Where foreign images come from, one a part."
    )
    upload: str = setting(
        "", text("the name that `Uploads.keep` gives", 32), "The images of the source upload."
    )
    upload_name: str = setting("", text("at most 100 characters", 100), "What the uploaded file is called.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.part_count > MAX_PARTS:
            raise ConfigError(
                f"An experiment has at most {MAX_PARTS} parts, this one would have {self.part_count}: "
                "ask for fewer digits or seeds."
            )
        if self.dataset in ("auto", *SHIPPED) and max(self.digits) >= DIGIT_CLASSES:
            raise ConfigError(f"digits of {self.dataset} are 0 to {DIGIT_CLASSES - 1}, got {self.digits}.")
        if self.kind == Kind.FOREIGN and (UPLOAD in self.sources) != bool(self.upload):
            raise ConfigError("The source upload and the uploaded images belong together: give both or none.")

    @classmethod
    def of(cls, kind: str, **values: Any) -> Self:
        """An experiment of this kind, with its own recipe where none is given."""
        recipe = RECIPES.get(Kind(kind)) if kind in list(Kind) else None
        defaults = {"model": recipe.model, "train": recipe.train} if recipe else {}
        return cls(kind=str(kind), **defaults | values)

    @property
    def trains(self) -> bool:
        return Kind(self.kind).trains

    @property
    def part_count(self) -> int:
        if self.trains:
            return len(self.digits) * len(self.seeds)
        return len(self.corruptions if self.kind == Kind.CORRUPTIONS else self.sources)

    def title(self, class_names: tuple[str, ...] = ()) -> str:
        """The experiment in a few words, for lists. class_names: of an own data set."""
        if self.trains:
            digits = ", ".join(name_of_class(class_names, label) for label in self.digits)
            if len(self.digits) == (len(class_names) or DIGIT_CLASSES):
                digits = "every class" if class_names else "every digit"
            seeds = "" if len(self.seeds) == 1 else f", {len(self.seeds)} seeds"
            net = f"{self.model.architecture}-{self.model.latent_dim}, {counted(self.train.epochs, 'epoch')}"
            return f"{self.kind}: {digits} with {net} on {spoken_name(self.dataset)}{seeds}"
        what = (
            f"{counted(self.part_count, 'corruption')} at {self.severity:g}"
            if self.kind == Kind.CORRUPTIONS
            else ", ".join(
                visible(self.upload_name) or each if each == UPLOAD else each for each in self.sources
            )
        )
        return f"{self.kind}: {what} for {self.reference} on {spoken_name(self.dataset)}"


def check_there_are_others(digits: Digits) -> None:
    """Raises ConfigError where there is one class alone: no other could be the anomaly."""
    if len(digits.classes) == 1:
        raise ConfigError(
            f"{spoken_name(digits.name)} has one class alone, so there is no other to be the anomaly: bring "
            "images of several classes, or choose corruptions or foreign images."
        )


@dataclass(frozen=True)
class Experiment(Study):
    """An experiment as it is stored."""

    KIND: ClassVar[str] = "experiment"
    config: ExperimentConfig

    @classmethod
    def prepared(cls, config: ExperimentConfig, runs: RunStore) -> dict[str, Any]:
        """The fields that the data and the model decide which it names; both are fixed from here on."""
        if config.trains:
            digits, model, weights = load_digits(config.dataset), build_model(config.model), ""
        else:
            trained = open_model(config.reference, runs)
            own = config.dataset if trained.trained_on == ZOO else trained.trained_on
            digits = load_digits(own if config.dataset == "auto" else config.dataset)
            model, weights = trained.model, weights_of(config.reference, runs)
            if config.upload:
                Uploads(runs).get(config.upload)
        if config.trains:
            check_there_are_others(digits)
            for digit in config.digits:
                check_classes(digits, (digit,))
        for name in config.scores:
            if not SCORES[name].suits(model):
                raise ConfigError(f"{SCORES[name].title} needs {SCORES[name].needs}.")
        return {
            "config": config.with_changes(dataset=digits.name),
            "fingerprint": digits.fingerprint,
            "class_names": digits.class_names,
            "weights": weights,
            "version": RESULTS_VERSION,
        }

    def list_parts(self) -> Iterator[Part]:
        """By seed, then by digit: a whole experiment with the first seed comes first; or by subject."""
        config = self.config
        every: dict[str, Any] = {
            "kind": str(config.kind),
            "dataset": config.dataset,
            "fingerprint": self.fingerprint,
            "scores": tuple(name for name in SCORES if name in config.scores),  # order changes no result
            "version": self.version,
            "class_names": self.class_names if config.trains else (),
        }
        if config.trains:
            for seed, digit in product(config.seeds, config.digits):
                train = config.train.with_changes(seed=seed)
                yield Part(**every, digit=digit, model=config.model, train=train)
            return
        every |= {"reference": config.reference, "weights": self.weights, "images": config.images}
        if config.kind == Kind.CORRUPTIONS:
            for name in config.corruptions:
                yield Part(**every, subject=name, severity=config.severity)
        else:
            for name in config.sources:
                yield Part(**every, subject=name, upload=config.upload if name == UPLOAD else "")

    def title(self) -> str:
        return self.config.title(self.class_names)
