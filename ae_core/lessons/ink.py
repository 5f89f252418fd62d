"""What the lessons about anomaly scores show, measured: how a score depends on ink and on the code's size."""

from dataclasses import dataclass

import numpy as np
import pandas

from ae_core.data.digits import Split
from ae_core.lessons.trials import some_of
from ae_core.scores.detector import Detector

DOT = np.array([[0.25, 0.75, 0.25], [0.75, 1.0, 0.75], [0.25, 0.75, 0.25]])  # its edges as soft as a pen's
EMPTY = ("blank canvas", "single dot")


def nearly_empty() -> np.ndarray:
    """The images that EMPTY names, uint8 [2, 28, 28]: no digits, and with next to no ink."""
    images = np.zeros((len(EMPTY), 28, 28), np.uint8)
    images[1, 13:16, 13:16] = np.rint(255 * DOT)
    return images


def ink(images: np.ndarray) -> np.ndarray:
    """Mean intensity, 0 to 1, of each of `images`, uint8 [N, 28, 28]."""
    return images.mean(axis=(1, 2)) / 255


@dataclass(frozen=True, eq=False)
class InkStudy:
    """One score of test digits beside their ink, both [N], and of nearly empty images.

    anomalies: ink, score and share (of test digits that score lower) by the image's name. by_class: mean ink
    and mean score by digit. correlation: of ink and score, -1 to 1; NaN where the score is constant.
    """

    ink: np.ndarray
    scores: np.ndarray
    anomalies: pandas.DataFrame
    by_class: pandas.DataFrame
    correlation: float


def study_ink(detector: Detector, name: str, test: Split) -> InkStudy:
    """How the fitted score called `name` goes with the ink of some of `test`."""
    digits = some_of(test, np.ones(len(test), bool))
    scores, amount = detector.by(name).decision_function(digits.images), ink(digits.images)
    found = detector.by(name).decision_function(nearly_empty())
    anomalies = pandas.DataFrame(
        {
            "ink": ink(nearly_empty()),
            "score": found,
            "share": [float((scores < each).mean()) for each in found],
        },
        index=list(EMPTY),
    )
    by_class = pandas.DataFrame({"digit": digits.labels, "ink": amount, "score": scores})
    with np.errstate(invalid="ignore"):
        correlation = float(np.corrcoef(amount, scores)[0, 1])
    return InkStudy(amount, scores, anomalies, by_class.groupby("digit").mean(), correlation)
