"""Scores made of others: one number from several p-values. Each is calibrated once more, as any score is."""

import numpy as np

OUTLINE_SHARE = (
    0.2  # of the false alarms that the outline may cause: one in a hundred digits at a rate of 5 %
)
OUTLINE_WEIGHT = round(1 / OUTLINE_SHARE) - 1


def fisher(*p_values: np.ndarray) -> np.ndarray:
    """Fisher's statistic: large where several p-values are small."""
    return -sum(np.log(each) for each in p_values)


def guarded(error: np.ndarray, outline: np.ndarray) -> np.ndarray:
    """Tippett's statistic, weighted: large where the error's p-value is small or the outline's tiny."""
    return -np.log(np.minimum(error, OUTLINE_WEIGHT * outline))
