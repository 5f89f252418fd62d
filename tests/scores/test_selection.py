"""How well a score tells letters from normal digits, by which scores are chosen without an anomaly."""

from copy import copy

import numpy as np
import pytest

from ae_core.errors import ConfigError
from ae_core.scores.calibration import Calibrator
from ae_core.scores.detector import Detector
from ae_core.scores.selection import letter_auroc


@pytest.fixture(scope="module")
def fitted(dense, embedded):
    return Detector(dense, ["mse", "error_per_ink"]).fit(embedded.train.images, embedded.validation.images)


def test_letters_are_stranger_than_digits(fitted, embedded):
    assert all(0.6 < value <= 1 for value in letter_auroc(fitted, embedded.validation.images).values())


def test_a_useless_score_is_worth_a_coin_and_one_upside_down_less(fitted, embedded):
    measures = {
        "mse": fitted.scorers["mse"],
        "constant": lambda seen: seen.ink * 0,
        "upside down": lambda seen: -fitted.scorers["mse"](seen),
    }
    calibrators = dict.fromkeys(measures, Calibrator(np.zeros(9)))
    three = copy(fitted)
    three.names, three.scorers, three.calibrators = tuple(reversed(measures)), measures, calibrators
    quality = letter_auroc(three, embedded.validation.images)
    assert quality["constant"] == 0.5
    assert quality["upside down"] == pytest.approx(1 - quality["mse"])
    assert max(quality, key=quality.get) == "mse"


def test_one_digit_is_too_few_to_choose_by(fitted, embedded):
    with pytest.raises(ConfigError, match="at least 2"):
        letter_auroc(fitted, embedded.validation.images[:1])
