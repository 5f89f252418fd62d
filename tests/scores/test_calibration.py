"""Scores and verdicts: conformal p-values, and a verdict that says exactly what they say."""

import math

import numpy as np
import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ae_core.errors import ConfigError
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.inference import reconstruction_errors
from ae_core.scores.calibration import Calibrator, class_table, evaluate
from ae_core.training.config import TrainConfig
from ae_core.training.loop import train

# Few distinct values, so that ties are common.
SCORES = st.lists(st.integers(0, 12).map(float) | st.floats(-1e6, 1e6), min_size=1, max_size=40).map(np.array)
# Rates as people give them, and the exact ones that n digits can tell.
RATES = st.integers(1, 999).map(lambda n: n / 1000) | st.tuples(st.integers(1, 41), st.integers(1, 41)).map(
    lambda pair: min(pair) / (max(pair) + 1)
)


@pytest.fixture(scope="module")
def model(embedded):
    model = build_model(ModelConfig(latent_dim=16, hidden=(64,)))
    list(train(model, embedded, TrainConfig(epochs=5, batch_size=64), device="cpu"))
    return model


# -- evaluate


def test_evaluate_has_one_row_a_digit(model, embedded):
    table = evaluate(model, embedded.test)
    assert list(table.columns) == ["index", "label", "error", "ink"]
    assert table["index"].tolist() == list(range(1000))
    assert table["label"].tolist() == embedded.test.labels.tolist()
    assert np.array_equal(table["error"], reconstruction_errors(model, embedded.test.images))
    assert np.allclose(table["ink"], embedded.test.images.mean(axis=(1, 2)) / 255)
    assert table["ink"].between(0, 1).all()


# -- by class


def test_the_class_table_counts_each_class_by_its_own_scores():
    table = class_table(np.array([7, 3, 7, 7]), np.array([1.0, 5.0, 2.0, 6.0]), threshold=2.0)
    assert table.to_dict("records") == [
        {"digit": 3, "digits": 1, "mean_score": 5.0, "largest_score": 5.0, "flagged": 1.0},
        {"digit": 7, "digits": 3, "mean_score": 3.0, "largest_score": 6.0, "flagged": pytest.approx(1 / 3)},
    ]


# -- p-values


@given(calibration=SCORES, scores=SCORES)
def test_p_values_are_what_their_definition_says(calibration, scores):
    expected = [
        (1 + sum(known >= score for known in calibration)) / (len(calibration) + 1) for score in scores
    ]
    assert Calibrator(calibration).p_values(scores).tolist() == expected


@given(calibration=SCORES, scores=SCORES)
def test_p_values_are_never_0_and_fall_as_the_score_grows(calibration, scores):
    p_values = Calibrator(calibration).p_values(np.sort(scores))
    assert p_values.min() >= 1 / (len(calibration) + 1)
    assert p_values.max() <= 1
    assert (np.diff(p_values) <= 0).all()


@given(calibration=SCORES, scores=SCORES, data=st.data())
def test_the_order_of_the_calibration_does_not_matter(calibration, scores, data):
    shuffled = np.array(data.draw(st.permutations(calibration.tolist())))
    assert np.array_equal(Calibrator(calibration).p_values(scores), Calibrator(shuffled).p_values(scores))


def test_ties_count_as_at_least_as_high():
    calibrator = Calibrator(np.array([1.0, 2.0, 2.0, 2.0, 3.0]))
    assert calibrator.p_values(2.0) == 5 / 6
    assert calibrator.p_values(np.nextafter(2.0, 3.0)) == 2 / 6


def test_a_single_score_is_enough_for_a_p_value():
    assert Calibrator(np.arange(9.0)).p_values(100.0) == pytest.approx(0.1)


def test_calibrating_leaves_the_given_scores_alone():
    given_scores = np.array([3.0, 1.0, 2.0])
    Calibrator(given_scores)
    assert given_scores.tolist() == [3.0, 1.0, 2.0]


# -- verdicts


@given(calibration=SCORES, scores=SCORES, rate=RATES)
def test_a_digit_is_flagged_exactly_if_its_p_value_is_at_most_the_rate(calibration, scores, rate):
    calibrator = Calibrator(calibration)
    if rate * (len(calibration) + 1) < 1 - 1e-9:
        with pytest.raises(ConfigError, match="false_alarm_rate"):
            calibrator.flags(scores, rate)
        return
    assert np.array_equal(calibrator.flags(scores, rate), calibrator.p_values(scores) <= rate)


@pytest.mark.parametrize("count", [99, 199, 999])
def test_rates_in_percent_lose_no_digit_to_their_binary_rounding(count):
    calibrator, scores = Calibrator(np.arange(count)), np.arange(-1, count + 1)
    for percent in range(1, 100):
        flagged = calibrator.flags(scores, percent / 100)
        assert flagged.sum() == percent * (count + 1) // 100
        assert np.array_equal(flagged, calibrator.p_values(scores) <= percent / 100)


@given(calibration=SCORES, rate=RATES)
def test_calibration_digits_are_flagged_at_most_at_the_rate(calibration, rate):
    calibrator = Calibrator(calibration)
    if rate * (len(calibration) + 1) >= 1:
        assert calibrator.flags(calibration, rate).mean() <= rate * (1 + 1 / len(calibration))


def test_a_rate_just_below_1_flags_nearly_everything():
    calibrator = Calibrator(np.arange(9.0))
    for rate in (1 - 1e-12, np.nextafter(1, 0)):
        assert calibrator.flags(np.arange(9.0), rate).tolist() == [False] + [True] * 8


@pytest.mark.parametrize(
    "rate", [0, -0.1, 1, 1.5, 5, math.nan, math.inf, -math.inf, 1e-9, None, "0.05", "5%", True, [0.05], 0.05j]
)
def test_a_rate_that_cannot_be_kept_is_refused(rate):
    with pytest.raises(ConfigError, match=r"false_alarm_rate must be from 0\.01 .*99 calibration digits"):
        Calibrator(np.arange(99.0)).threshold(rate)


@pytest.mark.parametrize("scores", [[], [math.nan], [1.0, math.inf], [-math.inf, 0.0]])
def test_calibration_needs_finite_scores(scores):
    with pytest.raises(ConfigError, match="at least one score, and all of them finite"):
        Calibrator(np.array(scores))


# -- on real digits


def test_p_values_of_held_out_digits_are_uniform(model, embedded):
    """Validation and test digits, both unseen, swap roles at random: then they are exchangeable."""
    errors = np.concatenate(
        [reconstruction_errors(model, s.images) for s in (embedded.validation, embedded.test)]
    )
    np.random.default_rng(0).shuffle(errors)
    p_values = np.sort(Calibrator(errors[:800]).p_values(errors[800:]))
    uniform = np.arange(1, 1001) / 1000
    # Kolmogorov-Smirnov for 800 against 1,000: chance passes 0.064 in one of twenty cases, 0.1 never.
    assert np.abs(p_values - uniform).max() < 0.1


@pytest.mark.parametrize("rate", [0.01, 0.05, 0.1, 0.5])
def test_calibrated_on_validation_the_nominal_share_of_test_digits_is_flagged(model, embedded, rate):
    calibrator = Calibrator.fit(model, embedded.validation)
    flagged = calibrator.flags(evaluate(model, embedded.test)["error"].to_numpy(), rate).mean()
    assert rate - 0.05 <= flagged <= rate + 0.05
    assert (calibrator.p_values(reconstruction_errors(model, embedded.test.images)) <= rate).mean() == flagged


def test_noise_is_flagged(model, embedded):
    noise = np.random.default_rng(0).integers(0, 256, (20, 28, 28), np.uint8)
    calibrator = Calibrator.fit(model, embedded.validation)
    assert calibrator.flags(reconstruction_errors(model, noise), 0.05).all()


def test_scores_may_come_as_a_column_of_a_table(model, embedded):
    column = evaluate(model, embedded.test)["error"]
    assert isinstance(column, pandas.Series)
    calibrator = Calibrator.fit(model, embedded.validation)
    assert np.array_equal(calibrator.p_values(column), calibrator.p_values(column.to_numpy()))
    assert np.array_equal(calibrator.flags(column, 0.05), calibrator.flags(column.to_numpy(), 0.05))
