"""What is read of the points that a visitor has selected in a chart."""

import math
from collections.abc import Callable
from typing import Any


def numbers_at(points: list[dict], place: Callable[[dict], Any]) -> list[float]:
    """The finite numbers at `place` in each point that has one; those of a line have none."""
    found = []
    for point in points:
        try:
            number = float(place(point))
        except (KeyError, IndexError, TypeError, ValueError, OverflowError):
            continue
        if math.isfinite(number):
            found.append(number)
    return found
