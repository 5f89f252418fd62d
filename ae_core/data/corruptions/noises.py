"""Noise that falls on each pixel by itself: shot noise, impulse noise, and noise instead of a digit."""

import numpy as np
import scipy

PHOTONS = 3  # at white, of the published strength
MOST_PHOTONS = 30_000  # from here on shot noise is finer than the 255 grey levels
IMPULSE_SHARE = 0.17  # of the pixels


def shot_noise(images: np.ndarray, severity: float, uniforms: np.ndarray) -> np.ndarray:
    """Counts of a Poisson law around each intensity; their standard deviation grows with `severity`."""
    photons = min(PHOTONS / severity**2, MOST_PHOTONS)
    chance = uniforms.reshape(images.shape)
    counts = np.zeros_like(images)
    # By intensity, of which there are 255: turning a uniform number into a count needs a table for each.
    for intensity in np.unique(images[images > 0]):
        here = images == intensity
        counts[here] = poisson_counts(chance[here], photons * float(intensity))
    return counts / photons


def poisson_counts(uniforms: np.ndarray, mean: float) -> np.ndarray:
    """Counts that follow the Poisson law of `mean`: its distribution function, inverted."""
    reach = 10 * mean**0.5 + 10  # what lies beyond is rarer than the smallest step of a float32
    low, high = max(0, int(mean - reach)), int(mean + reach)
    return low + np.searchsorted(scipy.special.pdtr(np.arange(low, high), mean), uniforms)


def impulse_noise(images: np.ndarray, severity: float, uniforms: np.ndarray) -> np.ndarray:
    half = IMPULSE_SHARE * severity / 2
    chance = uniforms.reshape(images.shape)
    return np.where(chance < half, 0, np.where(chance > 1 - half, 1, images))


def uniform_noise(images: np.ndarray, severity: float, uniforms: np.ndarray) -> np.ndarray:
    return images + severity * (uniforms.reshape(images.shape) - images)
