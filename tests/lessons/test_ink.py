"""What the lessons show, measured: ink and the size of the code."""

import math

import pytest

from ae_core import zoo
from ae_core.lessons.ink import EMPTY, ink, nearly_empty, study_ink
from ae_core.models.inference import reconstruction_errors
from ae_core.scores.detector import Detector

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def fitted(embedded):
    names = ["mse", "error_per_ink"]
    return Detector(zoo.load("dense-8"), names).fit(embedded.train.images, embedded.validation.images)


def test_nearly_empty_images_have_less_ink_than_any_digit(embedded):
    blank, dot = ink(nearly_empty())
    assert blank == 0
    assert 0 < dot < ink(embedded.test.images).min()
    assert len(nearly_empty()) == len(EMPTY)


def test_a_dot_passes_for_normal_by_its_error(fitted, embedded):
    study = study_ink(fitted, "mse", embedded.test)
    assert study.anomalies.loc["single dot", "share"] < 0.1


def test_the_blank_canvas_is_the_cheapest_of_all_for_a_code_of_32_and_not_of_2(embedded):
    """What docs/teaching.md asks about."""
    lower = {
        name: (reconstruction_errors(zoo.load(name), embedded.test.images) <= blank_error(name)).mean()
        for name in ("dense-32", "dense-2")
    }
    assert lower["dense-32"] == 0
    assert lower["dense-2"] > 0.5


def blank_error(name: str) -> float:
    return float(reconstruction_errors(zoo.load(name), nearly_empty())[0])


def test_dividing_by_the_ink_takes_most_of_the_dependence_away(fitted, embedded):
    plain, divided = (study_ink(fitted, name, embedded.test) for name in ("mse", "error_per_ink"))
    assert plain.correlation > 0.25
    assert abs(divided.correlation) < plain.correlation / 2


def test_ones_have_the_least_ink_and_the_lowest_error(fitted, embedded):
    by_class = study_ink(fitted, "mse", embedded.test).by_class
    assert by_class["ink"].idxmin() == by_class["score"].idxmin() == 1


def test_a_constant_score_has_no_correlation(fitted, embedded, monkeypatch):
    constant = fitted.score_table(embedded.test.images).assign(mse=1.0)
    monkeypatch.setattr(type(fitted), "score_table", lambda _, images: constant.iloc[: len(images)])
    assert math.isnan(study_ink(fitted, "mse", embedded.test).correlation)
