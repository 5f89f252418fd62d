"""From the scores of a part's images to the measures of each score. NaN is None here, as JSON wants it."""

import math
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import pandas

from ae_core.errors import ConfigError
from ae_core.runs.run import Run
from ae_core.scores.calibration import Calibrator
from ae_core.scores.metrics import auroc, average_precision, flagged_share

MEASURES = (
    "auroc",
    "low",
    "high",
    "average_precision",
    "detected_at_1",
    "detected_at_5",
    "false_alarms_at_1",
    "false_alarms_at_5",
)
RATES = {"1": 0.01, "5": 0.05}  # false-alarm rates by how columns call them, in percent


@dataclass(frozen=True)
class Measures:
    """What one score has measured, None where it cannot be; the note says why."""

    score: str
    n_normal: int | None = None
    n_anomalies: int | None = None
    auroc: float | None = None
    low: float | None = None
    high: float | None = None
    average_precision: float | None = None
    detected_at_1: float | None = None
    detected_at_5: float | None = None
    false_alarms_at_1: float | None = None
    false_alarms_at_5: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Result:
    """What a part has found. test_error: of a training; measures: of a detector, one for each score; letters:
    how well each score tells letters, by its name; times in seconds.
    """

    measures: list[Measures] = field(default_factory=list)
    test_error: float | None = None
    letters: dict[str, float | None] = field(default_factory=dict)
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    calibration_digits: int | None = None
    training_seconds: float = 0.0

    @classmethod
    def of_run(cls, run: Run) -> Self:
        """What a training has come to."""
        seconds = float(run.metrics()["seconds"].sum())
        notes = [caution] if (caution := run.caution()) else []
        return cls([], run.test_error(), seconds=seconds, notes=notes, training_seconds=seconds)


def measured(table: pandas.DataFrame, calibration: pandas.DataFrame) -> list[Measures]:
    """What each score has measured.

    table: as `PartRecord.scores`. calibration: scores of held-out normal digits, which give the thresholds.
    What cannot be measured is None, and the note says why.
    """
    return [
        measures_of(name, *split_kinds(table, name), calibration[name].to_numpy(np.float64))
        for name in calibration.columns
    ]


def split_kinds(table: pandas.DataFrame, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The scores called `name` of normal and of anomalous images, float64."""
    scores, anomalous = table[name].to_numpy(np.float64), table["is_anomaly"].to_numpy(bool)
    return scores[~anomalous], scores[anomalous]


def measures_of(name: str, normal: np.ndarray, anomalous: np.ndarray, calibration: np.ndarray) -> Measures:
    row: dict[str, Any] = {
        "score": name,
        "n_normal": len(normal),
        "n_anomalies": len(anomalous),
    } | dict.fromkeys(MEASURES)
    try:
        area = auroc(normal, anomalous)
        row |= {"auroc": area.value, "low": area.low, "high": area.high}
        row["average_precision"] = average_precision(normal, anomalous)
    except ConfigError as error:  # one kind is missing, or a score is not finite
        return Measures(**row | {"note": str(error)})
    notes = [area.reason]
    calibrator = Calibrator(calibration)
    for percent, rate in RATES.items():
        try:
            row[f"detected_at_{percent}"] = flagged_share(anomalous, calibrator, rate)
            row[f"false_alarms_at_{percent}"] = flagged_share(normal, calibrator, rate)
        except ConfigError:
            least = round(1 / rate) - 1
            notes.append(
                f"A threshold for {percent} % false alarms needs {least} calibration digits, "
                f"there are {len(calibration)}."
            )
    row["note"] = " ".join(filter(None, notes))
    found: dict[str, Any] = {key: None if is_nan(value) else value for key, value in row.items()}
    return Measures(**found)


def is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)
