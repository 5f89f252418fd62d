"""Which numbers stand for black and for white: no array and no 16-bit picture says so, only its values do."""

from dataclasses import dataclass

import numpy as np

from ae_core.errors import UploadError

AUTO, FULL = "auto", "lowest:highest"

# The largest value that whole numbers reach: binary, 2, 3 and 4 bits, scikit-learn's digits, per cent, then
# 8, 10, 12, 14 and 16 bits. An array is taken for the smallest of these that holds its largest value.
TOPS = (1, 3, 7, 15, 16, 100, 255, 1023, 4095, 16383, 65535)
SAMPLE_TOPS = (
    255,
    1023,
    4095,
    16383,
    65535,
)  # of pictures with 16 bits a pixel, as cameras and scanners fill them
OVERSHOOT = 0.1  # how far interpolation leads beyond 0 and 1
SIGNED = ((-0.5, 0.5), (-1, 1), (-127.5, 127.5), (-128, 127))
# MNIST as PyTorch's example normalises it: (x - 0.1307) / 0.3081.
STANDARDISED = (-0.1307 / 0.3081, (1 - 0.1307) / 0.3081)


@dataclass(frozen=True)
class LevelRange:
    """The values that are black and white; those between are grey, those beyond are cut off."""

    black: float
    white: float

    def __str__(self) -> str:
        return f"{format_value(self.black)} to {format_value(self.white)}"

    @classmethod
    def parse(cls, text: str) -> "LevelRange":
        """The range that "0:16" names. Raises UploadError for other text."""
        try:
            black, white = (float(part) for part in text.split(":"))
        except ValueError:
            black = white = np.nan
        if not (np.isfinite([black, white]).all() and black < white):
            raise UploadError(
                f"The range of values must be LOW:HIGH with LOW below HIGH, such as 0:16, or {AUTO}, or "
                f"{FULL}; got {text[:40]!r}."
            )
        return cls(black, white)

    def grey(self, values: np.ndarray) -> np.ndarray:
        """`values` of any type and shape as uint8 of the same shape, black 0 and white 255."""
        if (self.black, self.white) == (0, 255) and values.dtype == np.uint8:
            return values
        scaled = (values.astype(np.float64) - self.black) * (255 / (self.white - self.black))
        return np.clip(np.rint(scaled), 0, 255).astype(np.uint8)


def range_of(values: np.ndarray, chosen: str = AUTO) -> LevelRange:
    """What is black and white in `values` (true or false, whole numbers or floats; not empty).

    chosen: AUTO goes by the type and by the lowest and highest value, FULL takes these two themselves, and
    "0:16" names a range. Raises UploadError for values that are no numbers, for a range that is none, and
    for FULL where all values are equal.
    """
    if values.dtype == bool:
        return LevelRange(0, 1)
    low, high = float(values.min()), float(values.max())
    if not np.isfinite([low, high]).all():
        count = int(values.size - np.isfinite(values).sum())
        raise UploadError(
            f"{count:,} of the array's {values.size:,} values are infinite or no numbers (NaN): replace "
            "them, for instance with numpy.nan_to_num, then upload it again."
        )
    if chosen not in (AUTO, FULL):
        return LevelRange.parse(chosen)
    return _full(low, high) if chosen == FULL else _likely(values, low, high)


def white_of_samples(samples: np.ndarray) -> int:
    """The value that is white in a picture's samples, uint8 or uint16 of any shape."""
    highest = int(samples.max())
    return 255 if samples.dtype == np.uint8 else next(top for top in SAMPLE_TOPS if highest <= top)


def eight_bits(samples: np.ndarray, white: int) -> np.ndarray:
    """Samples of a picture as uint8 of the same shape."""
    if samples.dtype == np.uint8:
        return samples
    return ((samples.astype(np.uint32) * 255 + white // 2) // white).clip(0, 255).astype(np.uint8)


def _likely(values: np.ndarray, low: float, high: float) -> LevelRange:
    if values.dtype.kind == "f" and low >= -OVERSHOOT and high <= 1 + OVERSHOOT:
        return LevelRange(0, 1)
    if low < 0:
        if np.allclose((low, high), STANDARDISED, atol=0.01):
            return LevelRange(*STANDARDISED)
        for black, white in SIGNED:
            if black <= low and high <= white and high - low > (white - black) / 2:
                return LevelRange(black, white)
        return _full(low, high)
    top = next((top for top in TOPS if high <= top), None)
    if top is None or (top <= 16 and high < top / 2 and values.dtype.kind == "f"):
        return _full(0, high)  # no range that is known, and a dim picture is worse than a guess
    return LevelRange(0, top)


def _full(low: float, high: float) -> LevelRange:
    if low == high:
        raise UploadError(
            f"All values of the array are {format_value(low)}: there is nothing to see. Choose another array."
        )
    return LevelRange(low, high)


def format_value(value: float) -> str:
    """A number of an array for showing: 65,535 or -0.4242."""
    return f"{value:,.0f}" if value == round(value) else f"{value:.4g}"
