"""MNIST's form: ink cropped, fitted into 20 × 20 pixels and centred by mass in 28 × 28.

All pictures are uint8, white ink (255) on black (0). Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST
database" (http://yann.lecun.com/exdb/mnist/).
"""

import numpy as np
import scipy
from PIL import Image

from ae_core.errors import EmptyDrawingError

SIDE = 28  # pixels of the image the network sees
BOX = 20  # pixels of the box inside it that MNIST's digits fill

# Of 255: fainter ink does not stretch the bounding box. It is the blur of a pen, a scan or an enlargement: of
# the thresholds 8 to 80, this one brought enlarged MNIST digits closest to their originals.
EDGE = 64

Box = tuple[int, int, int, int]  # left, top, right, bottom, in pixels; right and bottom exclusive


def box_of(mask: np.ndarray) -> Box:
    """The box around the True pixels of [H, W]. There must be one."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def cut_out(ink: np.ndarray, box: Box) -> np.ndarray:
    left, top, right, bottom = box
    return ink[top:bottom, left:right]


def fit(ink: np.ndarray, side: int) -> np.ndarray:
    """`ink` scaled until its longer side is `side`, shape kept, anti-aliased.

    Bicubic: of Pillow's filters its grey levels are distributed most like MNIST's, and enlarged digits come
    back closest to their originals. Raises EmptyDrawingError where nothing is left.
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


def centred_by_mass(fitted: np.ndarray) -> np.ndarray:
    """`fitted` in a 28 × 28 field, its centre of mass in the middle as far as no ink falls off the edge.

    By whole pixels, as in MNIST, whose centres of mass lie up to half a pixel around (14, 14): a finer shift
    would blur.
    """
    height, width = fitted.shape
    row, column = scipy.ndimage.center_of_mass(fitted.astype(np.float64))
    top = min(max(round(SIDE / 2 - row), 0), SIDE - height)
    left = min(max(round(SIDE / 2 - column), 0), SIDE - width)
    image = np.zeros((SIDE, SIDE), dtype=np.uint8)
    image[top : top + height, left : left + width] = fitted
    return image


def centred_digit(ink: np.ndarray) -> np.ndarray:
    """Ink of any size [H, W], fitted and centred: uint8 [28, 28].

    The last steps of `digit_from_drawing`, for ink that was made rather than drawn: it has no paper to be
    told from, and its strokes stay as wide as they are. Raises EmptyDrawingError where there is none.
    """
    if not (ink > EDGE).any():
        raise EmptyDrawingError(f"There is no ink: no pixel is brighter than {EDGE} of 255.")
    return centred_by_mass(fit(cut_out(ink, box_of(ink > EDGE)), BOX))
