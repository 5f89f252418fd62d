"""Ink added, covered or replaced: lines across the digit, spatter on it, its edges alone."""

import numpy as np
import scipy

from ae_core.data.corruptions.blurs import blurred

LINE_REACH = 2.3  # pixels: the scale on which a line's ink fades
ROWS = 27  # a line may begin and end in the first 27 rows
ZIGZAG_AMPLITUDE = 2
ZIGZAG_FIRST, ZIGZAG_LAST = 2, 25  # columns
ZIGZAG_SLOPE = 5  # rows: how far a zigzag's end may lie from its beginning

SPATTER_LEVEL = 63 / 255
SPATTER_MEAN, SPATTER_SIGMA = 0.65, 0.3  # of the Gaussian noise that is blurred into drops
SPATTER_BLUR, SPATTER_THRESHOLD = 1.0, 0.65
DROP_BLUR, DROP_THRESHOLD = 1.5, 0.8

CANNY_SIGMA = 1.0
CANNY_LOW, CANNY_HIGH = 0.1, 0.2  # of the Sobel gradient, on intensities 0 to 1
IN_ONE_IMAGE = np.zeros((3, 3, 3), dtype=bool)  # neighbours, diagonal ones too, but not in the next image
IN_ONE_IMAGE[1] = True


def dotted_line(images: np.ndarray, severity: float, uniforms: np.ndarray) -> np.ndarray:
    """A line from the left edge to the right, two columns drawn after every two left out."""
    begin, end = np.floor(ROWS * uniforms).T[:, :, None]  # [N, 1] each
    columns = np.arange(28)
    ink = line(begin + (end - begin) * columns / ROWS)
    return images + severity * np.where(columns % 4 >= 2, ink, 0)


def zigzag(images: np.ndarray, severity: float, uniforms: np.ndarray) -> np.ndarray:
    """A zigzag of two pixels up and down around a nearly level line."""
    begin = np.floor(ROWS * uniforms[:, :1])
    rise = np.floor(ZIGZAG_SLOPE * (2 * uniforms[:, 1:] - 1))
    along = np.arange(28) - ZIGZAG_FIRST
    period = 4 * ZIGZAG_AMPLITUDE
    teeth = np.abs((along - ZIGZAG_AMPLITUDE) % period - period / 2) - ZIGZAG_AMPLITUDE
    ink = line(begin + rise * along / (ZIGZAG_LAST - ZIGZAG_FIRST) + teeth)
    return images + severity * np.where((along >= 0) & (np.arange(28) <= ZIGZAG_LAST), ink, 0)


def line(rows: np.ndarray) -> np.ndarray:
    """The ink [N, 28, 28] of lines that pass each column at `rows` [N, 28], fading above and below."""
    distance = np.abs(np.arange(28)[:, None] - rows[:, None, :])
    faded = np.minimum(distance / LINE_REACH, 0.99)
    return np.clip(np.log(1 - faded) + 1, 0, 1).astype(np.float32)


def spatter(images: np.ndarray, severity: float, uniforms: np.ndarray) -> np.ndarray:
    """Dark grey drops on the image; `severity` is how opaque they are."""
    liquid = SPATTER_MEAN + SPATTER_SIGMA * normal(uniforms.reshape(images.shape))
    drops = blurred((blurred(liquid, SPATTER_BLUR) > SPATTER_THRESHOLD).astype(np.float32), DROP_BLUR)
    drops[drops < DROP_THRESHOLD] = 0
    return images + severity * drops * (SPATTER_LEVEL - images)


def normal(uniforms: np.ndarray) -> np.ndarray:
    """Standard normal numbers from uniform ones in [0, 1)."""
    return scipy.special.ndtri(np.maximum(uniforms, 2.0**-25)).astype(np.float32)


def canny_edges(images: np.ndarray, severity: float, _uniforms: np.ndarray) -> np.ndarray:
    return images + severity * (edges(images) - images)


def edges(images: np.ndarray) -> np.ndarray:
    """The edges of `images` as True pixels [N, 28, 28]: J. Canny's detector (IEEE PAMI 8, 1986)."""
    smooth = scipy.ndimage.gaussian_filter(images, (0, CANNY_SIGMA, CANNY_SIGMA), mode="constant")
    down, across = sobel(smooth, 1, 2), sobel(smooth, 2, 1)
    steepness = np.hypot(down, across)
    ridge = steepest_across_the_edge(steepness, down, across)
    weak = ridge & (steepness >= CANNY_LOW)
    parts, count = scipy.ndimage.label(weak, IN_ONE_IMAGE)
    kept = np.zeros(count + 1, dtype=bool)  # part 0 is everything else
    kept[parts[weak & (steepness >= CANNY_HIGH)]] = True
    return kept[parts]


def sobel(images: np.ndarray, along: int, beside: int) -> np.ndarray:
    """SciPy's own Sobel filter would also average over neighbouring images."""
    return scipy.ndimage.correlate1d(scipy.ndimage.correlate1d(images, [-1, 0, 1], along), [1, 2, 1], beside)


def steepest_across_the_edge(steepness: np.ndarray, down: np.ndarray, across: np.ndarray) -> np.ndarray:
    """Pixels at least as steep as both neighbours along the gradient, interpolated between two each."""
    # The gradient leaves the pixel's square through a side: one neighbour there, one at its corner.
    upright = np.abs(down) > np.abs(across)
    larger = np.maximum(np.abs(down), np.abs(across))
    slant = np.minimum(np.abs(down), np.abs(across)) / np.maximum(larger, 1e-12)
    falling = (down * across) >= 0  # towards the lower right corner, or the upper left
    padded = np.pad(steepness, ((0, 0), (1, 1), (1, 1)))

    def neighbour(rows: int, columns: int) -> np.ndarray:
        return padded[:, 1 + rows : 29 + rows, 1 + columns : 29 + columns]

    is_ridge = steepness > 0
    for way in (1, -1):
        side = np.where(upright, neighbour(way, 0), neighbour(0, way))
        other_corner = np.where(upright, neighbour(way, -way), neighbour(-way, way))
        corner = np.where(falling, neighbour(way, way), other_corner)
        is_ridge &= steepness >= slant * corner + (1 - slant) * side
    is_ridge[:, [0, -1]] = is_ridge[:, :, [0, -1]] = False  # a border's gradient is half unknown
    return is_ridge
