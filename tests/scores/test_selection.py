"""A score is chosen on normal digits alone, and the choice knows what it is for."""

from dataclasses import replace

import numpy as np
import pytest

from ae_core.errors import ConfigError
from ae_core.scores import choose_score, fit_scores, selection_table
from ae_core.scores.selection import SPOILS
from ae_core.scoring import Calibrator


@pytest.fixture(scope="module")
def fitted(dense, embedded):
    return fit_scores(dense, embedded.train.images, embedded.validation.images)


@pytest.mark.parametrize("kind", SPOILS)
def test_spoiling_keeps_shape_and_type_changes_most_digits_and_leaves_the_input_alone(kind, embedded):
    images = embedded.validation.images[:100].copy()
    before = images.copy()
    spoiled = SPOILS[kind](images, np.random.default_rng(0))
    assert (spoiled.shape, spoiled.dtype) == (images.shape, np.uint8)
    assert (spoiled != images).any(axis=(1, 2)).mean() > 0.9
    assert np.array_equal(images, before)


@pytest.mark.parametrize("kind", SPOILS)
def test_blank_images_can_be_spoiled_too(kind):
    SPOILS[kind](np.zeros((3, 28, 28), np.uint8), np.random.default_rng(0))


def test_spoiled_digits_are_stranger_than_whole_ones(fitted, embedded):
    quality = selection_table(fitted, embedded.validation.images)
    assert all(0.5 < value <= 1 for value in quality["mse"].values())


def test_the_choice_is_the_best_of_the_table_and_the_same_each_time(fitted, embedded):
    quality = selection_table(fitted, embedded.validation.images)
    means = {name: np.mean(list(kinds.values())) for name, kinds in quality.items()}
    chosen = choose_score(fitted, embedded.validation.images)
    assert means[chosen] == max(means.values())
    assert chosen == choose_score(fitted, embedded.validation.images)


def test_a_useless_score_is_not_chosen(fitted, embedded):
    constant = replace(
        fitted,
        names=("mse", "constant"),
        measures={"mse": fitted.measures["mse"], "constant": lambda seen: seen.ink * 0},
        calibrators={"mse": fitted.calibrators["mse"], "constant": Calibrator(np.zeros(9))},
    )
    assert choose_score(constant, embedded.validation.images) == "mse"


def test_one_digit_is_too_few_to_choose_by(fitted, embedded):
    with pytest.raises(ConfigError, match="at least 2"):
        choose_score(fitted, embedded.validation.images[:1])
