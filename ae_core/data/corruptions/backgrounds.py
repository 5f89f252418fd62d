"""Another light or paper: brightness, stripes, fog, inverted ink, or nothing at all."""

import numpy as np

BRIGHTNESS = 0.5  # added to every pixel
STRIPE = 7  # columns on either side

FOG_STRENGTH = 3.0
FOG_DECAY = 1.4  # of the noise's range from one halving of the step to the next
PLASMA_SIDE = 256  # pixels of the whole fractal, of which an image shows a corner
COARSE_STEP = 8  # of the whole fractal only every eighth point is made, of the corner all
COARSE_SIDE = PLASMA_SIDE // COARSE_STEP
CORNER_SIDES = (13, 25, 49)  # points from 8 pixels before the corner to 40 after it, at steps 4, 2 and 1
FOG_UNIFORMS = COARSE_SIDE**2 + sum(side**2 for side in CORNER_SIDES)


def brightness(images: np.ndarray, severity: float, _uniforms: np.ndarray) -> np.ndarray:
    return images + BRIGHTNESS * severity


def stripe(images: np.ndarray, severity: float, _uniforms: np.ndarray) -> np.ndarray:
    """Stripes that grow from both sides; a column that is covered in part is inverted in part."""
    from_the_side = np.minimum(np.arange(28), np.arange(28)[::-1])
    covered = np.clip(STRIPE * severity - from_the_side, 0, 1)
    return images + covered.astype(np.float32) * (1 - 2 * images)


def invert(images: np.ndarray, severity: float, _uniforms: np.ndarray) -> np.ndarray:
    return images + severity * (1 - 2 * images)


def blank(images: np.ndarray, severity: float, _uniforms: np.ndarray) -> np.ndarray:
    return (1 - severity) * images


def fog(images: np.ndarray, severity: float, uniforms: np.ndarray) -> np.ndarray:
    """A plasma fractal over the image; together they are as bright at most as the digit was."""
    strength = FOG_STRENGTH * severity
    brightest = images.max(axis=(1, 2), keepdims=True)
    return (images + strength * plasma_corner(uniforms)) * brightest / (brightest + strength)


# ---- plasma: the diamond-square algorithm (A. Fournier, D. Fussell, L. Carpenter, CACM 25, 1982) -----------


def plasma_corner(uniforms: np.ndarray) -> np.ndarray:
    """Corners [N, 28, 28] of plasma fractals that are 256 pixels wide and go from 0 to 1.

    uniforms: [N, FOG_UNIFORMS]. How deep and how high the whole fractal reaches is read off its points at
    step 8: the finer ones add a few per cent to the first steps' range.
    """
    noise = (2 * uniforms - 1).astype(np.float32)
    coarse = coarse_plasma(noise[:, : COARSE_SIDE**2].reshape(-1, COARSE_SIDE, COARSE_SIDE))
    lowest, highest = coarse.min(axis=(1, 2), keepdims=True), coarse.max(axis=(1, 2), keepdims=True)
    corner = coarse[:, np.arange(-1, 6)[:, None], np.arange(-1, 6)]  # the fractal goes round at its edges
    step, used = COARSE_STEP, COARSE_SIDE**2
    for side in CORNER_SIDES:
        finer = noise[:, used : used + side**2].reshape(-1, side, side)
        corner, step, used = refined(corner, noise_range(step) * finer), step // 2, used + side**2
    shown = corner[:, 8:36, 8:36]
    return np.clip((shown - lowest) / (highest - lowest), 0, 1)


def noise_range(step: int) -> float:
    """Of the noise that is added when points at `step` get their neighbours at half the step."""
    halvings = np.log2(PLASMA_SIDE / step)
    return float((1 / FOG_DECAY**halvings) ** 2)  # squared, as in MNIST-C's own fractal


def coarse_plasma(noise: np.ndarray) -> np.ndarray:
    """Whole fractals at every eighth point, [N, 32, 32] as `noise`; opposite edges meet."""
    plasma = np.zeros_like(noise)
    step = COARSE_SIDE
    while step > 1:
        half, size = step // 2, noise_range(step * COARSE_STEP)
        corners = plasma[:, ::step, ::step]
        pairs = corners + np.roll(corners, -1, axis=1)
        middles = (pairs + np.roll(pairs, -1, axis=2)) / 4 + size * noise[:, half::step, half::step]
        above_and_below = middles + np.roll(middles, 1, axis=1)
        beside = middles + np.roll(middles, 1, axis=2)
        plasma[:, half::step, half::step] = middles
        plasma[:, ::step, half::step] = (
            corners + np.roll(corners, -1, axis=2) + above_and_below
        ) / 4 + size * noise[:, ::step, half::step]
        plasma[:, half::step, ::step] = (corners + np.roll(corners, -1, axis=1) + beside) / 4 + size * noise[
            :, half::step, ::step
        ]
        step = half
    return plasma


def refined(corner: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """`corner` [N, k, k] at half its step, [N, 2k - 1, 2k - 1].

    On the rim, which lacks the neighbours outside, the inner one counts twice; no image reaches that far.
    """
    fine = np.empty_like(noise)
    middles = (corner[:, 1:, 1:] + corner[:, 1:, :-1] + corner[:, :-1, 1:] + corner[:, :-1, :-1]) / 4
    middles += noise[:, 1::2, 1::2]
    tall = np.pad(middles, ((0, 0), (1, 1), (0, 0)), mode="edge")
    wide = np.pad(middles, ((0, 0), (0, 0), (1, 1)), mode="edge")
    fine[:, ::2, ::2] = corner
    fine[:, 1::2, 1::2] = middles
    fine[:, ::2, 1::2] = (corner[:, :, 1:] + corner[:, :, :-1] + tall[:, 1:] + tall[:, :-1]) / 4
    fine[:, 1::2, ::2] = (corner[:, 1:] + corner[:, :-1] + wide[:, :, 1:] + wide[:, :, :-1]) / 4
    fine[:, ::2, 1::2] += noise[:, ::2, 1::2]
    fine[:, 1::2, ::2] += noise[:, 1::2, ::2]
    return fine
