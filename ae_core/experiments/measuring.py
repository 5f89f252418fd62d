"""From the scores of a part's images to the measures of each score. NaN is None here, as JSON wants it."""

import math
from typing import Any

import numpy as np
import pandas

from ae_core.detection import auroc, average_precision, flagged_share
from ae_core.errors import ConfigError
from ae_core.scoring import Calibrator

IMAGE_COLUMNS = ("index", "label", "is_anomaly")
RATES = {"1": 0.01, "5": 0.05}  # false-alarm rates by how columns call them, in percent


def measured(table: pandas.DataFrame, calibration: pandas.DataFrame) -> list[dict[str, Any]]:
    """One row a score: score, auroc with low and high, average_precision, n_normal, n_anomalies and a note;
    detected_at_1 and detected_at_5, with false_alarms_at_1 and false_alarms_at_5 of the normal test digits.

    table: as `PartRecord.scores`. calibration: scores of held-out normal digits, which give the thresholds.
    What cannot be measured is None, and the note says why.
    """
    return [
        measures_of(name, *split_kinds(table, name), calibration[name].to_numpy(np.float64))
        for name in calibration.columns
    ]


def split_kinds(table: pandas.DataFrame, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The scores called `name` of normal and of anomalous images, float64."""
    scores, strange = table[name].to_numpy(np.float64), table["is_anomaly"].to_numpy(bool)
    return scores[~strange], scores[strange]


def measures_of(
    name: str, normal: np.ndarray, anomalous: np.ndarray, calibration: np.ndarray
) -> dict[str, Any]:
    row: dict[str, Any] = {"score": name, "n_normal": len(normal), "n_anomalies": len(anomalous)}
    notes = []
    try:
        area = auroc(normal, anomalous)
        notes.append(area.reason)
        row |= {"auroc": area.value, "low": area.low, "high": area.high}
        row["average_precision"] = average_precision(normal, anomalous)
    except ConfigError as error:  # one kind is missing, or a score is not finite
        notes.append(str(error))
        row |= dict.fromkeys(("auroc", "low", "high", "average_precision"))
    calibrator = Calibrator(calibration)
    for percent, rate in RATES.items():
        detected, false_alarms = f"detected_at_{percent}", f"false_alarms_at_{percent}"
        try:
            row[detected] = flagged_share(anomalous, calibrator, rate)
            row[false_alarms] = flagged_share(normal, calibrator, rate)
        except ConfigError:
            row |= {detected: None, false_alarms: None}
            least = round(1 / rate) - 1
            notes.append(
                f"A threshold for {percent} % false alarms needs {least} calibration digits, "
                f"there are {len(calibration)}."
            )
    row["note"] = " ".join(dict.fromkeys(filter(None, notes)))
    return {key: None if is_nan(value) else value for key, value in row.items()}


def is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)
