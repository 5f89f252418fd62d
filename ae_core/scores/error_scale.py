"""The one colour scale of error maps: how far off a pixel is, measured by what the threshold allows.

The mean squared error adds up the squares of all pixels, so a pixel counts by its square. Tied to the
threshold, a colour is as much evidence on one page, digit and model as on any other.
"""

import math
from dataclasses import dataclass

from ae_core.models.config import PIXELS

SIDE_AT_FULL = 7  # so many pixels squared, a sixteenth of all: about the ink of one stroke
FINEST = 4 / 255  # below four of 255 grey levels a map would show rounding


@dataclass(frozen=True)
class ErrorScale:
    """full: the difference of intensity, 0 to 1, that has the full colour.

    7 × 7 pixels of the full colour, all others right, have a mean squared error of `threshold`; `rate` is the
    share of normal digits whose error may lie above it.
    """

    full: float
    threshold: float
    rate: float

    @classmethod
    def of(cls, threshold: float, rate: float) -> "ErrorScale":
        return cls(max(math.sqrt(threshold * PIXELS) / SIDE_AT_FULL, FINEST), threshold, rate)
