"""A drawing in a link: the same strokes come out, whatever else is a link's text is refused in words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ae_core.drawing.ink import digit_from_drawing
from ae_core.drawing.samples import letter, real_digit, scribble_path
from ae_core.drawing.sketch import MOST_SIGNS, SIDE, Sketch, unpacked
from ae_core.errors import PictureError

places = st.floats(-SIDE, 2 * SIDE - 1)
points = st.lists(st.tuples(places, places), min_size=1, max_size=20).map(np.array)


@given(st.lists(st.tuples(st.integers(1, 100), points), min_size=1, max_size=5))
def test_strokes_come_out_as_they_went_in_but_for_a_quarter_pixel(strokes):
    packed = Sketch(tuple(strokes)).packed()
    for (width, there), (expected, here) in zip(unpacked(packed).strokes, strokes, strict=True):
        assert width == expected
        np.testing.assert_allclose(there, here, atol=0.126)


@given(st.one_of(st.text(max_size=60), st.text("ABCabc019-_", max_size=2500)))
def test_no_other_text_is_a_drawing(text):
    with pytest.raises(PictureError):
        unpacked(text)


def test_a_long_scribble_fits_a_link():
    sketch = Sketch(tuple((20, scribble_path(seed)) for seed in range(3)))
    assert len(sketch.packed()) < MOST_SIGNS


def test_what_is_too_long_is_told():
    noise = np.random.default_rng(0).integers(0, SIDE, (2000, 2))
    assert Sketch(((20, noise),)).packed() is None


def test_a_picture_and_strokes_on_it_are_the_same_digit_in_a_link(embedded):
    ground = real_digit(embedded.test.images, 0)
    sketch = Sketch(((16, np.array([[60.0, 60], [90, 200]])),), ground)
    there = unpacked(sketch.packed()).rendered()
    before, after = (digit_from_drawing(each, on_black=True).image for each in (sketch.rendered(), there))
    assert np.abs(before.astype(int) - after).mean() < 6


def test_a_dot_is_as_wide_as_the_brush():
    dot = Sketch(((20, np.array([[140.0, 140.0]])),)).rendered()[..., 0] / 255
    assert dot.sum() == pytest.approx(np.pi * 100, rel=0.02)
    assert np.argwhere(dot > 0.5).mean() == pytest.approx(139.5, abs=0.1)


def test_any_picture_fits_a_link():
    noise = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 4)).astype(np.uint8)
    for picture in (letter(0), noise):
        text = Sketch((), picture).packed()
        assert text is None or unpacked(text).ground.shape == (SIDE, SIDE, 4)
