"""Samples to start a drawing from: each fits the canvas and makes a digit-sized picture."""

import numpy as np
import pytest
from PIL import Image

from ae_core.drawing import samples
from ae_core.drawing.ink import digit_from_drawing
from ae_core.drawing.samples import SIDE, letter, on_canvas, real_digit, scribble
from ae_core.models.inference import reconstruction_errors
from ae_core.scores.calibration import Calibrator
from ae_core.zoo import load

SEEDS = range(20)


def ink(picture: np.ndarray) -> np.ndarray:
    return picture[..., 0]


@pytest.fixture(scope="module", params=["digit", "letter", "scribble"])
def make(request, embedded):
    kinds = {
        "digit": lambda seed: real_digit(embedded.test.images, seed),
        "letter": letter,
        "scribble": scribble,
    }
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
    picture = real_digit(embedded.test.images, 1)
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

    digits = np.median(p_values(lambda seed: real_digit(embedded.test.images, seed)))
    assert digits > 0.2
    for make in (letter, scribble):
        assert np.median(p_values(make)) < digits / 4


@pytest.mark.parametrize("shape", [(5, 5), (10, 40), (280, 280), (1024, 300), (40, 1024)])
def test_ink_of_any_size_becomes_as_large_as_a_drawn_digit_with_its_shape_kept(shape):
    field = np.zeros((shape[0] + 90, shape[1] + 30), np.uint8)  # the strokes are off its middle
    field[70 : 70 + shape[0], 5 : 5 + shape[1]] = 255
    read = digit_from_drawing(np.dstack([field] * 3 + [np.full_like(field, 255)]))
    drawn = ink(on_canvas(read)) > 127
    lines, columns = (np.flatnonzero(drawn.any(axis=axis)) for axis in (1, 0))
    height, width = len(lines), len(columns)
    assert max(height, width) == pytest.approx(SIDE * 20 / 28, rel=0.03)
    assert width / height == pytest.approx(shape[1] / shape[0], rel=0.1)
    for first, last in (lines[[0, -1]], columns[[0, -1]]):  # in the middle, to a pixel of the field
        assert abs(first + last - (SIDE - 1)) <= 2 + SIDE / max(shape)


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Mean squared, in intensities from 0 to 1.

    At the shift by at most one pixel that makes it least: MNIST's digits are centred by whole pixels, so the
    least difference in a centre of mass can move one.
    """
    shifts = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    moved = (np.roll(one, shift, (0, 1)) / 255 - other / 255 for shift in shifts)
    return min(float(np.square(each).mean()) for each in moved)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("side", "mean", "most"),
    [(20, 0.008, 0.035), (28, 0.006, 0.015), (56, 0.004, 0.02), (280, 0.002, 0.015), (900, 0.002, 0.015)],
)
def test_an_upload_on_the_canvas_is_read_as_the_upload_itself(embedded, side, mean, most):
    count = 60 if side < 500 else 12  # large pictures take as many times as long
    chosen = np.random.default_rng(0).choice(len(embedded.test), count, replace=False)
    differences = []
    for digit in embedded.test.images[chosen]:
        upload = Image.fromarray(255 - digit).resize((side, side), Image.Resampling.BICUBIC)
        read = digit_from_drawing(np.asarray(upload.convert("RGBA")))
        again = digit_from_drawing(on_canvas(read), on_black=True)
        differences.append(difference(again.image, read.image))
    assert np.mean(differences) < mean
    assert max(differences) < most
