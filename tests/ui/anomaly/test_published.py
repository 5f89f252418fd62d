"""The lesson of the held-out 1: whose results it is told from."""

import math
from types import SimpleNamespace

import pandas
import pytest

from ae_core.scores.table import MSE, PER_INK
from ae_core.studies.experiment import Kind
from ui.anomaly import experiment, published

VISITORS = SimpleNamespace(config=SimpleNamespace(kind=Kind.HELD_OUT), title=lambda: "mine")


@pytest.fixture
def found(monkeypatch):
    """`found({"mse": 0.4, ...})`: what the visitor's experiment has of the held-out 1."""

    def found(areas: dict[str, float]) -> None:
        table = pandas.DataFrame({"digit": 1, "score": list(areas), "auroc": list(areas.values())})
        monkeypatch.setattr(experiment, "store", lambda: None)
        monkeypatch.setattr(published, "results", lambda *_: table)

    return found


def test_the_visitors_experiment_tells_the_lesson_where_it_has_both_scores(found):
    found({MSE: 0.6, PER_INK: 0.9, "nap": math.nan})
    areas, where = published.held_out_areas(VISITORS)
    assert areas.loc[1, MSE] == 0.6
    assert "mine" in where


@pytest.mark.parametrize("areas", [{MSE: 0.6}, {MSE: 0.6, PER_INK: math.nan}, {MSE: math.nan, PER_INK: 0.9}])
def test_without_one_of_them_the_measured_results_do(found, areas):
    found(areas)
    assert "Measured by" in published.held_out_areas(VISITORS)[1]
