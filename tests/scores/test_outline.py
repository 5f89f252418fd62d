"""The five measurements of an outline, and the score that visitors meet first, which rests on them."""

import numpy as np
import pytest
import torch

from ae_core import zoo
from ae_core.config import DEFAULT_SCORE
from ae_core.scores.detector import Detector
from ae_core.scores.mixtures import OUTLINE_SHARE
from ae_core.scores.outline import outline
from ae_core.scores.table import SCORES
from benchmarks.shapes import KINDS, shapes

pytestmark = pytest.mark.slow

RATE = 0.05
EACH = 50
HEIGHT, WIDTH, SLANT, STROKE, SOLID = range(5)


@pytest.fixture(scope="module")
def plain():
    return {kind: shapes(kind, EACH, first=500) for kind in KINDS}


@pytest.fixture(scope="module")
def fitted(embedded):
    names = [DEFAULT_SCORE, "mse", "combined", "outline"]
    return Detector(zoo.load("dense-32"), names).fit(embedded.train.images, embedded.validation.images)


def rectangle(top, bottom, left, right):
    image = torch.zeros(1, 28, 28)
    image[0, top:bottom, left:right] = 1
    return image


def test_height_width_stroke_and_solidity_of_bars_are_those_of_geometry():
    upright = outline(rectangle(4, 24, 12, 15))[0]
    lying = outline(rectangle(12, 15, 4, 24))[0]
    assert upright[HEIGHT] == pytest.approx(np.sqrt((20**2 - 1) / 12), rel=1e-4)
    assert upright[WIDTH] == pytest.approx(np.sqrt((3**2 - 1) / 12), rel=1e-4)
    assert upright[SLANT] == pytest.approx(0, abs=1e-4)
    assert upright[STROKE] == pytest.approx(2 * 60 / 46, rel=0.05)  # its edge is 46 pixels long
    assert upright[SOLID] == pytest.approx(3 / 7, rel=1e-4)
    assert lying.tolist() == pytest.approx(upright[[WIDTH, HEIGHT, SLANT, STROKE, SOLID]].tolist(), abs=1e-4)


def test_a_diagonal_slants_and_its_mirror_image_slants_the_other_way():
    diagonal = torch.eye(28)[None]
    assert outline(diagonal)[0, SLANT] > 0.9
    assert outline(diagonal.flip(2))[0, SLANT] < -0.9


def test_moved_ink_has_the_same_outline_and_a_blank_image_has_finite_numbers(embedded):
    images = torch.tensor(embedded.test.images[:50]).float() / 255
    framed = torch.nn.functional.pad(images[:, 4:24, 4:24], (4, 4, 4, 4))
    assert torch.allclose(outline(framed.roll((2, -3), dims=(1, 2))), outline(framed), atol=1e-3)
    assert torch.isfinite(outline(torch.stack([torch.zeros(28, 28), torch.ones(28, 28)]))).all()


@pytest.mark.parametrize("kind", KINDS)
def test_plain_shapes_are_anomalies_to_the_default_score(fitted, plain, kind):
    flagged = fitted.calibrators[DEFAULT_SCORE].flags(fitted.score_table(plain[kind])[DEFAULT_SCORE], RATE)
    assert flagged.mean() >= 0.9


def test_the_error_alone_takes_filled_shapes_for_normal(fitted, plain):
    """Why the default is what it is: a network draws a disc as well as a digit."""
    for name in ("mse", "combined"):
        flags = fitted.calibrators[name].flags(fitted.score_table(plain["disc"])[name], RATE)
        assert flags.mean() < 0.1


def test_neither_digits_nor_ones_pay_for_it(fitted, embedded):
    flags = fitted.calibrators[DEFAULT_SCORE].flags(
        fitted.score_table(embedded.test.images)[DEFAULT_SCORE], RATE
    )
    assert 0.8 * RATE <= flags.mean() <= 1.2 * RATE
    assert flags[embedded.test.labels == 1].mean() <= 1.2 * RATE


def test_the_outline_causes_its_share_of_the_false_alarms(fitted, embedded):
    held_out = embedded.validation.images
    detector = fitted.by(DEFAULT_SCORE)
    flagged = held_out[detector.predict(held_out, RATE).astype(bool)]
    caused = sum(detector.verdict(image, RATE).is_by_outline for image in flagged)
    assert caused / len(held_out) == pytest.approx(OUTLINE_SHARE * RATE, rel=0.3)


def test_a_verdict_says_what_it_rests_on(fitted, plain):
    disc = fitted.by(DEFAULT_SCORE).verdict(plain["disc"][0], RATE)
    assert (disc.word, disc.is_by_outline) == ("anomaly", True)
    assert disc.parts["outline"] < 0.01 < disc.parts["error_per_ink"]
    assert "outline decides" in disc.reason
    by_error = fitted.by("mse").verdict(plain["disc"][0], RATE)
    assert (by_error.word, by_error.parts, by_error.reason) == ("normal", {}, "")
    noise = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    assert fitted.by(DEFAULT_SCORE).verdict(noise, RATE).is_anomaly


def test_a_verdict_is_that_of_the_calibrator(fitted, embedded):
    for image in embedded.test.images[:30]:
        for name in (DEFAULT_SCORE, "mse"):
            found, value = fitted.by(name).verdict(image, RATE), fitted.score_table(image[None])[name].iloc[0]
            assert found.score == value
            assert found.is_anomaly == (fitted.calibrators[name].p_values(value) <= RATE)


def test_the_default_is_the_first_of_the_table():
    assert next(iter(SCORES)) == DEFAULT_SCORE
