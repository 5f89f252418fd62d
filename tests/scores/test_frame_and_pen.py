"""The measurements of a picture's making, and what the score made of them is for."""

import numpy as np
import pytest
import torch

from ae_core.data.corruptions import corrupt
from ae_core.scores.detector import Detector
from ae_core.scores.frame_and_pen import LEVELS, SHADES, frame, frame_and_pen, pen
from ae_core.scores.metrics import plain_auroc

pytestmark = pytest.mark.slow

SIDE = 5  # measurements of the frame for each level: top, bottom, left, right, the longer side


@pytest.fixture(scope="module")
def fitted(dense, embedded):
    normal, held_out = embedded.train.images, embedded.validation.images
    return Detector(dense, ["mse", "frame_and_pen"]).fit(normal, held_out)


def block(value=1.0):
    """Ink in rows 3 to 7 and columns 10 to 19."""
    image = torch.zeros(1, 28, 28)
    image[0, 3:8, 10:20] = value
    return image


def test_the_frame_says_where_ink_begins_and_ends_and_where_its_centre_is():
    found = frame(block())[0]
    for level in range(len(LEVELS)):
        assert found[SIDE * level : SIDE * (level + 1)].tolist() == [3, 7, 10, 19, 9]
    assert found[-2:].tolist() == pytest.approx([5, 14.5])


def test_faint_ink_has_no_core():
    trace, edge, core = frame(block(0.5))[0][: SIDE * 3].split(SIDE)
    assert trace.tolist() == edge.tolist() == [3, 7, 10, 19, 9]
    assert core.tolist() == [0, 27, 0, 27, 27]


def test_the_pen_knows_its_shades_whatever_is_drawn_and_wherever():
    images = torch.cat([block(0.4), block(0.4).roll((9, 4), dims=(1, 2)), block(0.4).transpose(1, 2)])
    shades = pen(images)[:, : len(SHADES) - 1]
    assert torch.allclose(shades, shades[:1])
    assert shades[0].argmax() == 2  # 0.3 to 0.5
    assert shades[0].sum() == pytest.approx(50 / 51)


def test_a_blurred_edge_is_less_sharp(embedded):
    digits = embedded.test.images[:100]
    sharp, soft = (
        pen(torch.from_numpy(each.copy()).float() / 255)[:, len(SHADES) - 1 : -2]
        for each in (digits, corrupt(digits, "glass_blur"))
    )
    assert (soft.mean(dim=0) < sharp.mean(dim=0)).all()


def test_blank_and_full_images_have_finite_measurements():
    assert torch.isfinite(frame_and_pen(torch.stack([torch.zeros(28, 28), torch.ones(28, 28)]))).all()


@pytest.mark.parametrize("name", ["shear", "rotate"])
def test_it_finds_resampled_digits_that_the_error_misses(fitted, embedded, name):
    digits = embedded.test.images[:500]
    normal, anomalous = fitted.score_table(digits), fitted.score_table(corrupt(digits, name))
    by_error, by_making = (plain_auroc(normal[each], anomalous[each]) for each in ("mse", "frame_and_pen"))
    assert by_making > 0.9 > by_error


def test_digits_of_another_class_are_made_alike(dense, embedded):
    """What it misses: a network that saw no 8 is not helped by it."""
    seven = embedded.only((7,))
    fitted = Detector(dense, ["frame_and_pen"]).fit(embedded.train.images, embedded.validation.images)
    p_values = fitted.calibrators["frame_and_pen"].p_values(
        fitted.score_table(seven.test.images)["frame_and_pen"]
    )
    assert 0.3 < np.median(p_values) < 0.7
