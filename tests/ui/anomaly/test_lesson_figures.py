"""Figures of the lessons on anomaly scores."""

import numpy as np
import pandas
import pytest

from ae_core.lessons.ink import InkStudy
from ui.anomaly import lesson_figures
from ui.shell.theme import LIGHT

STUDY = InkStudy(
    np.array([0.1, 0.2]),
    np.array([1.0, 2.0]),
    pandas.DataFrame({"ink": [0.0, 0.01], "score": [0.1, 9.0], "share": [0.0, 1.0]}, index=["blank", "dot"]),
    pandas.DataFrame({"ink": [0.1, 0.2], "score": [1.0, 2.0]}, index=[1, 8]),
    0.5,
)
SIZES = pandas.DataFrame(
    {"latent_dim": [2, 8], "test_error": [0.03, 0.01], "mse": [0.9, 0.8], "nap": [0.7, 0.6]}
)


def test_areas_below_chance_hang_from_it_and_are_solid():
    figure = lesson_figures.areas_from_chance(pandas.Series({"1": 0.2, "2": 0.9}), "digit")
    (bars,) = figure.data
    assert bars.base == 0.5
    assert list(bars.y) == pytest.approx([-0.3, 0.4])
    assert bars.marker.color == LIGHT["anomaly"]
    assert bars.marker.opacity[0] == 1 > bars.marker.opacity[1]
    assert figure.layout.yaxis.range[0] < 0.2


def test_digits_their_classes_and_anomalies_stand_at_their_ink_and_score():
    figure = lesson_figures.against_ink(STUDY, "score")
    digits, anomalies = figure.data
    assert list(zip(digits.x, digits.y, strict=True)) == [(0.1, 1), (0.2, 2)]
    assert [word.text for word in figure.layout.annotations] == ["<b>1</b>", "<b>8</b>"]
    assert list(anomalies.y) == [0.1, 9]
    assert (digits.marker.color, anomalies.marker.color) == (LIGHT["normal"], LIGHT["anomaly"])


def test_no_anomaly_is_beyond_the_axis():
    figure = lesson_figures.against_ink(STUDY, "score")
    assert figure.layout.yaxis.range[1] > 9


def test_each_score_has_a_curve_of_its_own_over_the_sizes():
    figure = lesson_figures.auroc_by_dimension(SIZES, {"mse": "MSE", "nap": "NAP"})
    assert [(trace.name, list(trace.y)) for trace in figure.data] == [
        ("MSE", [0.9, 0.8]),
        ("NAP", [0.7, 0.6]),
    ]
    (error,) = lesson_figures.error_by_dimension(SIZES).data
    assert list(error.y) == [0.03, 0.01]
