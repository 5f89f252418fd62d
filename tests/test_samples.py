"""Samples to start a drawing from: each fits the canvas and makes a digit-sized picture."""

import numpy as np
import pytest

from ae_core import samples
from ae_core.ink import digit_from_drawing
from ae_core.models.inference import reconstruction_errors
from ae_core.samples import SIDE, letter, on_canvas, real_digit, scribble
from ae_core.scoring import Calibrator
from ae_core.zoo import load

SEEDS = range(20)


def ink(picture: np.ndarray) -> np.ndarray:
    return picture[..., 0]


@pytest.fixture(scope="module", params=["digit", "letter", "scribble"])
def make(request, embedded):
    kinds = {"digit": lambda seed: real_digit(embedded, seed), "letter": letter, "scribble": scribble}
    return kinds[request.param]


def test_a_sample_is_white_ink_on_an_opaque_black_canvas(make):
    for seed in SEEDS:
        picture = make(seed)
        assert picture.shape == (SIDE, SIDE, 4)
        assert picture.dtype == np.uint8
        assert (picture[..., 3] == 255).all()
        assert np.array_equal(picture[..., 0], picture[..., 1])
        assert 0.01 < (ink(picture) > 128).mean() < 0.6
        assert ink(picture)[0].max() < 64  # the corners' side is free


def test_the_same_seed_gives_the_same_sample_and_another_one_another(make):
    assert np.array_equal(make(3), make(3))
    assert len({make(seed).tobytes() for seed in range(8)}) == 8


def test_any_seed_of_32_bits_will_do(make):
    for seed in (0, 2**32 - 1):
        assert make(seed).any()


def test_letters_are_all_drawn():
    assert len({letter(seed).tobytes() for seed in range(100)}) == len(samples.LETTERS)


def test_strokes_stay_inside_the_canvas():
    for seed in range(100):
        for picture in (letter(seed), scribble(seed)):
            drawn = ink(picture)
            edge = np.concatenate([drawn[0], drawn[-1], drawn[:, 0], drawn[:, -1]])
            assert not edge.any()


def test_a_real_digit_is_a_test_digit(embedded):
    picture = real_digit(embedded, 1)
    small = ink(picture).reshape(28, 10, 28, 10).mean(axis=(1, 3))
    errors = np.abs(embedded.test.images - small[None]).mean(axis=(1, 2))
    assert errors.min() < 8
    assert np.sort(errors)[1] > 1.5 * errors.min()


def test_digits_are_drawn_again_better_than_letters_and_scribbles(embedded):
    model = load("dense-32")
    calibrator = Calibrator.fit(model, embedded.validation)

    def p_values(make):
        images = np.stack([digit_from_drawing(make(seed)).image for seed in range(40)])
        return calibrator.p_values(reconstruction_errors(model, images))

    digits = np.median(p_values(lambda seed: real_digit(embedded, seed)))
    assert digits > 0.2
    for make in (letter, scribble):
        assert np.median(p_values(make)) < digits / 4


@pytest.mark.parametrize("shape", [(1, 1), (10, 40), (280, 280), (1024, 300), (3, 1024)])
def test_ink_of_any_size_fits_the_canvas_with_its_shape_kept(shape):
    drawn = ink(on_canvas(np.full(shape, 255, np.uint8)))
    assert drawn.shape == (SIDE, SIDE)
    lines, columns = (np.flatnonzero(drawn.any(axis=axis)) for axis in (1, 0))
    height, width = len(lines), len(columns)
    scale = min(1, SIDE / max(shape))
    assert height == pytest.approx(max(1, shape[0] * scale), abs=1)
    assert width == pytest.approx(max(1, shape[1] * scale), abs=1)
    assert abs(lines[0] + lines[-1] - (SIDE - 1)) <= 1  # in the middle
    assert abs(columns[0] + columns[-1] - (SIDE - 1)) <= 1
