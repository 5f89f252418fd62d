"""Digits: order, filter, range, paging, the large view, the threshold."""

import re
from functools import partial

import numpy as np
import pytest

from ae_core import zoo
from ae_core.data.sources import load_digits
from ae_core.scores.calibration import Calibrator, class_table, evaluate
from ae_core.words import percent, three_digits
from tests.pages.conftest import assert_sound, words
from ui.widgets import formulas


@pytest.fixture(scope="module")
def table():
    """The shipped model's scores of the embedded test digits, the hardest first."""
    table = evaluate(zoo.load("dense-32"), load_digits("embedded").test)
    return table.sort_values("error", ascending=False, kind="stable")


@pytest.fixture(scope="module")
def calibrator():
    return Calibrator.fit(zoo.load("dense-32"), load_digits("embedded").validation)


@pytest.fixture
def visit(visit):
    """By the mean squared error, so that the hardest digits are those with the largest error."""
    return partial(visit, score="mse")


def group(lab, key):
    (found,) = (each for each in lab.get("button_group") if each.key == key)
    return found


def large(lab) -> tuple[int, int]:
    """Index and label of the digit that is shown large."""
    found = re.search(r"Test digit \*\*([\d,]+)\*\*, \*\*an? (\d)\*\*", words(lab))
    return int(found[1].replace(",", "")), int(found[2])


def counted(lab) -> int:
    return int(re.search(r"([\d,]+) of 1,000 test digits", words(lab))[1].replace(",", ""))


def test_the_hardest_digit_comes_first_and_is_shown_large(visit, table, calibrator):
    lab = visit("digits")
    hardest = table.iloc[0]
    assert large(lab) == (hardest["index"], hardest["label"])
    assert f"Score **{three_digits(hardest['error'])}**" in words(lab)
    assert f"at most **{percent(float(calibrator.p_values(hardest['error'])))}** of validation" in words(lab)
    assert counted(lab) == 1000


def test_the_answer_names_the_classes_with_the_largest_and_the_smallest_error(visit, table):
    means = table.groupby("label")["error"].mean()
    answer = visit("digits").markdown[0].value
    assert f"The **{means.idxmax()}** on average, the **{means.idxmin()}** least" in answer


def test_the_order_turns_round(visit, table):
    lab = visit("digits")
    group(lab, "order").set_value("Easiest first").run()
    assert_sound(lab)
    assert large(lab)[0] == table.iloc[-1]["index"]


@pytest.mark.parametrize("labels", [[7], [1, 8]])
def test_only_the_chosen_classes_are_shown(visit, table, labels):
    lab = visit("digits")
    group(lab, "labels").set_value(labels).run()
    wanted = table[table["label"].isin(labels)]
    assert counted(lab) == len(wanted)
    assert large(lab) == (wanted.iloc[0]["index"], wanted.iloc[0]["label"])


def test_only_scores_in_the_range_are_shown(visit, table):
    lab = visit("digits")
    middle = lab.slider(key="range")
    low, high = table["error"].quantile([0.4, 0.6])
    middle.set_range(float(low), float(high)).run()
    assert_sound(lab)
    step = float(table["error"].max() - table["error"].min()) / 200
    inside = table["error"].between(low - step, high + step).sum()
    assert 0 < counted(lab) <= inside
    assert counted(lab) >= table["error"].between(low + step, high - step).sum()
    shown = table[table["index"] == large(lab)[0]]["error"].item()
    assert low - step <= shown <= high + step


def test_a_choice_that_no_digit_fits_says_what_to_do(visit, table):
    lab = visit("digits")
    hardest = table.iloc[0]
    ceiling = float(hardest["error"])
    group(lab, "labels").set_value([int((hardest["label"] + 1) % 10)])
    lab.slider(key="range").set_range(ceiling, ceiling).run()
    assert_sound(lab)
    assert ["Widen the score range, or choose more digits" in info.value for info in lab.info] == [True]
    group(lab, "labels").set_value([int(hardest["label"])]).run()
    assert counted(lab) == 1
    assert large(lab)[0] == hardest["index"]


def test_pages_follow_each_other_and_the_last_is_the_last(visit, table):
    lab = visit("digits")
    page = lab.number_input(key="page")
    assert page.label == "Page, of 50"
    page.set_value(2).run()
    assert large(lab)[0] == table.iloc[20]["index"]
    lab.number_input(key="page").set_value(50).run()
    assert large(lab)[0] == table.iloc[980]["index"]


def test_a_page_that_a_narrower_choice_lacks_becomes_its_last(visit, table):
    lab = visit("digits")
    lab.number_input(key="page").set_value(50).run()
    group(lab, "labels").set_value([3]).run()
    assert_sound(lab)
    page = lab.number_input(key="page")
    assert (page.label, page.value) == ("Page, of 5", 5)
    assert "From 1 to" not in words(lab)  # the choice did it, not a number that was typed
    assert large(lab)[0] == table[table["label"] == 3].iloc[80]["index"]


@pytest.mark.parametrize(("typed", "taken"), [(9999, 50), (-3, 1)])
def test_a_page_out_of_range_becomes_the_nearest_and_the_range_is_said(visit, table, typed, taken):
    lab = visit("digits")
    lab.number_input(key="page").set_value(typed).run()
    assert_sound(lab)
    assert lab.number_input(key="page").value == taken
    assert "From 1 to 50." in words(lab)
    assert large(lab)[0] == table["index"].iloc[20 * (taken - 1)]
    lab.number_input(key="page").set_value(2).run()
    assert "From 1 to 50." not in words(lab)


@pytest.mark.parametrize("rate", [1.0, 5.0, 20.0])
def test_the_threshold_flags_what_the_calibrator_flags(visit, table, calibrator, rate):
    lab = visit("digits")
    lab.slider(key="rate").set_value(rate).run()
    threshold = calibrator.threshold(rate / 100)
    flagged = (table["error"] > threshold).mean()
    assert (
        f"Threshold {three_digits(threshold)}, set on 800 validation digits: it flags **{percent(flagged)}** "
        f"of the 1,000 test digits, {percent(rate / 100)} was asked for."
    ) in words(lab)
    (shown,) = lab.dataframe
    wanted = class_table(table["label"], table["error"], threshold)
    assert shown.value["digit"].tolist() == list(range(10))
    assert np.allclose(shown.value["flagged"], wanted["flagged"])
    assert np.allclose(shown.value["mean_score"], wanted["mean_score"])


def test_the_false_alarm_rate_is_one_for_all_pages(visit):
    lab = visit("digits")
    lab.slider(key="rate").set_value(1.5).run()
    lab.switch_page("../../pages/draw.py").run()
    assert lab.slider(key="rate").value == 1.5


@pytest.mark.parametrize("rate", [500.0, -1.0])
def test_a_rate_out_of_range_is_not_taken(visit, rate):
    lab = visit("digits")
    lab.slider(key="rate").set_value(rate).run()
    assert_sound(lab)
    assert 0 < lab.session_state["rate"] <= 20


def test_the_formulas_have_the_numbers_of_the_digit_that_is_shown(visit, table):
    lab = visit("digits")
    assert not lab.latex
    lab.session_state[formulas.KEY] = True
    lab.run()
    assert_sound(lab)
    error = three_digits(table["error"].iloc[0])
    assert [rf"= {error} \end" in each.value for each in lab.latex].count(True) == 2  # the score, the loss
    assert len(lab.latex) == 6
