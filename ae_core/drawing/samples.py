"""Things to start a drawing from: a real digit, a letter, a scribble. Pictures uint8 RGBA [280, 280, 4]."""

import math

import numpy as np
from PIL import Image, ImageDraw

from ae_core.drawing.ink import InkResult

SIDE = 280
STROKE = 20
HAIRLINE = 0.7  # pixels of the 20 × 20 box: thinner strokes fade as they are brought to another size
MARGIN = 4 / 20  # on each side of a digit, by its longer side: 20 of 28 pixels are MNIST's box


def real_digit(images: np.ndarray, seed: int) -> np.ndarray:
    """A random one of images uint8 [N, 28, 28], enlarged smoothly to the canvas."""
    chosen = images[np.random.default_rng(seed).integers(len(images))]
    return picture(Image.fromarray(chosen).resize((SIDE, SIDE), Image.Resampling.BICUBIC))


# Capital letters as polylines on a unit square; none of them looks like a digit.
LETTERS = {
    "A": [[(0.1, 0.95), (0.5, 0.05), (0.9, 0.95)], [(0.27, 0.62), (0.73, 0.62)]],
    "E": [[(0.85, 0.05), (0.15, 0.05), (0.15, 0.95), (0.85, 0.95)], [(0.15, 0.5), (0.7, 0.5)]],
    "H": [[(0.12, 0.05), (0.12, 0.95)], [(0.88, 0.05), (0.88, 0.95)], [(0.12, 0.5), (0.88, 0.5)]],
    "K": [[(0.15, 0.05), (0.15, 0.95)], [(0.85, 0.05), (0.15, 0.55), (0.88, 0.95)]],
    "M": [[(0.08, 0.95), (0.15, 0.05), (0.5, 0.65), (0.85, 0.05), (0.92, 0.95)]],
    "R": [
        [(0.15, 0.95), (0.15, 0.05), (0.7, 0.08), (0.85, 0.28), (0.7, 0.5), (0.15, 0.52)],
        [(0.45, 0.52), (0.88, 0.95)],
    ],
    "W": [[(0.05, 0.05), (0.28, 0.95), (0.5, 0.35), (0.72, 0.95), (0.95, 0.05)]],
    "X": [[(0.1, 0.05), (0.9, 0.95)], [(0.9, 0.05), (0.1, 0.95)]],
}


def letter(seed: int) -> np.ndarray:
    """A capital letter in strokes as wide as the canvas's."""
    name = sorted(LETTERS)[seed % len(LETTERS)]
    return strokes([np.array(line) * 180 + 50 for line in LETTERS[name]])


def scribble(seed: int) -> np.ndarray:
    """A stroke that wanders over the canvas and crosses itself."""
    return strokes([scribble_path(seed)])


def scribble_path(seed: int) -> np.ndarray:
    """The points [60, 2] of a scribble, in pixels of the canvas."""
    random = np.random.default_rng(seed)
    angles = np.cumsum(random.normal(0.5, 0.9, 60))
    path = np.cumsum(np.stack([np.cos(angles), np.sin(angles)], axis=1), axis=0)
    path -= path.min(axis=0)
    return path / path.max() * 190 + 45


def strokes(lines: list[np.ndarray]) -> np.ndarray:
    """Polylines [N, 2] in pixels, drawn with round ends as the canvas draws them."""
    canvas = Image.new("L", (SIDE, SIDE))
    pen = ImageDraw.Draw(canvas)
    for line in lines:
        points = [tuple(point) for point in line.tolist()]
        pen.line(points, fill=255, width=STROKE, joint="curve")
        for x, y in points:
            pen.ellipse((x - STROKE / 2, y - STROKE / 2, x + STROKE / 2, y + STROKE / 2), fill=255)
    return picture(canvas)


def picture(grey: Image.Image) -> np.ndarray:
    return np.asarray(grey.convert("RGBA"))


def on_canvas(read: InkResult) -> np.ndarray:
    """The strokes of a picture that was read, brought to the size of a digit that is drawn on the canvas.

    They come into the middle, shape kept, with the margin that MNIST's digits have: a small upload takes
    further strokes as well as a large one. Strokes too thin for that come as they were redrawn.
    """
    ink, (left, top, right, bottom) = read.ink, read.box
    if read.stroke_width < HAIRLINE and read.weighted is not read.cropped:
        ink, (left, top, right, bottom) = read.weighted, (0, 0, *read.weighted.shape[::-1])
    longest = max(right - left, bottom - top)
    side = longest + 2 * math.ceil(longest * MARGIN)
    x, y = (left + right - side) // 2, (top + bottom - side) // 2
    around = Image.fromarray(ink).crop((x, y, x + side, y + side))  # black where the picture ends
    return picture(around.resize((SIDE, SIDE), Image.Resampling.BICUBIC))
