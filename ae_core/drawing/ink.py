"""A drawing made into a digit the way MNIST's own digits were made, with every step kept for display.

Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database" (http://yann.lecun.com/exdb/mnist/):
black-and-white digits were fitted into a 20 × 20 box keeping their shape, anti-aliasing left grey levels, and
the result was placed in a 28 × 28 field so that its centre of mass lies in the middle.
"""

from collections import Counter
from dataclasses import dataclass, field

import cv2
import numpy as np

from ae_core.drawing.contrast import contrast_to_black, contrast_to_paper
from ae_core.drawing.form import BOX, EDGE, SIDE, Box, box_of, centred_by_mass, centred_digit, cut_out, fit
from ae_core.drawing.paper import luminance
from ae_core.drawing.strokes import BOLDEST, THINNEST, shapes_in, stroke_width, with_ordinary_strokes
from ae_core.errors import ImageShapeError
from ae_core.words import counted

__all__ = [
    "BOLDEST",
    "BOX",
    "EDGE",
    "SIDE",
    "THINNEST",
    "InkResult",
    "centred_digit",
    "digit_from_drawing",
    "luminance",
    "stroke_width",
]

FULL_INK = 250  # of 255: strokes this bright need no lift; MNIST's own lie at 253
DOT = 11  # pixels of the 20 × 20 box: what is as wide as long is no stroke
SPECK = 0.01  # a patch of ink smaller than this share of the largest one is dust
# A digit that fits into MNIST's field is taken for one that has been through MNIST's own process, so nothing
# is tidied away: its faint rim is its anti-aliasing, and loose pixels like its own are in MNIST too.
EDGE_OF_FINISHED = 2


@dataclass(frozen=True, eq=False)
class InkResult:
    """A drawing on its way to a digit. All pictures are uint8, white ink (255) on black (0)."""

    ink: np.ndarray  # [H, W]: the strokes without their paper, at full contrast
    box: Box  # of the strokes in the drawing
    cropped: np.ndarray  # [bottom - top, right - left]
    weighted: np.ndarray  # strokes as wide as MNIST's; `cropped` itself if they were
    fitted: np.ndarray  # [h, w], the longer side 20
    image: np.ndarray  # [28, 28]: the digit as the network sees it
    inverted: bool  # dark ink on light paper was turned around
    stroke_width: float  # of `cropped`, in pixels of the 20 × 20 box
    shapes: int = 1  # that lie apart from each other: more than one are scored together
    left_out: dict[str, int] = field(
        default_factory=dict
    )  # what was seen and is no stroke, by its name in the singular

    @property
    def remarks(self) -> list[str]:
        """What a person should know of the reading beside its steps: a sentence each."""
        told = [each for each in (self.remark_on_shapes, self.remark_on_size) if each]
        return told + self.remarks_on_paper

    @property
    def remark_on_shapes(self) -> str:
        if self.shapes == 2:
            return "Two shapes: the verdict is on both together."
        return f"{self.shapes} shapes: the verdict is on all of them together." if self.shapes > 2 else ""

    @property
    def remark_on_size(self) -> str:
        """Why a dot is a disc: the size of a drawing is no part of the digit."""
        if self.shapes > 1 or self.stroke_width < DOT:
            return ""
        return "A dot: brought to a digit's size, as every drawing is, it becomes a large disc."

    @property
    def remarks_on_paper(self) -> list[str]:
        """Those on what the ink was told from."""
        told = []
        if self.left_out:
            told.append(f"Left out: {', '.join(counted(n, name) for name, n in self.left_out.items())}.")
        if self.inverted:
            told.append("The picture was dark on light; its ink was turned to white on black.")
        return told

    @property
    def steps(self) -> dict[str, np.ndarray]:
        """Caption and picture of each step, in order."""
        return {
            "Ink without paper": self.ink,
            "Cut out": self.cropped,
            "Stroke width as in MNIST": self.weighted,
            "Fitted into 20 × 20": self.fitted,
            "Centred by mass in 28 × 28": self.image,
        }


def digit_from_drawing(
    rgba: np.ndarray,
    *,
    match_stroke_width: bool = True,
    on_black: bool = False,
    largest_alone: bool = False,
) -> InkResult:
    """The digit in a drawing, photograph or scan, in MNIST's form, with all steps that led to it.

    rgba: uint8 [H, W, 4] with alpha not premultiplied; light ink on dark paper or dark ink on light, anywhere
    and at any size. `match_stroke_width` brings strokes that are thinner or bolder than nine of ten in MNIST
    to the nearest width within them. `on_black` says that the paper is black, as a canvas's is: else the
    border is taken for paper, also where it is all drawn over. `largest_alone` leaves out every shape but the
    largest. Raises ImageShapeError for another shape or type, EmptyDrawingError where there is no stroke.
    Source: LeCun's MNIST page (see the module's docstring).

    >>> drawing = np.full((200, 200, 4), 255, np.uint8)  # white paper
    >>> drawing[50:150, 95:105, :3] = 0  # a stroke of black ink
    >>> found = digit_from_drawing(drawing)
    >>> found.image.shape, found.inverted, found.shapes
    ((28, 28), True, 1)
    """
    _check_drawing(rgba)
    contrast = contrast_to_black(luminance(rgba)) if on_black else contrast_to_paper(rgba)
    left_out = Counter(contrast.left_out)
    ink = _at_full_contrast(contrast.ink)
    box = box_of(ink > EDGE_OF_FINISHED)
    finished = max(box[2] - box[0], box[3] - box[1]) <= SIDE
    if not finished:
        ink = _without_specks(ink, left_out)
        box = box_of(ink > EDGE)
    shapes, largest = shapes_in(ink)
    if largest_alone and shapes > 1:
        ink = np.where(largest, ink, np.uint8(0))
        left_out["other shape"] += shapes - 1
        box, shapes = box_of(ink > EDGE), 1
    cropped = cut_out(ink, box)
    weighted = with_ordinary_strokes(cropped) if match_stroke_width and not finished else cropped
    fitted = fit(weighted, BOX)
    image, width = centred_by_mass(fitted), stroke_width(cropped)
    return InkResult(
        ink, box, cropped, weighted, fitted, image, contrast.inverted, width, shapes, dict(left_out)
    )


def _check_drawing(rgba: np.ndarray) -> None:
    shape: tuple[int, ...] = getattr(rgba, "shape", ())
    dtype = getattr(rgba, "dtype", type(rgba).__name__)
    if dtype != np.uint8 or len(shape) != 3 or shape[2] != 4 or 0 in shape:
        raise ImageShapeError(
            "A drawing must be uint8 of shape [height, width, 4] (red, green, blue, alpha), "
            f"got {dtype} of shape {list(shape)}: convert it first, or open the file with open_picture."
        )


def _at_full_contrast(contrast: np.ndarray) -> np.ndarray:
    strokes = contrast[contrast > contrast.max() / 2]
    full = np.percentile(strokes, 95)  # not the maximum: one glaring pixel must not dim the rest
    lift = 1 if full >= FULL_INK else 255 / full
    return np.clip(np.rint(contrast * lift), 0, 255).astype(np.uint8)


def _without_specks(ink: np.ndarray, left_out: Counter[str]) -> np.ndarray:
    """Without dust; what is too faint to be taken for a stroke is counted too, for it may be one."""
    _, patches, stats, _ = cv2.connectedComponentsWithStats((ink > EDGE).astype(np.uint8), connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    dust = areas < SPECK * areas[1:].max()
    dust[0] = False
    if dust.any():
        left_out["speck"] += int(dust.sum())
        ink = np.where(dust[patches], np.uint8(0), ink)
    return ink
