"""Named images that are no digits, or none that belongs, each with what it teaches about scores."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ae_core.data.digits import Digits
from ae_core.drawing import samples
from ae_core.drawing.ink import digit_from_drawing
from ae_core.lessons.examples import first_of
from ae_core.lessons.ink import nearly_empty


@dataclass(frozen=True)
class Outlier:
    """make: the image, uint8 [28, 28]."""

    title: str
    lesson: str
    make: Callable[[Digits], np.ndarray]


def drawn(*lines: list[tuple[float, float]]) -> np.ndarray:
    """Polylines on the canvas's 280 pixels, brought to a digit's form."""
    picture = samples.strokes([np.array(line, float) for line in lines])
    return digit_from_drawing(picture, on_black=True).image


def upside_down(digits: Digits) -> np.ndarray:
    """The first 4 of the test digits."""
    return np.ascontiguousarray(first_of(digits, 4)[::-1])


def noise(_: Digits) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (28, 28), dtype=np.uint8)


OUTLIERS = {
    "blank": Outlier(
        "Blank canvas",
        "Nothing to reconstruct, so nothing to get wrong.",
        lambda _: nearly_empty()[0],
    ),
    "dot": Outlier(
        "One dot", "So little ink that even a bad copy is a small error.", lambda _: nearly_empty()[1]
    ),
    "minus": Outlier(
        "A minus sign",
        "One plain stroke: every digit has such strokes, so a network can make it.",
        lambda _: drawn([(70, 140), (210, 140)]),
    ),
    "eleven": Outlier(
        "11",
        "Two ones side by side: each stroke is known, the whole is not.",
        lambda _: drawn([(105, 70), (105, 210)], [(175, 70), (175, 210)]),
    ),
    "letter": Outlier(
        "The letter A",
        "Strokes in an order that no digit has.",
        lambda _: digit_from_drawing(samples.letter(0)).image,
    ),
    "upside down": Outlier("A 4 upside down", "Right ink, right strokes, wrong way round.", upside_down),
    "noise": Outlier("Noise", "A great error: no code can hold so much that is unlike a digit.", noise),
    "four": Outlier("A real 4", "For comparison: a test digit.", lambda digits: first_of(digits, 4)),
    "one": Outlier("A real 1", "For comparison: the thinnest digit.", lambda digits: first_of(digits, 1)),
}
