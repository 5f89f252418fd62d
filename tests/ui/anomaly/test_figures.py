"""Figures of the Anomaly page: what is drawn where, and in which colour."""

import numpy as np
import pandas
import pytest

from ae_core.scores.metrics import roc_curve
from ui.anomaly import figures
from ui.shell.theme import LIGHT

NORMAL, ANOMALOUS = np.array([1.0, 2, 2, 3, 4]), np.array([3.0, 4, 5, 60])


def counted(figure, name: str, *, opaque: bool | None = None) -> int:
    """Images in the bars of this name."""
    traces = [trace for trace in figure.data if trace.name == name]
    if opaque is not None:
        traces = [trace for trace in traces if (trace.opacity == 1) == opaque]
    return int(sum(trace.customdata.sum() for trace in traces))


def test_every_image_is_in_a_bar_however_far_out():
    figure = figures.opposed_histograms(NORMAL, ANOMALOUS, 2.5, "score")
    assert counted(figure, "normal images") == len(NORMAL)
    assert counted(figure, "anomalies") == len(ANOMALOUS)


@pytest.mark.parametrize("threshold", [0.5, 2.5, 3, 100])
def test_what_is_judged_wrongly_is_solid(threshold):
    figure = figures.opposed_histograms(NORMAL, ANOMALOUS, threshold, "score")
    assert counted(figure, "normal images", opaque=True) == (threshold < NORMAL).sum()
    assert counted(figure, "anomalies", opaque=True) == (threshold >= ANOMALOUS).sum()


def test_normal_images_are_above_the_axis_and_anomalies_beneath_in_their_colours():
    figure = figures.opposed_histograms(NORMAL, ANOMALOUS, 2.5, "score")
    for name, meaning, sign in (("normal images", "normal", 1), ("anomalies", "anomaly", -1)):
        for trace in (each for each in figure.data if each.name == name):
            assert trace.marker.color == LIGHT[meaning]
            assert (sign * trace.y[~np.isnan(trace.y)] > 0).all()


@pytest.mark.parametrize("value", [0.0, -3.0, 7.0])
def test_scores_that_are_all_the_same_can_be_drawn(value):
    same = np.full(5, value)
    figure = figures.opposed_histograms(same, same, value, "score")
    low, high = figure.layout.xaxis.range
    assert low <= value < high
    assert counted(figure, "normal images") == 5


def test_the_roc_has_the_chosen_curve_last_but_the_point_and_references_dashed():
    curves = {"a": roc_curve(NORMAL, ANOMALOUS), "b": roc_curve(NORMAL, -ANOMALOUS)}
    figure = figures.roc(curves, "a", (0.4, 0.75), ("b",))
    by_name = {trace.name: trace for trace in figure.data}
    assert by_name["a"].line.color == LIGHT["anomaly"]
    assert by_name["b"].line.dash == "dash"
    assert by_name["b"].line.color == LIGHT["reference"]
    assert (by_name["the threshold"].x[0], by_name["the threshold"].y[0]) == (0.4, 0.75)


def test_only_the_chosen_curve_says_which_threshold_was_clicked():
    curves = {"a": roc_curve(NORMAL, ANOMALOUS), "b": roc_curve(NORMAL, -ANOMALOUS)}
    by_name = {trace.name: trace for trace in figures.roc(curves, "a", (0, 0)).data}
    assert by_name["b"].customdata is None
    assert np.isfinite(by_name["a"].customdata.astype(float)).all()


def test_an_interval_reaches_from_low_to_high():
    table = pandas.DataFrame({"part": ["the 1"], "auroc": [0.8], "low": [0.7], "high": [0.85]})
    (points,) = figures.auroc_by_part(table).data
    assert points.error_x.array[0] == pytest.approx(0.05)
    assert points.error_x.arrayminus[0] == pytest.approx(0.1)


def test_the_heatmap_tells_each_area_beneath_its_score_and_what_is_unknown():
    areas = pandas.DataFrame({"A": [0.5, 0.987], "B": [np.nan, 0.0]}, index=["fog", "blank"])
    (heatmap,) = figures.auroc_heatmap(areas).data
    assert (list(heatmap.x), list(heatmap.y)) == (["A", "B"], ["fog", "blank"])
    assert [list(row) for row in heatmap.text] == [["50", "–"], ["99", "0"]]
    assert (heatmap.zmin + heatmap.zmax) / 2 == 0.5  # chance is white, whatever was found
    assert heatmap.colorscale[1] == (0.5, "#FFFFFF")
