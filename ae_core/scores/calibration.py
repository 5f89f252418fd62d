"""Per-image scores and what they mean: a p-value and a verdict against held-out normal digits."""

import math
from dataclasses import dataclass

import numpy as np
import pandas

from ae_core.config import is_number, shown
from ae_core.data.digits import Split
from ae_core.errors import ConfigError
from ae_core.models.inference import reconstruction_errors
from ae_core.models.network import Network


def evaluate(model: Network, split: Split) -> pandas.DataFrame:
    """One row a digit: index, label, error (per-pixel mean squared error), ink (mean intensity, 0 to 1).

    >>> from ae_core import load_digits, zoo
    >>> table = evaluate(zoo.load("dense-8"), load_digits("embedded").test)
    >>> list(table), len(table)
    (['index', 'label', 'error', 'ink'], 1000)
    """
    return described(split, reconstruction_errors(model, split.images))


def described(split: Split, errors: np.ndarray) -> pandas.DataFrame:
    """The same, where the errors [N] are known."""
    return pandas.DataFrame(
        {
            "index": np.arange(len(split)),
            "label": split.labels,
            "error": errors,
            "ink": (split.images.mean(axis=(1, 2), dtype=np.float32) / 255).astype(np.float32),
        }
    )


@dataclass(frozen=True, eq=False)
class Calibrator:
    """Turns a score into a p-value: at most this share of held-out normal digits scores at least as high.

    scores: [N] of digits that the model was not trained on and that are not judged with it.

    >>> calibrator = Calibrator(np.arange(99.0))
    >>> calibrator.p_values(np.array([98.0, 1000.0])).tolist()
    [0.02, 0.01]
    >>> calibrator.threshold(0.05)
    94.0
    """

    scores: np.ndarray

    def __post_init__(self) -> None:
        scores = np.sort(np.asarray(self.scores, np.float64).ravel())
        if not len(scores) or not np.isfinite(scores).all():
            raise ConfigError("Calibration needs at least one score, and all of them finite.")
        object.__setattr__(self, "scores", scores)

    @classmethod
    def fit(cls, model: Network, split: Split) -> "Calibrator":
        """Calibrated on the reconstruction errors of `split`, usually the validation digits."""
        return cls(reconstruction_errors(model, split.images))

    def p_values(self, scores: np.ndarray | float) -> np.ndarray:
        """(1 + #{calibration >= score}) / (N + 1) for each score: conformal, so never 0."""
        at_least = len(self.scores) - np.searchsorted(self.scores, scores, side="left")
        return (1 + at_least) / (len(self.scores) + 1)

    def possible_rate(self, false_alarm_rate: float) -> float:
        """This rate, or the finest that so few calibration digits can tell."""
        return max(false_alarm_rate, 1 / (len(self.scores) + 1))

    def threshold(self, false_alarm_rate: float) -> float:
        """The score above which p <= false_alarm_rate: `score > threshold` is the verdict "anomaly".

        Raises ConfigError for a rate outside 0 to 1, or finer than the calibration digits can tell.
        """
        finest = 1 / (len(self.scores) + 1)
        if not (is_number(false_alarm_rate) and finest <= false_alarm_rate < 1):
            raise ConfigError(
                f"false_alarm_rate must be from {finest:.2g} (one in {len(self.scores) + 1:,}: there are "
                f"{len(self.scores):,} calibration digits) to below 1, got {shown(false_alarm_rate)}."
            )
        # The small term keeps a rate such as 0.05 from losing a digit to its binary rounding.
        allowed_above = math.floor(false_alarm_rate * (len(self.scores) + 1) + 1e-9) - 1
        return float(self.scores[max(0, len(self.scores) - 1 - allowed_above)])

    def flags(self, scores: np.ndarray | float, false_alarm_rate: float) -> np.ndarray:
        """True where the verdict is "anomaly"."""
        return np.asarray(scores, np.float64) > self.threshold(false_alarm_rate)


def class_table(labels: np.ndarray, scores: np.ndarray, threshold: float) -> pandas.DataFrame:
    """One row a class: digit, digits, mean_score, largest_score, flagged (a share). labels, scores: [N]."""
    table = pandas.DataFrame({"digit": labels, "score": scores, "flagged": scores > threshold})
    return table.groupby("digit", as_index=False).agg(
        digits=("score", "size"),
        mean_score=("score", "mean"),
        largest_score=("score", "max"),
        flagged=("flagged", "mean"),
    )
