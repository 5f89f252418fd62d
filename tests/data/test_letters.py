"""Letters are written in MNIST's form, each differently, and none of them is a digit."""

import numpy as np
import pytest

from ae_core.data.letters import FONT_LETTERS, FONT_SIZES, LIKE_DIGITS, font, font_letter, letters
from ae_core.drawing.samples import LETTERS as STROKE_LETTERS


@pytest.fixture(scope="module")
def written():
    return letters(150, seed=4)


def test_they_are_in_mnists_form(written):
    """The longer side of the ink is 20 pixels, its centre of mass in the middle, strokes are white."""
    assert (written.shape, written.dtype) == ((150, 28, 28), np.uint8)
    for image in written:
        rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
        assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20)
        weights = image / image.sum()
        assert abs((weights.sum(axis=1) * (np.arange(28) + 0.5)).sum() - 14) <= 2
        assert abs((weights.sum(axis=0) * (np.arange(28) + 0.5)).sum() - 14) <= 2
        assert image.max() > 200


def test_all_differ(written):
    assert len(np.unique(written.reshape(150, -1), axis=0)) == 150


def test_ink_varies_as_pens_do(written):
    ink = written.mean(axis=(1, 2))
    assert ink.max() > 2 * ink.min()


def test_a_seed_means_the_same_letters_however_many_follow(written):
    np.testing.assert_array_equal(letters(20, seed=4), written[:20])
    assert (letters(20, seed=5) != written[:20]).any(axis=(1, 2)).all()


def test_none_looks_like_a_digit():
    assert not set(FONT_LETTERS) & set("OoQqIlJijZzSsGgBb")
    assert set(LIKE_DIGITS) <= set("0123456789")
    assert not set(STROKE_LETTERS) & set("".join(LIKE_DIGITS.values()))
    assert len(FONT_LETTERS) > 25


def test_every_letter_of_the_list_is_in_the_font_and_on_the_canvas():
    missing = bytes(font(FONT_SIZES[1]).getmask("\uffff"))
    for letter in FONT_LETTERS:
        assert bytes(font(FONT_SIZES[1]).getmask(letter)) != missing
    for seed in range(50):
        canvas = np.asarray(font_letter(np.random.default_rng(seed)))
        assert canvas.any()
        assert not canvas[[0, -1]].any()
        assert not canvas[:, [0, -1]].any()
