"""Measures of a detector: equal to scikit-learn's, honest about ties, constants and missing kinds."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn import metrics

from ae_core.errors import ConfigError
from ae_core.scores.calibration import Calibrator
from ae_core.scores.metrics import (
    CURVE_POINTS,
    auroc,
    average_precision,
    confusion_table,
    detection_by_class,
    flagged_share,
    plain_auroc,
    roc_curve,
    turned_round,
)

# Few distinct values, so that ties are common.
SCORES = st.lists(st.integers(0, 6).map(float) | st.floats(-1e6, 1e6), min_size=1, max_size=30).map(np.array)


def judged(normal, anomalous):
    return np.repeat([0, 1], [len(normal), len(anomalous)]), np.concatenate([normal, anomalous])


def separated(by: float, count: int = 2000, seed: int = 0):
    random = np.random.default_rng(seed)
    return random.normal(0, 1, count), random.normal(by, 1, count)


# -- AUROC


@settings(deadline=None)
@given(normal=SCORES, anomalous=SCORES)
def test_auroc_is_that_of_scikit_learn(normal, anomalous):
    truth, scores = judged(normal, anomalous)
    assume(len(set(scores)) > 1)
    expected = metrics.roc_auc_score(truth, scores)
    assert auroc(normal, anomalous, resamples=1).value == pytest.approx(expected, abs=1e-12)


@settings(deadline=None)
@given(normal=SCORES, anomalous=SCORES)
def test_with_the_kinds_exchanged_auroc_is_what_is_missing_to_1(normal, anomalous):
    assume(len({*normal, *anomalous}) > 1)
    forth = auroc(normal, anomalous, resamples=1).value
    assert forth + auroc(anomalous, normal, resamples=1).value == pytest.approx(1)


def test_a_tie_counts_half():
    assert auroc(np.array([1.0, 2.0]), np.array([2.0, 2.0]), resamples=1).value == 0.75


def test_constant_scores_have_no_auroc_but_a_reason():
    found = auroc(np.zeros(30), np.zeros(12))
    assert math.isnan(found.value)
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert found.reason == "All 42 scores are the same: they rank nothing."


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    truth = 0.5 * (
        1 + math.erf(math.sqrt(0.5))
    )  # of two normal distributions, sqrt(2) standard deviations apart
    trials = [auroc(*separated(math.sqrt(2), 150, seed), resamples=200) for seed in range(200)]
    covered = np.mean([each.low <= truth <= each.high for each in trials])
    assert 0.88 <= covered <= 0.99
    assert all(each.low <= each.value <= each.high for each in trials)


def test_the_interval_is_the_same_for_the_same_seed_and_shrinks_with_more_images():
    assert auroc(*separated(1)) == auroc(*separated(1))
    assert auroc(*separated(1)) != auroc(*separated(1), seed=1)
    few, many = auroc(*separated(1, 100)), auroc(*separated(1, 10_000))
    assert many.high - many.low < (few.high - few.low) / 5


def test_a_perfect_detector_reaches_1_and_its_interval_too():
    found = auroc(np.arange(5.0), np.arange(5.0, 9.0))
    assert (found.value, found.low, found.high, found.reason) == (1, 1, 1, "")


# -- the other measures


@settings(deadline=None)
@given(normal=SCORES, anomalous=SCORES)
def test_average_precision_is_that_of_scikit_learn(normal, anomalous):
    expected = metrics.average_precision_score(*judged(normal, anomalous))
    assert average_precision(normal, anomalous) == pytest.approx(expected, abs=1e-12)


@settings(deadline=None)
@given(normal=SCORES, anomalous=SCORES)
def test_an_unthinned_roc_curve_encloses_the_auroc_and_its_thresholds_do_what_they_say(normal, anomalous):
    assume(len({*normal, *anomalous}) > 1)
    curve = roc_curve(normal, anomalous, points=1000)
    found = np.trapezoid(curve["detection_rate"], curve["false_alarm_rate"])
    assert found == pytest.approx(auroc(normal, anomalous, resamples=1).value)
    for point in curve.itertuples():
        assert np.mean(normal > point.threshold) == pytest.approx(point.false_alarm_rate)
        assert np.mean(anomalous > point.threshold) == pytest.approx(point.detection_rate)


def test_a_thinned_curve_has_few_points_both_ends_and_nearly_the_same_area():
    normal, anomalous = separated(1.5, 10_000)
    curve = roc_curve(normal, anomalous)
    assert 50 < len(curve) <= CURVE_POINTS
    assert curve.iloc[0][["false_alarm_rate", "detection_rate"]].tolist() == [0, 0]
    assert curve.iloc[-1].tolist() == [1, 1, -math.inf]
    assert curve["false_alarm_rate"].is_monotonic_increasing
    area = np.trapezoid(curve["detection_rate"], curve["false_alarm_rate"])
    assert area == pytest.approx(auroc(normal, anomalous, resamples=1).value, abs=1e-3)


def test_with_hindsight_false_alarms_are_at_most_what_was_allowed():
    normal, anomalous = separated(2)
    for rate in (0.01, 0.05, 0.3):
        assert rate - 1e-3 <= flagged_share(normal, Calibrator(normal), rate) <= rate
    assert flagged_share(anomalous, Calibrator(normal), 0.05) > 0.5


def test_held_out_calibration_keeps_the_false_alarm_rate_about_and_detects_as_the_curve_says():
    normal, anomalous = separated(2, 10_000)
    held_out, _ = separated(2, 10_000, seed=1)
    assert flagged_share(normal, Calibrator(held_out), 0.05) == pytest.approx(0.05, abs=0.01)
    curve = roc_curve(normal, anomalous, points=20_000)
    expected = np.interp(0.05, curve["false_alarm_rate"], curve["detection_rate"])
    assert flagged_share(anomalous, Calibrator(held_out), 0.05) == pytest.approx(expected, abs=0.02)


def test_too_few_calibration_images_for_a_rate_are_told():
    with pytest.raises(ConfigError, match="80 calibration digits"):
        flagged_share(np.ones(3), Calibrator(np.arange(80)), 0.01)


def test_the_confusion_table_counts_every_image_once_and_calls_only_what_is_above():
    table = confusion_table(np.array([1.0, 2.0, 3.0]), np.array([2.0, 5.0]), threshold=2.0)
    assert table.loc["normal"].to_dict() == {"normal": 2, "anomaly": 1}
    assert table.loc["anomaly"].to_dict() == {"normal": 1, "anomaly": 1}


def test_rows_by_class_tell_which_anomalies_are_missed():
    scores = np.array([0.0, 1.0, 2.0, 9.0, 8.0, 1.0, 0.5])
    labels = np.array([3, 3, 3, 5, 5, 7, 7])
    table = detection_by_class(scores, labels, labels != 3, threshold=2.0).set_index("label")
    assert table["images"].to_dict() == {3: 3, 5: 2, 7: 2}
    assert table["flagged"].to_dict() == {3: 0, 5: 1, 7: 0}
    assert table["mean_score"][5] == 8.5
    assert math.isnan(table["auroc"][3])
    assert table["auroc"][5] == 1
    assert table["auroc"][7] == pytest.approx((1.5 + 1) / 6)


def test_one_label_may_be_normal_and_spoiled():
    scores, labels = np.array([0.0, 5.0]), np.array([4, 4])
    table = detection_by_class(scores, labels, np.array([False, True]), threshold=1.0)
    assert table["is_anomaly"].tolist() == [False, True]
    assert table["flagged"].tolist() == [0, 1]


# -- refusals


def test_a_share_of_nothing_is_refused():
    with pytest.raises(ConfigError, match="there are no judged ones"):
        flagged_share(np.empty(0), Calibrator(np.arange(100)), 0.05)


@pytest.mark.parametrize("measure", [auroc, average_precision, roc_curve])
def test_a_missing_kind_is_named(measure):
    with pytest.raises(ConfigError, match="there are no anomalous ones"):
        measure(np.ones(3), np.empty(0))
    with pytest.raises(ConfigError, match="there are no normal ones"):
        measure(np.empty(0), np.ones(3))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_scores_that_are_no_numbers_are_counted(value):
    with pytest.raises(ConfigError, match="1 of 3 scores of normal images are NaN or infinite"):
        auroc(np.array([0.0, value, 1.0]), np.ones(2))


def test_the_plain_area_is_that_without_its_interval():
    normal, anomalous = np.array([1.0, 3]), np.array([2.0, 4])
    assert plain_auroc(normal, anomalous) == 0.75 == auroc(normal, anomalous).value


@pytest.mark.parametrize(
    ("area", "high", "words"),
    [
        (0.3, 0.4, "turned round"),
        (0.3, None, "turned round"),
        (0.48, 0.52, "lies within its interval"),
        (0.5, 0.6, ""),
        (0.9, 0.95, ""),
        (math.nan, math.nan, ""),
        (None, None, ""),
    ],
)
def test_an_area_below_chance_is_explained_and_no_other(area, high, words):
    told = turned_round(area, high)
    assert bool(told) is bool(words)
    assert words in told
