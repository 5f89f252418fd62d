"""Plotly figures: every digit is counted once, in the colour of its verdict, and a click names it."""

import numpy as np
import pandas
import pytest

from ui.pictures import figures
from ui.shell.theme import LIGHT

SCORES = np.random.default_rng(0).gamma(3, 0.002, 1000)


@pytest.mark.parametrize("threshold", [0.0, 0.006, 1.0])
def test_the_histogram_counts_every_digit_once_and_colours_the_flagged(threshold):
    figure = figures.score_histogram(SCORES, threshold, "Mean squared error")
    kept, flagged = figure.data
    assert np.nansum(kept.y) == (threshold >= SCORES).sum()
    assert np.nansum(flagged.y) == (threshold < SCORES).sum()
    assert (kept.marker.color, flagged.marker.color) == (LIGHT["normal"], LIGHT["anomaly"])
    assert flagged.name == f"flagged as anomaly: {(threshold < SCORES).sum():,}"
    assert figure.layout.yaxis.type == "log"
    assert figure.layout.shapes[0].x0 == threshold
    assert figure.layout.xaxis.range[1] > max(threshold, SCORES.max())


def test_the_histogram_shows_marks_even_beyond_the_scores():
    far = SCORES.max() * 3
    figure = figures.score_histogram(SCORES, 0.01, "Mean squared error", {"your drawing": far})
    assert figure.layout.shapes[1].x0 == far
    assert "your drawing" in figure.layout.annotations[-1].text
    assert figure.layout.xaxis.range[1] > far


@pytest.mark.parametrize("value", [0.0, 1e-6, 0.5, 350.0, 1e9])
@pytest.mark.parametrize("threshold", [0.0, 0.5, 1e9])
def test_scores_that_are_all_alike_make_a_figure(value, threshold):
    figure = figures.score_histogram(np.full(10, value), threshold, "Any")
    low, high = figure.layout.xaxis.range
    assert sum(np.nansum(bars.y) for bars in figure.data) == 10
    assert low <= min(value, threshold)
    assert max(value, threshold) < high


def test_what_is_not_finite_has_no_place_in_the_histogram():
    scores = np.array([0.1, np.nan, 0.2, np.inf, -np.inf])
    figure = figures.score_histogram(scores, 0.15, "Any", {"your drawing": float("nan")})
    assert [np.nansum(bars.y) for bars in figure.data] == [1, 1]
    assert np.isfinite(figure.layout.xaxis.range).all()
    nothing = figures.score_histogram(np.full(3, np.nan), 0.15, "Any")
    assert np.isfinite(nothing.layout.xaxis.range).all()


def test_the_axis_names_the_score():
    figure = figures.score_histogram(SCORES, 0.01, "Error per ink")
    assert figure.layout.xaxis.title.text == "Score: Error per ink"


@pytest.mark.parametrize(("first", "starts_at_zero"), [(0.01, True), (0.3, True), (0.7, False), (40, False)])
def test_the_axis_begins_at_zero_unless_that_would_leave_it_empty(first, starts_at_zero):
    scores = np.linspace(first, first + 1.2, 50)
    low = figures.score_histogram(scores, first + 1, "Any").layout.xaxis.range[0]
    assert (low == 0) == starts_at_zero
    assert low <= first


def test_a_few_huge_scores_leave_the_others_apart():
    """Every digit is still counted once, and lines and their texts stand at the same places."""
    scores = np.append(np.random.default_rng(0).lognormal(6, 1, 1000), [1e8, 2e8])
    figure = figures.score_histogram(scores, 5000.0, "Any", {"your drawing": 900.0})
    assert figure.layout.xaxis.type == "log"
    assert sum(np.nansum(bars.y) for bars in figure.data) == len(scores)
    assert np.isfinite(figure.data[0].y).sum() > 20
    assert [shape.x0 for shape in figure.layout.shapes] == [5000.0, 900.0]
    assert [text.x for text in figure.layout.annotations] == pytest.approx(np.log10([5000.0, 900.0]))
    low, high = figure.layout.xaxis.range
    assert low < np.log10(scores.min()) < np.log10(scores.max()) < high
    assert figures.score_histogram(SCORES, 0.01, "Any").layout.xaxis.type != "log"


def test_score_by_class_shows_each_digit():
    table = pandas.DataFrame(
        {"digit": range(10), "digits": 100, "mean_score": np.arange(10.0), "flagged": 0.05}
    )
    (bars,) = figures.score_by_class(table).data
    assert list(bars.x) == [str(digit) for digit in range(10)]
    assert list(bars.y) == list(range(10))


@pytest.mark.parametrize("latent_dim", [1, 32, 784])
def test_code_bars_show_every_number(latent_dim):
    code = np.linspace(-1, 1, latent_dim, dtype=np.float32)
    (bars,) = figures.code_bars(code).data
    assert list(bars.x) == list(range(1, latent_dim + 1))
    assert np.array_equal(bars.y, code)


def test_a_caption_names_label_score_and_p_value():
    assert figures.digit_caption("a 7", 0.0103, 1 / 801) == "a 7, score 0.0103, p = 0.125 %"


@pytest.mark.parametrize(("size", "told"), [(1, "Latent code of 1 value"), (2, "Latent code of 2 values")])
def test_the_bars_of_a_code_say_how_many_values_it_has(size, told):
    figure = figures.code_bars(np.arange(size, dtype=float))
    assert list(figure.data[0].y) == list(range(size))
    assert figure.layout.xaxis.title.text == told


@pytest.mark.parametrize(("place", "side"), [(0.02, "right"), (0.05, "left"), (0.098, "right")])
def test_the_label_of_a_drawing_stays_in_the_figure_and_off_the_threshold_s(place, side):
    scores = np.linspace(0, 0.1, 50)
    figure = figures.score_histogram(scores, 0.04, "Any", {"your drawing": place})
    (label,) = (each for each in figure.layout.annotations if "your drawing" in each.text)
    assert label.xanchor == side
