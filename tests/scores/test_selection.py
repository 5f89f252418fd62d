"""A score is chosen on letters and normal digits alone, and the choice knows what it is for."""

from dataclasses import replace

import numpy as np
import pytest

from ae_core.errors import ConfigError
from ae_core.scores.calibration import Calibrator
from ae_core.scores.fitted import fit_scores
from ae_core.scores.selection import choose_score, letter_auroc


@pytest.fixture(scope="module")
def fitted(dense, embedded):
    return fit_scores(dense, embedded.train.images, embedded.validation.images, ["mse", "error_per_ink"])


def test_the_choice_is_the_best_of_the_table_and_the_same_each_time(fitted, embedded):
    quality = letter_auroc(fitted, embedded.validation.images)
    chosen = choose_score(fitted, embedded.validation.images)
    assert quality[chosen] == max(quality.values())
    assert chosen == choose_score(fitted, embedded.validation.images)


def test_letters_are_stranger_than_digits(fitted, embedded):
    assert all(0.6 < value <= 1 for value in letter_auroc(fitted, embedded.validation.images).values())


def test_a_useless_score_and_one_that_is_upside_down_are_not_chosen(fitted, embedded):
    measures = {
        "mse": fitted.measures["mse"],
        "constant": lambda seen: seen.ink * 0,
        "upside down": lambda seen: -fitted.measures["mse"](seen),
    }
    calibrators = dict.fromkeys(measures, Calibrator(np.zeros(9)))
    three = replace(fitted, names=tuple(reversed(measures)), measures=measures, calibrators=calibrators)
    quality = letter_auroc(three, embedded.validation.images)
    assert quality["constant"] == 0.5
    assert quality["upside down"] == pytest.approx(1 - quality["mse"])
    assert choose_score(three, embedded.validation.images) == "mse"


def test_one_digit_is_too_few_to_choose_by(fitted, embedded):
    with pytest.raises(ConfigError, match="at least 2"):
        choose_score(fitted, embedded.validation.images[:1])
