"""The published results as they are quoted, and the lab's own on file."""

import pytest

from ae_core.lessons import published
from ae_core.scores.table import SCORES
from ae_core.studies.experiment import RECIPES, Kind
from ae_core.training.config import TrainConfig

KINDS = pytest.mark.parametrize("kind", [Kind.ONE_CLASS, Kind.HELD_OUT])


MEANS = {"Deep SVDD": 0.948, "OCGAN": 0.975, "GeoTrans": 0.980, "ARNet": 0.983}  # as they were published


def test_the_mean_of_ten_digits_is_the_published_one():
    rows = {row.method: row for row in published.ONE_CLASS}
    for method, mean in MEANS.items():
        assert len(rows[method].by_digit) == 10
        assert rows[method].mean == pytest.approx(mean, abs=0.0011)


def test_where_only_a_mean_was_published_there_are_no_digits():
    assert [row.by_digit for row in published.HELD_OUT] == [()] * len(published.HELD_OUT)


def test_rapp_s_own_means_are_in_the_table_with_what_is_not_known_of_them():
    for rows, mean in ((published.ONE_CLASS, 0.989), (published.HELD_OUT, 0.965)):
        (row,) = (each for each in rows if each.method == "RaPP: VAE, NAP")
        assert row.mean == pytest.approx(mean, abs=0.001)
        assert "not known" in row.unsure


@KINDS
def test_whoever_is_ahead_of_the_lab_is_named_and_nobody_else(kind):
    told = published.standing(kind)
    mean = sum(published.own(kind).of_chosen()) / 10
    before_level = told.split("level with")[0].split("ahead of")[0]
    for row in published.PUBLISHED[kind]:
        is_ahead = round(row.mean, 3) > round(mean, 3)
        assert (f"{row.method} ({100 * row.mean:.1f})" in before_level) is is_ahead


@pytest.mark.parametrize("row", published.ONE_CLASS + published.HELD_OUT, ids=lambda row: row.method)
def test_every_published_row_names_its_source(row):
    assert row.source
    assert 0.5 < row.mean < 1


@KINDS
def test_the_labs_own_have_every_digit_of_every_score(kind):
    own = published.own(kind)
    assert list(own.areas.index) == list(range(10))
    assert set(own.areas.columns) <= set(SCORES)
    assert own.areas.notna().all(axis=None)
    assert own.areas.ge(0).all(axis=None)
    assert own.areas.le(1).all(axis=None)


@KINDS
def test_a_chosen_score_is_one_that_was_measured(kind):
    own = published.own(kind)
    assert own.of_chosen() == [own.areas.loc[digit, own.chosen] for digit in range(10)]


@KINDS
def test_they_were_measured_with_the_recipe_that_the_lab_offers(kind):
    measured = published.on_file()[kind]
    assert measured["model"] == RECIPES[kind].model.to_dict()
    assert TrainConfig.from_dict(measured["train"]) == RECIPES[kind].train


def test_a_held_out_1_is_below_chance_by_its_error_and_mended_by_another_score():
    areas = published.own(Kind.HELD_OUT).areas.loc[1]
    assert areas["mse"] < 0.5 < areas.max()
