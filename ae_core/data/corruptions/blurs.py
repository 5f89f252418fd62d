"""Blurs: through frosted glass and by motion."""

import numpy as np
import scipy

GLASS_SIGMA = 0.7  # pixels
GLASS_PASSES = 2
GLASS_MARGIN = 2  # rows and columns at the top and the left that are only swapped into
GLASS_SIDE = 28 - GLASS_MARGIN
GLASS_UNIFORMS = GLASS_PASSES * GLASS_SIDE**2

MOTION_RADIUS = 10  # pixels
MOTION_SIGMA = 3.0  # pixels
MOTION_ANGLE = np.pi / 4  # to either side of the horizontal


def blurred(images: np.ndarray, sigma: float) -> np.ndarray:
    return scipy.ndimage.gaussian_filter(images, (0, sigma, sigma), mode="nearest")


def glass_blur(images: np.ndarray, severity: float, uniforms: np.ndarray) -> np.ndarray:
    """Through glass that lets the share 1 - `severity` of the light pass straight."""
    return images + severity * (behind_glass(images, uniforms) - images)


def behind_glass(images: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
    """Blurred, then half of the pixels swapped with a neighbour, twice over, then blurred again."""
    # Each swap builds on the ones before, so the pixels go one by one; all images at a time, hence last.
    pixels = np.ascontiguousarray(blurred(images, GLASS_SIGMA).reshape(len(images), -1).T)  # [784, N]
    every = np.arange(len(images))
    places = [(row, column) for row in range(27, 1, -1) for column in range(27, 1, -1)] * GLASS_PASSES
    for (row, column), chance in zip(places, np.ascontiguousarray(uniforms.T), strict=True):
        here = 28 * row + column
        # Half of the numbers swap, with each of the places (0 or -1, 0 or -1) away equally often.
        away = np.array([0, 1, 28, 29, 0, 0, 0, 0])[(8 * chance).astype(np.intp)]
        pixels[here - away, every], pixels[here] = pixels[here], pixels[here - away, every]
    return blurred(pixels.T.reshape(images.shape), GLASS_SIGMA)


def motion_blur(images: np.ndarray, severity: float, uniforms: np.ndarray) -> np.ndarray:
    """A trail along a random direction: half a Gaussian whose sigma grows with `severity`."""
    steps = np.arange(MOTION_RADIUS + 1)
    weights = np.exp(-(steps**2) / (2 * (MOTION_SIGMA * severity) ** 2))
    weights /= weights.sum()
    angle = MOTION_ANGLE * (2 * uniforms - 1)  # [N, 1]
    down = np.rint(steps * np.sin(angle)).astype(np.intp)  # [N, steps]
    across = np.rint(steps * np.cos(angle)).astype(np.intp)
    rows, columns = np.arange(28)[:, None], np.arange(28)
    every = np.arange(len(images))[:, None, None]
    result = weights[0] * images
    for step in steps[1:]:
        from_rows = np.clip(rows + down[:, step, None, None], 0, 27)
        from_columns = np.clip(columns + across[:, step, None, None], 0, 27)
        result += weights[step] * images[every, from_rows, from_columns]
    return result
