"""The choice of a score: one for all pages, among those that suit, and everything shown follows it."""

import re

import numpy as np
import pytest

from ae_core.config import DEFAULT_SCORE
from ae_core.data.sources import load_digits
from ae_core.drawing import samples
from ae_core.drawing.ink import digit_from_drawing
from ae_core.scores.calibration import class_table
from ae_core.scores.scorers import Sap
from ae_core.scores.table import SCORES
from ae_core.words import percent, three_digits
from tests.pages.conftest import assert_sound, words
from tests.pages.test_digits import group, large
from tests.pages.test_draw import draw, open_part
from tests.pages.test_latent import figure, values
from ui.draw.verdict import COMPARISON
from ui.shell import cached

VARIATIONAL = "zoo:variational-2"


def choose(lab, name):
    lab.selectbox(key="score").set_value(name).run()
    assert_sound(lab)


def by(name, model="zoo:dense-32") -> cached.Evaluation:
    return cached.evaluation(model, "embedded", name)


def histogram_of(lab, beginning="Score: ") -> str:
    (found,) = (each.proto.spec for each in lab.get("plotly_chart") if beginning in each.proto.spec)
    return found


@pytest.fixture(scope="module")
def drawing():
    return samples.real_digit(load_digits("embedded").test.images, 5)


# -- the choice


@pytest.mark.parametrize("page", ["digits", "draw", "latent"])
def test_it_is_the_default_of_the_lab_until_another_is_chosen(visit, page):
    lab = visit(page)
    choice = lab.selectbox(key="score")
    assert choice.value == DEFAULT_SCORE
    assert choice.options == [score.title for score in SCORES.values() if not score.needs]
    for words_of in ("formula", "misses", "source"):
        assert getattr(SCORES[DEFAULT_SCORE], words_of) in choice.help
    choose(lab, "mse")
    assert "the reference notebook" in lab.selectbox(key="score").help


def test_the_score_is_in_the_address_and_a_reload_or_a_friend_finds_it_there(visit):
    lab = visit("digits")
    choose(lab, "nap")
    assert lab.query_params["score"] == "nap"
    again = visit("digits", score="nap")
    assert again.selectbox(key="score").value == "nap"
    assert large(again) == large(lab)


def test_a_fragment_puts_its_choice_into_the_address_too(visit):
    lab = visit("latent", score="error_per_ink")
    assert lab.selectbox(key="score").value == "error_per_ink"
    choose(lab, "mahalanobis")
    assert lab.query_params["score"] == "mahalanobis"


@pytest.mark.parametrize("asked", ["best", "", "negative_elbo"])
def test_a_score_in_the_address_that_is_none_or_does_not_suit_is_told(visit, asked):
    lab = visit("digits", score=asked)
    assert_sound(lab)
    assert lab.selectbox(key="score").value == DEFAULT_SCORE
    assert (
        "needs a variational" in words(lab)
        if asked == "negative_elbo"
        else "the score '" in lab.warning[0].value
    )


def test_only_a_variational_model_offers_the_elbo(visit):
    choice = visit("draw", model=VARIATIONAL).selectbox(key="score")
    assert choice.options == [score.title for score in SCORES.values()]


def test_one_choice_holds_on_all_pages(visit):
    lab = visit("digits")
    choose(lab, "error_per_ink")
    lab.switch_page("../../pages/home.py").run()
    assert_sound(lab)
    lab.switch_page("../../pages/draw.py").run()
    assert lab.selectbox(key="score").value == "error_per_ink"
    assert SCORES["error_per_ink"].formula in lab.selectbox(key="score").help
    choose(lab, "sap")
    lab.switch_page("../../pages/home.py").run()
    lab.switch_page("../../pages/digits.py").run()
    assert lab.selectbox(key="score").value == "sap"
    assert "Score: Hidden paths, summed" in histogram_of(lab)


@pytest.mark.parametrize("page", ["digits", "draw"])
def test_a_model_that_the_score_does_not_suit_falls_back_and_says_so(visit, page):
    lab = visit(page, model=VARIATIONAL)
    choose(lab, "negative_elbo")
    assert "Score: Negative ELBO" in histogram_of(lab)
    lab.sidebar.selectbox(key="model").set_value("zoo:dense-32").run()
    assert_sound(lab)
    note = "Negative ELBO needs a variational network"
    assert lab.selectbox(key="score").value == DEFAULT_SCORE
    assert "Score: Error and outline" in histogram_of(lab)
    assert note in words(lab)
    assert not lab.error
    assert not lab.warning
    choose(lab, "sap")  # whoever has chosen anew knows
    assert note not in words(lab)


def test_a_model_changed_elsewhere_falls_back_too(visit):
    lab = visit("digits", model=VARIATIONAL)
    choose(lab, "negative_elbo")
    lab.switch_page("../../pages/home.py").run()
    lab.sidebar.selectbox(key="model").set_value("zoo:dense-32").run()
    assert_sound(lab)
    lab.switch_page("../../pages/draw.py").run()
    assert_sound(lab)
    assert lab.selectbox(key="score").value == DEFAULT_SCORE


def test_what_is_no_score_is_not_taken(visit):
    lab = visit("home")
    lab.session_state["score"] = "nonsense"
    lab.switch_page("../../pages/digits.py").run()
    assert_sound(lab)
    assert lab.selectbox(key="score").value == DEFAULT_SCORE
    assert not lab.error


def test_a_score_that_fails_with_this_model_is_named_and_replaced(visit, monkeypatch, tmp_path):
    monkeypatch.setenv("AE_CACHE", str(tmp_path))
    monkeypatch.setattr(Sap, "__call__", lambda _, seen: seen.ink * float("nan"))
    lab = visit("draw", model="zoo:dense-16")
    choose(lab, "sap")
    (warning,) = lab.warning
    assert "Hidden paths, summed does not suit this model" in warning.value
    assert "Score: Mean squared error" in histogram_of(lab)


# -- Digits


@pytest.mark.parametrize("name", [name for name in SCORES if name != "negative_elbo"])
def test_digits_are_in_the_order_of_the_score(visit, name):
    lab = visit("digits")
    choose(lab, name)
    table = by(name).test.sort_values("score", ascending=False, kind="stable")
    hardest = table.iloc[0]
    assert large(lab) == (hardest["index"], hardest["label"])
    p_value = float(by(name).calibrator.p_values(hardest["score"]))
    assert f"Score **{three_digits(hardest['score'])}**: at most **{percent(p_value)}** of valid" in words(
        lab
    )
    assert f"Score: {SCORES[name].title}" in histogram_of(lab)
    assert SCORES[name].sees in words(lab)
    group(lab, "order").set_value("Easiest first").run()
    easiest, _ = large(lab)
    assert by(name).test.loc[easiest, "score"] == table["score"].iloc[-1]  # several may share it


def test_the_answer_the_threshold_and_the_classes_follow_the_score(visit):
    lab = visit("digits")
    choose(lab, "error_per_ink")
    evaluation = by("error_per_ink")
    means = evaluation.test.groupby("label")["score"].mean()
    assert (
        f"The **{means.idxmax()}** on average, the **{means.idxmin()}** least: mean score "
        f"{three_digits(means.max())} against {three_digits(means.min())}."
    ) in lab.markdown[0].value
    threshold = evaluation.calibrator.threshold(0.05)
    flagged = percent((evaluation.test["score"] > threshold).mean())
    assert f"Threshold {three_digits(threshold)}, set on 800" in words(lab)
    assert f"it flags **{flagged}** of" in words(lab)
    wanted = class_table(evaluation.test["label"], evaluation.test["score"].to_numpy(), threshold)
    assert lab.dataframe[0].value.equals(wanted)


@pytest.mark.parametrize(("name", "uses_no_network"), [("isolation_forest", True), ("sap", False)])
def test_a_score_without_a_network_is_not_told_as_the_network_s(visit, drawing, name, uses_no_network):
    lab = visit("digits", score=name)
    assert ("its network has no part in this score" in lab.markdown[0].value) is uses_no_network
    lab = visit("draw", score=name)
    draw(lab, drawing)
    assert any(
        f"usual for {'training digits' if uses_no_network else 'digits it learned'}" in each.value
        for each in lab.subheader
    )
    open_part(lab, COMPARISON)
    assert ("uses no network: only another size" in words(lab)) is uses_no_network


@pytest.mark.parametrize("name", ["frame_and_pen", "combined"])
def test_what_judges_a_picture_s_making_says_that_it_judges_no_drawing(visit, drawing, name):
    lab = visit("draw", score=name)
    draw(lab, drawing)
    assert any("not on your digit" in each.value for each in lab.warning) is SCORES[name].judges_making


@pytest.mark.parametrize("name", ["mahalanobis", "isolation_forest", "error_per_ink"])
def test_the_range_is_that_of_the_score(visit, name):
    lab = visit("digits")
    lab.slider(key="range").set_range(0.004, 0.005).run()  # of the score that was shown before
    choose(lab, name)
    scores = by(name).test["score"]
    shown = lab.slider(key="range")
    assert (shown.min, shown.max) == (scores.min(), scores.max())
    assert shown.value == (scores.min(), scores.max())
    assert "1,000 of 1,000 test digits" in words(lab)
    low, high = scores.quantile([0.4, 0.6])
    shown.set_range(float(low), float(high)).run()
    assert_sound(lab)
    assert "1,000 of 1,000" not in words(lab)


@pytest.mark.parametrize("value", [0.0, 3.5])
def test_scores_that_are_all_alike_are_shown_without_a_range(visit, monkeypatch, value):
    usual = by("mse")
    alike = cached.Evaluation(usual.test.assign(score=value), usual.detector)
    monkeypatch.setattr(cached, "evaluation", lambda *_: alike)
    lab = visit("digits")
    assert "1,000 of 1,000 test digits" in words(lab)
    assert "range" not in [slider.key for slider in lab.slider]


def test_a_score_that_is_not_finite_breaks_nothing(visit, monkeypatch):
    usual = by("mse")
    odd = usual.test["score"].astype(float).to_numpy().copy()
    odd[[3, 4]] = np.nan, np.inf
    broken = cached.Evaluation(usual.test.assign(score=odd), usual.detector)
    monkeypatch.setattr(cached, "evaluation", lambda *_: broken)
    lab = visit("digits")
    assert "998 of 1,000 test digits" in words(lab)


# -- Draw


@pytest.mark.parametrize("name", [name for name in SCORES if name != "negative_elbo"])
def test_a_drawing_is_judged_by_the_score(visit, drawing, name):
    lab = visit("draw")
    draw(lab, drawing)
    choose(lab, name)
    evaluation = by(name)
    value = evaluation.score_of(digit_from_drawing(drawing).image)
    p_value = float(evaluation.calibrator.p_values(value))
    assert f"Score **{three_digits(value)}** · p-value **{percent(p_value)}**" in words(lab)
    verdict = "Anomaly" if p_value <= 0.05 else "Normal"
    assert [verdict in heading.value for heading in lab.subheader] == [True]
    assert "your drawing" in histogram_of(lab, f"Score: {SCORES[name].title}")


def test_other_models_judge_by_the_score_where_it_suits_them(visit, drawing):
    lab = visit("draw", model=VARIATIONAL)
    draw(lab, drawing)
    choose(lab, "negative_elbo")
    open_part(lab, COMPARISON)
    lab.multiselect(key="compare models").set_value(["zoo:dense-8"]).run()
    assert_sound(lab)
    image = digit_from_drawing(drawing).image
    shown = re.findall(r"score \*\*(.+?)\*\*  \np-value", words(lab))
    wanted = [by("negative_elbo", VARIATIONAL), by(DEFAULT_SCORE, "zoo:dense-8")]
    assert shown == [three_digits(evaluation.score_of(image)) for evaluation in wanted]
    assert [caption.value for caption in lab.caption].count("Score: Error and outline") == 1
    choose(lab, "error_per_ink")
    shown = re.findall(r"score \*\*(.+?)\*\*  \np-value", words(lab))
    assert shown == [
        three_digits(by("error_per_ink", model).score_of(image)) for model in (VARIATIONAL, "zoo:dense-8")
    ]
    assert "Score: Error and outline" not in [caption.value for caption in lab.caption]


# -- Latent


@pytest.mark.parametrize("name", ["mse", "error_per_ink", "mahalanobis"])
def test_the_points_of_the_map_say_and_show_the_score(visit, name):
    lab = visit("latent")
    choose(lab, name)
    lab.get_by_key("map colour").set_value("by score").run()
    assert_sound(lab)
    (trace,) = figure(lab)["data"]
    order = values(trace["customdata"])[:, 0].astype(int)
    scores = by(name).test["score"].to_numpy()
    np.testing.assert_allclose(values(trace["customdata"])[:, 1], scores[order])
    np.testing.assert_allclose(
        values(trace["customdata"])[:, 2], 100 * by(name).calibrator.p_values(scores)[order]
    )
    assert (np.diff(scores[order]) >= 0).all()
    assert (np.diff(values(trace["marker"]["color"])) >= 0).all()
