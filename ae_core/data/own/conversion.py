"""The two ways to 28 × 28: as handwriting, as drawings go, or plainly resized."""

import cv2
import numpy as np

from ae_core.data.digits import IMAGE_SHAPE
from ae_core.data.own.record import Way
from ae_core.drawing.form import SIDE
from ae_core.drawing.ink import digit_from_drawing, luminance


def converted(rgba: np.ndarray, way: Way) -> np.ndarray:
    """A picture, uint8 [H, W, 4], as uint8 [28, 28].

    One of 28 × 28 pixels keeps its pixels. Raises EmptyDrawingError where handwriting has no ink.
    """
    if way is Way.HANDWRITING and rgba.shape[:2] != IMAGE_SHAPE:
        return digit_from_drawing(rgba).image
    grey = np.rint(luminance(rgba)).astype(np.uint8)
    if way is Way.HANDWRITING:
        return 255 - grey if is_on_light(grey) else grey
    return resized(grey)


def resized(grey: np.ndarray) -> np.ndarray:
    """A grey picture, uint8 [H, W], as uint8 [28, 28]: its longer side made 28, the rest as its border is."""
    if grey.shape == IMAGE_SHAPE:
        return grey
    scale = SIDE / max(grey.shape)
    height, width = (max(1, round(side * scale)) for side in grey.shape)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(grey, (width, height), interpolation=way)
    image = np.full(IMAGE_SHAPE, _paper(grey), np.uint8)
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    image[top : top + height, left : left + width] = small
    return image


def all_converted(grey: np.ndarray, way: Way) -> tuple[np.ndarray, bool]:
    """Images of an array, uint8 [N, 28, 28], and whether they were turned around.

    As handwriting they have one paper for all: if most borders are light, all are turned to light on dark.
    """
    if way is Way.RESIZED or np.mean([is_on_light(image) for image in grey]) <= 0.5:
        return grey, False
    return 255 - grey, True


def is_on_light(grey: np.ndarray) -> bool:
    """Whether most of a picture's border is lighter than mid-grey: its paper."""
    return _paper(grey) > 127


def _paper(grey: np.ndarray) -> int:
    border = np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]])
    return int(np.median(border))
