"""Letters that no one takes for a digit, from a font and in plain strokes, each one written differently."""

import string
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ae_core.drawing.ink import BOLDEST, BOX, THINNEST, centred_digit
from ae_core.drawing.samples import LETTERS as STROKE_LETTERS
from ae_core.kept import on_disk

# Left out, because in some hand they are this digit.
LIKE_DIGITS = {"0": "DOQo", "1": "IJijl", "2": "Zz", "4": "Yy", "5": "Ss", "6": "Gb", "8": "B", "9": "gq"}
FONT_LETTERS = "".join(sorted(set(string.ascii_letters) - set("".join(LIKE_DIGITS.values()))))

CANVAS = 128  # pixels: the largest letter, leaning and turned, keeps clear of the edge
FONT_SIZES = 48, 72
MOST_OUTLINE = 0.03  # of the font's size, around its strokes: with it they are as wide as MNIST's boldest
STROKE_SHARE = 0.2  # of the letters are written in plain strokes
STROKE_SIDE = 56

SLANT = 0.35  # pixels sideways for each pixel down, to either side
TURN = 0.2  # radians to either side
STRETCH = 0.8, 1.25  # of the width


@on_disk()
def letters(count: int, seed: int) -> np.ndarray:
    """`count` letters, uint8 [count, 28, 28]: upright or slanted, turned, narrow or wide, thin or bold.

    The i-th of a seed is the same however many are asked for. Their sizes differ until they are fitted into
    20 × 20 pixels, as MNIST's were: so, like there, only the greys of their edges tell.
    """
    images = np.empty((count, 28, 28), dtype=np.uint8)
    for index in range(count):
        random = np.random.default_rng([seed, index])
        written = stroke_letter(random) if random.random() < STROKE_SHARE else font_letter(random)
        images[index] = centred_digit(np.asarray(as_if_by_hand(written, random)))
    return images


def font_letter(random: np.random.Generator) -> Image.Image:
    letter = FONT_LETTERS[random.integers(len(FONT_LETTERS))]
    size = int(random.integers(*FONT_SIZES))
    canvas = Image.new("L", (CANVAS, CANVAS))
    ImageDraw.Draw(canvas).text(
        (CANVAS / 2, CANVAS / 2),
        letter,
        fill=255,
        font=font(size),
        anchor="mm",
        stroke_width=random.uniform(0, MOST_OUTLINE) * size,
    )
    return canvas


@lru_cache(maxsize=FONT_SIZES[1] - FONT_SIZES[0])
def font(size: int) -> ImageFont.FreeTypeFont:
    found = ImageFont.load_default(size)  # Aileron, which comes with Pillow on every system
    assert isinstance(found, ImageFont.FreeTypeFont)
    return found


def stroke_letter(random: np.random.Generator) -> Image.Image:
    lines = STROKE_LETTERS[sorted(STROKE_LETTERS)[random.integers(len(STROKE_LETTERS))]]
    width = random.uniform(THINNEST, BOLDEST) * STROKE_SIDE / BOX
    canvas = Image.new("L", (CANVAS, CANVAS))
    pen = ImageDraw.Draw(canvas)
    for line in lines:
        points = [tuple(point) for point in (np.array(line) - 0.5) * STROKE_SIDE + CANVAS / 2]
        pen.line(points, fill=255, width=round(width), joint="curve")
        for point in points:
            pen.circle(point, width / 2, fill=255)
    return canvas


def as_if_by_hand(written: Image.Image, random: np.random.Generator) -> Image.Image:
    """`written` slanted, turned and stretched about the middle of its canvas."""
    slant, turn = random.uniform(-SLANT, SLANT), random.uniform(-TURN, TURN)
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    # From where a pixel lies in the result to where it is read.
    matrix = np.diag([1 / random.uniform(*STRETCH), 1]) @ np.array([[1, slant], [0, 1]]) @ turned
    offset = (np.eye(2) - matrix) @ [CANVAS / 2, CANVAS / 2]
    a, b, d, e = matrix.ravel().tolist()
    c, f = offset.tolist()
    return written.transform(
        written.size, Image.Transform.AFFINE, (a, b, c, d, e, f), Image.Resampling.BICUBIC
    )
