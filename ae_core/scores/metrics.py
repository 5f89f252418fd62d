"""How well a detector tells anomalies from normal images, measured from its scores alone.

Everywhere `normal` and `anomalous` are scores [N] and [M] of images of the two kinds; higher is stranger,
and the verdict is "anomaly" where `score > threshold`. ConfigError is raised where one of the two kinds is
missing and for scores that are not finite.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas

from ae_core.errors import ConfigError
from ae_core.scores.calibration import Calibrator

RESAMPLES = 400  # enough for the ends of a 95 % interval to two digits, and done in a tenth of a second
CONFIDENCE = 0.95
CURVE_POINTS = 200
CHANCE = 0.5  # AUROC of a score that tells nothing


@dataclass(frozen=True)
class Auroc:
    """The area under the ROC curve: how often an anomaly scores above a normal image, ties counted half.

    low, high: its bootstrap interval. All three are NaN where it is undefined, and reason says why.
    """

    value: float
    low: float
    high: float
    reason: str = ""


@dataclass(frozen=True, eq=False)
class Ranking:
    """Scores of both kinds, sorted into groups of equal ones.

    values: the distinct scores [K], ascending. normal, anomalous: the group of each image, int [N] and [M].
    """

    values: np.ndarray
    normal: np.ndarray
    anomalous: np.ndarray

    @classmethod
    def of(cls, normal: np.ndarray, anomalous: np.ndarray) -> "Ranking":
        normal, anomalous = checked(normal, "normal"), checked(anomalous, "anomalous")
        values, groups = np.unique(np.concatenate([normal, anomalous]), return_inverse=True)
        return cls(values, groups[: len(normal)], groups[len(normal) :])

    def counts(self, groups: np.ndarray) -> np.ndarray:
        """How many of `groups` are in each group, [K]."""
        return np.bincount(groups, minlength=len(self.values))


def checked(scores: np.ndarray, kind: str) -> np.ndarray:
    scores = np.asarray(scores, np.float64).ravel()
    if not len(scores):
        raise ConfigError(
            f"A detector is measured on normal and on anomalous images; there are no {kind} ones."
        )
    bad = len(scores) - np.isfinite(scores).sum()
    if bad:
        raise ConfigError(f"{bad:,} of {len(scores):,} scores of {kind} images are NaN or infinite.")
    return scores


def auroc(normal: np.ndarray, anomalous: np.ndarray, resamples: int = RESAMPLES, seed: int = 0) -> Auroc:
    """The area under the ROC curve with its interval, by a percentile bootstrap over images of both kinds.

    The interval tells how much other test images would have changed it, not what another training would
    have. Where every anomaly scores above every normal image it is [1, 1], however few there are.
    """
    ranking = Ranking.of(normal, anomalous)
    if len(ranking.values) == 1:
        count = len(ranking.normal) + len(ranking.anomalous)
        return Auroc(math.nan, math.nan, math.nan, f"All {count:,} scores are the same: they rank nothing.")
    random = np.random.default_rng(seed)
    drawn = [
        area(*(ranking.counts(drawn_again(each, random)) for each in (ranking.normal, ranking.anomalous)))
        for _ in range(resamples)
    ]
    low, high = np.quantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Auroc(ranked_area(ranking), float(low), float(high))


def turned_round(area: float | None, high: float | None = None) -> str:
    """What an AUROC below 0.5 means, as a sentence; "" for any other, and where it is undefined.

    high: the upper end of its interval, where it is known.
    """
    if area is None or not area < CHANCE:
        return ""
    if high is not None and high >= CHANCE:
        return "AUROC below 0.5, but 0.5 lies within its interval: the score tells nothing here."
    return (
        "AUROC below 0.5: the score is turned round here, for anomalies score lower than normal images more "
        "often than not."
    )


def plain_auroc(normal: np.ndarray, anomalous: np.ndarray) -> float:
    """AUROC without an interval, where there are many to measure; 0.5 where all scores are the same."""
    return ranked_area(Ranking.of(normal, anomalous))


def drawn_again(groups: np.ndarray, random: np.random.Generator) -> np.ndarray:
    return groups[random.integers(0, len(groups), len(groups))]


def ranked_area(ranking: Ranking) -> float:
    return area(ranking.counts(ranking.normal), ranking.counts(ranking.anomalous))


def area(normal: np.ndarray, anomalous: np.ndarray) -> float:
    """From how many of each kind are in each group of equal scores, ascending."""
    below = np.cumsum(normal) - normal / 2
    return float(below @ anomalous / (normal.sum() * anomalous.sum()))


def average_precision(normal: np.ndarray, anomalous: np.ndarray) -> float:
    """Precision averaged over the anomalies, each at the threshold that just finds it.

    It depends on the share of anomalies, which is what chance reaches; equal scores are called together.
    """
    ranking = Ranking.of(normal, anomalous)
    found = ranking.counts(ranking.anomalous)[::-1]
    called = np.cumsum(found + ranking.counts(ranking.normal)[::-1])
    return float((np.cumsum(found) / called) @ found / found.sum())


def flagged_share(scores: np.ndarray, calibrator: Calibrator, false_alarm_rate: float) -> float:
    """Share of images that are called anomalies: the detection rate of anomalies, false alarms of others.

    calibrator: on held-out normal images, for a threshold as it would be in use; `Calibrator(normal)` gives
    the one with hindsight that a ROC curve shows. Raises ConfigError where there are too few images to
    calibrate such a rate, and for no scores or some that are not finite.
    """
    scores = checked(scores, "judged")
    return float(calibrator.flags(scores, false_alarm_rate).mean())


def roc_curve(normal: np.ndarray, anomalous: np.ndarray, points: int = CURVE_POINTS) -> pandas.DataFrame:
    """The ROC curve from (0, 0) to (1, 1): false_alarm_rate, detection_rate and the threshold of each point.

    At most `points` of them, spread evenly along the curve; the threshold of the last is -infinity.
    """
    ranking = Ranking.of(normal, anomalous)
    rates = [
        np.concatenate([[0], np.cumsum(ranking.counts(groups)[::-1])]) / len(groups)
        for groups in (ranking.normal, ranking.anomalous)
    ]
    thresholds = np.append(ranking.values[::-1], -math.inf)
    kept = np.arange(len(thresholds))
    if len(kept) > points:
        way = (rates[0] + rates[1]) / 2
        kept = np.unique(np.searchsorted(way, np.linspace(0, 1, points)).clip(max=kept[-1]))
    return pandas.DataFrame(
        {"false_alarm_rate": rates[0][kept], "detection_rate": rates[1][kept], "threshold": thresholds[kept]}
    )


def confusion_table(normal: np.ndarray, anomalous: np.ndarray, threshold: float) -> pandas.DataFrame:
    """Counts by what an image is (rows: normal, anomaly) and what it is called (the same columns)."""
    kinds = {"normal": checked(normal, "normal"), "anomaly": checked(anomalous, "anomalous")}
    rows = {kind: [int((s <= threshold).sum()), int((s > threshold).sum())] for kind, s in kinds.items()}
    return pandas.DataFrame.from_dict(rows, orient="index", columns=list(kinds))


def detection_by_class(
    scores: np.ndarray, labels: np.ndarray, is_anomaly: np.ndarray, threshold: float
) -> pandas.DataFrame:
    """One row a label and kind: label, is_anomaly, images, mean_score, flagged (a share), auroc.

    scores, labels and is_anomaly (bool) are of the same images [N]. auroc is that of the label's anomalies
    against all normal images; NaN in rows of normal ones.
    """
    is_anomaly = np.asarray(is_anomaly, bool)
    scores = np.asarray(scores, np.float64)
    normal = scores[~is_anomaly]
    table = pandas.DataFrame({"label": labels, "is_anomaly": is_anomaly, "score": scores})
    rows = []
    for (label, anomalous), group in table.groupby(["label", "is_anomaly"]):
        found = group["score"].to_numpy()
        rows.append(
            {
                "label": int(label),
                "is_anomaly": bool(anomalous),
                "images": len(found),
                "mean_score": float(found.mean()),
                "flagged": float((found > threshold).mean()),
                "auroc": ranked_area(Ranking.of(normal, found)) if anomalous else math.nan,
            }
        )
    return pandas.DataFrame(rows)
