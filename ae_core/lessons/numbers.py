"""The numbers that lessons name in their texts, each computed from the digits and models in the lab.

A lesson's file says which (`of`) and of what; `compute` gives it as it is written in a sentence.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas

from ae_core.data.digits import Digits
from ae_core.latent import known as known_of_latent
from ae_core.lessons import code_size, small_trainings
from ae_core.lessons.lesson import Number
from ae_core.lessons.outliers import OUTLIERS
from ae_core.lessons.published import own
from ae_core.lessons.trials import Trial
from ae_core.models.config import PIXELS
from ae_core.models.network import Network
from ae_core.scores.detector import Detector
from ae_core.scores.metrics import plain_auroc
from ae_core.training.presets import preset_called
from ae_core.words import percent, three_digits


class Lab(Protocol):
    """What numbers are computed from. digits: in view; embedded: those of the small trainings."""

    digits: Digits
    embedded: Digits

    def model(self, reference: str) -> Network: ...

    def test(self, reference: str) -> pandas.DataFrame:
        """A row a test digit with label and error, the mean squared error under that model."""

    def detector(self, reference: str, score: str) -> Detector: ...

    def trial(self, reference: str, score: str, source: str) -> Trial: ...


@dataclass(frozen=True)
class Kind:
    """A number that texts can name. needs: fields of `Number` that it must be given."""

    about: str
    compute: Callable[[Lab, Number], str]
    needs: tuple[str, ...] = ()


def test_error(lab: Lab, reference: str) -> float:
    return float(lab.test(reference)["error"].mean())


def by_class(lab: Lab, reference: str) -> pandas.Series:
    return lab.test(reference).groupby("label")["error"].mean()


def components_for(lab: Lab, number: Number) -> str:
    reached = code_size.linear_errors(lab.digits) <= test_error(lab, number.model)
    return str(int(np.argmax(reached)))


def image_of(lab: Lab, number: Number) -> np.ndarray:
    return OUTLIERS[number.outlier].make(lab.digits)[None]


def outlier_score(lab: Lab, number: Number) -> float:
    return float(lab.detector(number.model, number.score).decision_function(image_of(lab, number))[0])


def outlier_p(lab: Lab, number: Number) -> float:
    return float(lab.detector(number.model, number.score).p_values(image_of(lab, number))[0])


def digits_below(lab: Lab, number: Number) -> str:
    """How many test digits score lower than the outlier: a percentage would be rounded to none or all."""
    scores = lab.trial(number.model, number.score, number.source).normal
    return f"{int((scores < outlier_score(lab, number)).sum()):,} of {len(scores):,}"


def detected(lab: Lab, number: Number) -> str:
    trial = lab.trial(number.model, number.score, number.source)
    threshold = trial.calibrator.threshold(number.rate / 100)
    return percent(float((trial.anomalous > threshold).mean()))


def false_alarms(lab: Lab, number: Number) -> str:
    trial = lab.trial(number.model, number.score, number.source)
    flagged = trial.normal > trial.calibrator.threshold(number.rate / 100)
    return f"{int(flagged.sum()):,} of {len(flagged):,}"


def auroc(lab: Lab, number: Number) -> str:
    trial = lab.trial(number.model, number.score, number.source)
    return f"{plain_auroc(trial.normal, trial.anomalous):.3f}"


def few(lab: Lab, number: Number) -> np.ndarray:
    return small_trainings.few_course(lab.embedded, number.count)


def preset_rate(_: Lab, number: Number) -> str:
    return f"{preset_called(number.source).train.peak_learning_rate:g}"


NUMBERS = {
    "pixels": Kind("of a digit", lambda _, __: str(PIXELS)),
    "training digits": Kind("how many there are in view", lambda lab, _: f"{len(lab.digits.train):,}"),
    "validation digits": Kind("how many there are in view", lambda lab, _: f"{len(lab.digits.validation):,}"),
    "test digits": Kind("how many there are in view", lambda lab, _: f"{len(lab.digits.test):,}"),
    "latent dimension": Kind(
        "values in the model's code", lambda lab, n: str(lab.model(n.model).config.latent_dim), ("model",)
    ),
    "compression": Kind(
        "pixels for each value of the code",
        lambda lab, n: f"{PIXELS / lab.model(n.model).config.latent_dim:.3g}",
        ("model",),
    ),
    "parameters": Kind(
        "numbers that the model has learned",
        lambda lab, n: f"{sum(each.numel() for each in lab.model(n.model).parameters()):,}",
        ("model",),
    ),
    "test error": Kind(
        "mean squared error over the test digits",
        lambda lab, n: three_digits(test_error(lab, n.model)),
        ("model",),
    ),
    "error ratio": Kind(
        "how many times the test error of `model` that of `other` is",
        lambda lab, n: f"{test_error(lab, n.other) / test_error(lab, n.model):.1f}",
        ("model", "other"),
    ),
    "error of a digit": Kind(
        "mean squared error over the test digits of the class `digit`",
        lambda lab, n: three_digits(float(by_class(lab, n.model)[n.digit])),
        ("model", "digit"),
    ),
    "easiest digit": Kind(
        "the class with the lowest error", lambda lab, n: str(by_class(lab, n.model).idxmin()), ("model",)
    ),
    "hardest digit": Kind(
        "the class with the highest error", lambda lab, n: str(by_class(lab, n.model).idxmax()), ("model",)
    ),
    "mean image error": Kind(
        "test error of the mean of all training digits",
        lambda lab, _: three_digits(float(code_size.linear_errors(lab.digits)[0])),
    ),
    "PCA error": Kind(
        "test error of PCA with `count` components",
        lambda lab, n: three_digits(float(code_size.linear_errors(lab.digits)[n.count])),
        ("count",),
    ),
    "components for": Kind("principal components that reach the model's error", components_for, ("model",)),
    "neighbour accuracy": Kind(
        "share of test digits whose class the nearest codes name",
        lambda lab, n: percent(float(known_of_latent.accuracies(lab.model(n.model), lab.digits)[0])),
        ("model",),
    ),
    "pixel accuracy": Kind(
        "share of test digits whose class the nearest pictures name",
        lambda lab, _: percent(float(known_of_latent.pixel_accuracies(lab.digits)[0])),
    ),
    "linear error": Kind(
        "test error of the linear autoencoder that is trained in place, on the embedded digits",
        lambda lab, _: three_digits(float(small_trainings.linear_course(lab.embedded)[0, -1])),
    ),
    "linear agreement": Kind(
        "the smallest cosine between its directions and PCA's",
        lambda lab, _: f"{small_trainings.linear_course(lab.embedded)[1, -1]:.3f}",
    ),
    "PCA error on embedded digits": Kind(
        "test error of PCA with `count` components on the embedded digits",
        lambda lab, n: three_digits(float(code_size.linear_errors(lab.embedded)[n.count])),
        ("count",),
    ),
    "training error on few digits": Kind(
        "at the end of the training on `count` digits",
        lambda lab, n: three_digits(few(lab, n)[0, -1]),
        ("count",),
    ),
    "validation error on few digits": Kind(
        "at the end of the training on `count` digits",
        lambda lab, n: three_digits(few(lab, n)[1, -1]),
        ("count",),
    ),
    "error ratio on few digits": Kind(
        "how many times the training error the validation error is",
        lambda lab, n: f"{few(lab, n)[1, -1] / few(lab, n)[0, -1]:.1f}",
        ("count",),
    ),
    "threshold": Kind(
        "of a score at a false-alarm rate",
        lambda lab, n: three_digits(lab.detector(n.model, n.score).calibrator.threshold(n.rate / 100)),
        ("model",),
    ),
    "detected": Kind("share of the anomalies of `source` above the threshold", detected, ("model",)),
    "false alarms": Kind("test digits above the threshold", false_alarms, ("model",)),
    "AUROC": Kind("how often an anomaly of `source` scores above a test digit", auroc, ("model",)),
    "outlier score": Kind(
        "score of a named outlier", lambda lab, n: three_digits(outlier_score(lab, n)), ("model", "outlier")
    ),
    "outlier p-value": Kind(
        "p-value of a named outlier", lambda lab, n: percent(outlier_p(lab, n)), ("model", "outlier")
    ),
    "outlier above": Kind(
        "how many test digits score lower than a named outlier", digits_below, ("model", "outlier")
    ),
    "held-out AUROC": Kind(
        "of `digit` under a network that has never seen it, as `python -m benchmarks.published` measured it",
        lambda _, n: f"{own('held-out').areas[n.score][n.digit]:.3f}",
        ("digit",),
    ),
    "learning rate": Kind("peak learning rate of the preset `source`", preset_rate, ("source",)),
}


def compute(number: Number, lab: Lab) -> str:
    """The number as a sentence has it. `number.of` is in NUMBERS."""
    return NUMBERS[number.of].compute(lab, number)
