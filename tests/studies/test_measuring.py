"""Measures of a part: as scikit-learn and counting have them, and None with a reason where there is none."""

import numpy as np
import pandas
import pytest
from sklearn.metrics import roc_auc_score

from ae_core.studies.measuring import measured


def table(normal, strange, name="mse"):
    kinds = np.repeat([False, True], [len(normal), len(strange)])
    scores = np.concatenate([normal, strange]).astype(np.float32)
    return pandas.DataFrame({"index": range(len(scores)), "label": 0, "is_anomaly": kinds, name: scores})


@pytest.fixture
def scores():
    random = np.random.default_rng(0)
    return random.normal(0, 1, 300), random.normal(2, 1, 200)


def held_out(count):
    return pandas.DataFrame({"mse": np.random.default_rng(1).normal(0, 1, count).astype(np.float32)})


def test_every_number_is_that_of_the_stored_scores(scores):
    normal, strange = (each.astype(np.float32) for each in scores)
    calibration = held_out(500)
    (row,) = measured(table(normal, strange), calibration)
    truth = np.repeat([0, 1], [300, 200])
    assert row.auroc == pytest.approx(roc_auc_score(truth, np.concatenate([normal, strange])))
    assert row.auroc - 0.05 < row.low < row.auroc < row.high < row.auroc + 0.05
    assert (row.n_normal, row.n_anomalies) == (300, 200)
    highest = np.sort(calibration["mse"])[::-1]
    assert row.detected_at_5 == np.mean(strange > highest[24])  # with 24 as high, p = 25 / 501
    assert row.false_alarms_at_1 == np.mean(normal > highest[4])
    assert row.note == ""


def test_too_few_calibration_digits_cost_one_rate_and_say_so(scores):
    (row,) = measured(table(*scores), held_out(98))
    assert row.detected_at_1 is None
    assert row.false_alarms_at_1 is None
    assert row.detected_at_5 > 0.2
    assert row.note == "A threshold for 1 % false alarms needs 99 calibration digits, there are 98."
    assert measured(table(*scores), held_out(99))[0].detected_at_1 is not None


@pytest.mark.parametrize(
    ("normal", "strange", "reason"),
    [
        (np.ones(3), np.ones(4), "All 7 scores are the same"),
        (np.ones(3), np.array([np.nan, 2.0]), "1 of 2 scores of anomalous images are NaN"),
        (np.ones(3), np.empty(0), "there are no anomalous ones"),
    ],
)
def test_what_cannot_be_ranked_has_no_auroc_but_a_note(normal, strange, reason):
    with np.errstate(all="ignore"):
        (row,) = measured(table(normal, strange), held_out(200))
    assert row.auroc is None
    assert reason in row.note
