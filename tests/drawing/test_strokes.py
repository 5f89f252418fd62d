"""No stroke that a person sees is lost; what lies apart is counted."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ae_core.data.digits import Digits
from ae_core.drawing.ink import digit_from_drawing
from ae_core.drawing.samples import on_canvas
from benchmarks.camera import rgba

SEVEN = [[(60, 60), (200, 60)], [(200, 60), (110, 230)]]
ELEVEN = [[(100, 50), (100, 230)], [(170, 50), (170, 230)]]
WRITTEN = "A line of print, 1234"


def penned(lines: list, width: int, side: int = 280, levels: tuple = (255, 255)) -> np.ndarray:
    """Lines given on a canvas of 280 pixels, drawn on one of `side`, each at its level."""
    canvas = Image.new("L", (side, side))
    pen = ImageDraw.Draw(canvas)
    for line, level in zip(lines, levels, strict=True):
        pen.line([(x * side / 280, y * side / 280) for x, y in line], fill=level, width=width)
    return np.asarray(canvas).astype(float)


def has_bar(image: np.ndarray) -> bool:
    """Whether a 7 has its bar: ink over most of its width near the top."""
    return bool((image[4:9].max(axis=0) > 60).sum() >= 11)


def has_stem(image: np.ndarray) -> bool:
    return bool((image[8:23].max(axis=1) > 60).all())


@pytest.mark.parametrize("side", [280, 500, 1000])
@pytest.mark.parametrize("width", [1, 2, 3])
@pytest.mark.parametrize("dark_on_light", [True, False])
def test_a_thin_pen_loses_no_stroke(side: int, width: int, dark_on_light: bool):
    drawn = penned(SEVEN, width, side)
    result = digit_from_drawing(rgba(255 - drawn if dark_on_light else drawn))
    assert has_bar(result.image)
    assert has_stem(result.image)
    assert result.shapes == 1
    on_the_canvas = digit_from_drawing(on_canvas(result), on_black=True)
    assert has_bar(on_the_canvas.image)
    assert has_stem(on_the_canvas.image)


@pytest.mark.parametrize("levels", [(107, 255), (255, 107), (80, 255)])
@pytest.mark.parametrize("width", [3, 8, 20, 40])
@pytest.mark.parametrize("on_black", [True, False])
def test_a_faint_stroke_beside_a_full_one_is_not_lost(levels: tuple, width: int, on_black: bool):
    result = digit_from_drawing(rgba(penned(SEVEN, width, levels=levels)), on_black=on_black)
    assert has_bar(result.image)
    assert has_stem(result.image)


def test_a_speck_that_is_left_out_is_told():
    drawn = penned(SEVEN, 14)
    drawn[250:252, 40:42] = 255
    result = digit_from_drawing(rgba(drawn))
    assert result.left_out == {"speck": 1}
    assert np.array_equal(result.image, digit_from_drawing(rgba(penned(SEVEN, 14))).image)


@pytest.mark.slow
def test_what_lies_apart_is_counted(embedded: Digits):
    shapes = [digit_from_drawing(rgba(penned_digit(digit))).shapes for digit in embedded.test.images[::10]]
    assert np.mean(np.array(shapes) == 1) >= 0.97
    assert digit_from_drawing(rgba(penned(ELEVEN, 20)), on_black=True).shapes == 2
    two = np.hstack([penned_digit(digit) for digit in embedded.test.images[[430, 210]]])
    assert digit_from_drawing(rgba(255 - two)).shapes == 2
    print_out = Image.new("L", (600, 120))
    ImageDraw.Draw(print_out).text((20, 20), WRITTEN, fill=255, font_size=48)
    assert digit_from_drawing(rgba(np.asarray(print_out))).shapes > 5


def penned_digit(digit: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(digit).resize((280, 280), Image.Resampling.BICUBIC)).astype(float)


@pytest.mark.parametrize("on_black", [True, False])
def test_the_larger_of_two_can_be_read_alone(embedded: Digits, on_black: bool):
    digit = penned_digit(embedded.test.images[210])
    label = np.zeros((280, 120))
    label[20:60, 60:74] = 255
    both = rgba(np.hstack([digit, label]))
    alone = rgba(np.hstack([digit, np.zeros_like(label)]))
    result = digit_from_drawing(both, on_black=on_black, largest_alone=True)
    assert result.shapes == 1
    assert result.left_out == {"other shape": 1}
    wanted = digit_from_drawing(alone, on_black=on_black).image
    assert np.square((result.image.astype(float) - wanted) / 255).mean() < 0.001
