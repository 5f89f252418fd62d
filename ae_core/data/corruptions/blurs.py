"""Blurs: through frosted glass and by motion."""

import numpy as np
from scipy import ndimage

GLASS_SIGMA = 0.7  # pixels
GLASS_PASSES = 2
GLASS_MARGIN = 2  # rows and columns at the top and the left that are only swapped into
GLASS_SIDE = 28 - GLASS_MARGIN
GLASS_UNIFORMS = GLASS_PASSES * GLASS_SIDE**2

MOTION_RADIUS = 10  # pixels
MOTION_SIGMA = 3.0  # pixels
MOTION_ANGLE = np.pi / 4  # to either side of the horizontal


def blurred(images: np.ndarray, sigma: float) -> np.ndarray:
    return ndimage.gaussian_filter(images, (0, sigma, sigma), mode="nearest")


def glass_blur(images: np.ndarray, severity: float, uniforms: np.ndarray) -> np.ndarray:
    """Blurred, then half of the pixels swapped with one of their neighbours, twice over, then blurred again.

    `severity` scales the variance of the blur and the share of swapped pixels.
    """
    sigma = GLASS_SIGMA * severity**0.5
    # Each swap builds on the ones before, so the pixels go one by one; all images at a time, hence last.
    pixels = np.ascontiguousarray(blurred(images, sigma).reshape(len(images), -1).T)  # [784, N]
    every = np.arange(len(images))
    places = [(row, column) for row in range(27, 1, -1) for column in range(27, 1, -1)] * GLASS_PASSES
    for (row, column), chance in zip(places, np.ascontiguousarray(uniforms.T), strict=True):
        here = 28 * row + column
        # A number below severity / 2 swaps; its four quarters are the neighbours at (0 or -1, 0 or -1).
        quarter = np.minimum((chance * (8 / severity)).astype(np.intp), 4)
        there = here - np.array([0, 1, 28, 29, 0])[quarter]  # the fifth: not swapped
        pixels[there, every], pixels[here] = pixels[here], pixels[there, every]
    return blurred(pixels.T.reshape(images.shape), sigma)


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
