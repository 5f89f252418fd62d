"""Ink told from paper where light, shadow and what else is in the picture differ from place to place.

The paper is estimated around each pixel by a grey-scale closing: it fills whatever is darker and narrower
than its window, which strokes are and shadows are not. Its difference to the picture is the black top-hat
(Serra, 1982). For light ink all is the other way round. What it reads: benchmarks/photographs.py.
"""

from dataclasses import replace

import cv2
import numpy as np

from ae_core.drawing.paper import MAD_TO_SIGMA, MIN_CONTRAST, NOISE_SIGMAS, Contrast
from ae_core.drawing.pieces import depth, mean_width, morphed, odd
from ae_core.drawing.printed import LEAST, SOFT_EDGE, steepness, strokes_alone

SMALLEST = 64  # pixels: of a smaller picture no part is large enough to have light of its own
WIDEST_WINDOW = 0.25  # of the shorter side: wider than strokes, narrower than most shadows
NARROWEST_WINDOW = 0.06
STROKES = 3.5  # a window of so many stroke widths holds a stroke and a crossing of two
KNOTS = 2.0  # and so many times the widest place
SHRINKING = 0.85  # a window that is not at least so much narrower tells nothing new
WHOLE = 0.85  # of the strokes must be there still, or the narrower window has hollowed them
SURROUNDINGS = 0.5  # of the shorter side: the median of so much around is the paper's level
COARSE = 56  # pixels of the shorter side at which that median is taken
CENTRAL = 0.35  # how fast what lies away from the middle counts less; squared half-sides
SHADOW = 1.2  # times as light as what was taken for the paper: a shadow ends near there
RIM = 0.3  # of a stroke's width, beside its soft edge: what the edge of a shadow hides of it
NEAREST = 3.0  # pixels around a covered one that its paper is continued from
SPARSE = 3  # every third pixel is enough to tell the noise by
HIGH_PASS = 0.86  # the share of white noise that a Gaussian of 1 pixel takes out


def contrast_to_surroundings(light: np.ndarray) -> Contrast:
    """The strokes near the middle of [H, W], whichever way they are lit, without what is no stroke.

    No ink where nothing stands out. The picture must measure SMALLEST pixels each way at least.
    """
    calm = smoothed(light)
    usual = surroundings(light)
    window = odd(WIDEST_WINDOW * min(light.shape))
    inked = [strokes(calm, window, inverted=inverted) for inverted in (True, False)]
    # The inside of a ring is a top-hat of the other polarity, but as light as the paper around it.
    apart = [np.clip(usual - calm, 0, None), np.clip(calm - usual, 0, None)]
    sharpness = [
        central_sharpness(np.minimum(*both)) for both in zip((each.ink for each in inked), apart, strict=True)
    ]
    found = inked[int(np.argmax(sharpness))]
    narrower = window_for(found.is_ink, light.shape)
    if narrower < SHRINKING * window:
        nearer = strokes(calm, narrower, inverted=found.inverted)
        if (nearer.is_ink & found.is_ink).sum() >= WHOLE * found.is_ink.sum():
            # A narrower window makes strokes cleaner, and ink of what is no stroke: no piece is new.
            around = morphed(found.is_ink.astype(np.uint8), cv2.MORPH_DILATE, SOFT_EDGE, SOFT_EDGE) > 0
            found = replace(found, ink=np.where(around, nearer.ink, 0))
    return found if found.ink.max() >= MIN_CONTRAST else replace(found, ink=np.zeros_like(found.ink))


def strokes(calm: np.ndarray, window: int, *, inverted: bool) -> Contrast:
    """The dark (inverted) or the light strokes of [H, W] that are narrower than the window."""
    paper = morphed(levels(calm), cv2.MORPH_CLOSE if inverted else cv2.MORPH_OPEN, window, window)
    hat, noise = above_noise(standing_out(calm, paper, inverted=inverted))
    ink, others, left_out = strokes_alone(hat)
    # What is a stroke is known now, and stands out from the paper, not from the paper's noise.
    found = Contrast(np.where(ink > 0, ink + noise, 0), inverted, left_out, others)
    return across_shadows(found, calm, paper, window) if inverted else found


def across_shadows(found: Contrast, calm: np.ndarray, paper: np.ndarray, window: int) -> Contrast:
    """`found`, its strokes as dark on both sides of a shadow's edge that runs through them.

    There the closing takes the shadow for the paper on both sides, so the paper under the strokes is taken
    from around them, edges continued (Bertalmio, Bertozzi and Sapiro, 2001: cv2.INPAINT_NS).
    """
    mask = found.is_ink.astype(np.uint8)
    wider = odd(SOFT_EDGE + RIM * mean_width(mask))
    covered = morphed(mask, cv2.MORPH_DILATE, wider, wider) > 0
    brightest = morphed(levels(calm), cv2.MORPH_DILATE, window, window)
    if not (brightest[covered] > SHADOW * paper[covered].astype(np.float32)).any():
        return found
    around = morphed(levels(calm), cv2.MORPH_CLOSE, SOFT_EDGE, SOFT_EDGE)
    beneath = cv2.inpaint(around, covered.astype(np.uint8), NEAREST, cv2.INPAINT_NS)
    ink = standing_out(calm, beneath, inverted=True) * (paper.mean() / beneath.mean())
    # A printed line under a stroke was taken out.
    better = covered if found.others is None else covered & ~found.others
    return replace(found, ink=np.where(better, np.where(ink > LEAST, ink, 0), found.ink))


def standing_out(calm: np.ndarray, paper: np.ndarray, *, inverted: bool) -> np.ndarray:
    """How much darker (inverted) or lighter each pixel is than its paper, float32 [H, W], 0 to 255."""
    paper = paper.astype(np.float32)
    if not inverted:
        return np.clip(calm - paper, 0, None)
    # Ink swallows a share of the light that falls there, so in the shade it is darker by less.
    return np.clip(1 - calm / np.clip(paper, 1, None), 0, 1) * float(paper.mean())


def levels(light: np.ndarray) -> np.ndarray:
    """[H, W] in whole levels: morphology on them is many times as fast."""
    return np.rint(light).astype(np.uint8)


def above_noise(hat: np.ndarray) -> tuple[np.ndarray, float]:
    """What exceeds the noise of the paper, which most pixels show; and how high that is."""
    level = np.median(hat[::SPARSE, ::SPARSE])
    sigma = MAD_TO_SIGMA * np.median(np.abs(hat[::SPARSE, ::SPARSE] - level))
    noise = NOISE_SIGMAS * float(sigma)
    return np.clip(hat - level - noise, 0, None), noise


def smoothed(light: np.ndarray) -> np.ndarray:
    """[H, W] with its noise brought down to about two levels."""
    light = light.astype(np.float32)
    rough = light - cv2.GaussianBlur(light, (0, 0), 1.0)
    noise = MAD_TO_SIGMA * float(np.median(np.abs(rough[::SPARSE, ::SPARSE]))) / HIGH_PASS
    return cv2.GaussianBlur(light, (0, 0), float(np.clip(noise / 2, 0.8, 3)))


def surroundings(light: np.ndarray) -> np.ndarray:
    """The median level of what lies around each pixel, float32 [H, W]."""
    height, width = light.shape
    scale = min(1, COARSE / min(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    coarse = cv2.resize(np.rint(light).astype(np.uint8), size, interpolation=cv2.INTER_AREA)
    median = cv2.medianBlur(coarse, odd(SURROUNDINGS * min(coarse.shape)))
    return cv2.resize(median, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)


def window_for(mask: np.ndarray, shape: tuple[int, ...]) -> int:
    """The window that just fills the strokes in `mask`, bool [H, W]."""
    side, mask = min(shape), mask.astype(np.uint8)
    depths = depth(mask)
    widest = 2 * float(np.percentile(depths[depths > 0], 99.5)) if mask.any() else 0.0
    wanted = max(STROKES * mean_width(mask), KNOTS * widest)
    return odd(np.clip(wanted, NARROWEST_WINDOW * side, WIDEST_WINDOW * side))


def central_sharpness(ink: np.ndarray) -> float:
    """How much sharp edge there is, most of all near the middle."""
    height, width = ink.shape
    y, x = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return float((np.square(steepness(ink)) * np.exp(-(x * x + y * y) / CENTRAL)).sum())
