"""Figures of the Trade-offs page: what is drawn, where, and with which marks."""

import numpy as np
import pandas
import pytest

from ae_core.models.config import ModelConfig
from ui.shell.theme import LIGHT
from ui.tradeoffs import figures

LINEAR = np.geomspace(0.067, 1e-6, 785)
POINTS = pandas.DataFrame(
    {
        "model": ["a", "b", "c"],
        "architecture": ["dense", "dense", "convolutional"],
        "latent_dim": [2, 32, 32],
        "test_error": [0.035, 0.0047, 0.0037],
    }
)
SWEPT = pandas.DataFrame(
    {
        "architecture": ["dense"] * 2,
        "latent_dim": [8, 2],
        "mean": [0.02, 0.04],
        "min": [0.018, 0.04],
        "max": [0.023, 0.04],
        "count": [3, 1],
    }
)


def by_name(figure) -> dict:
    return {trace.name: trace for trace in figure.data}


def test_every_point_stands_at_its_dimension_and_error():
    traces = by_name(figures.error_against_dimension(POINTS, LINEAR, SWEPT))
    dense = traces["dense, shipped"]
    assert list(zip(dense.x, dense.y, strict=True)) == [(2, 0.035), (32, 0.0047)]
    assert dense.line.color == LIGHT["normal"]
    pca = traces["PCA, the best linear code"]
    assert dict(zip(pca.x, pca.y, strict=True))[64] == LINEAR[64]
    assert set(traces["the mean image, no code at all"].y) == {LINEAR[0]}


def test_both_axes_are_logarithmic_and_say_what_they_show():
    layout = figures.error_against_dimension(POINTS, LINEAR, SWEPT).layout
    assert (layout.xaxis.type, layout.yaxis.type) == ("log", "log")
    assert "Latent dimension" in layout.xaxis.title.text
    assert "MSE" in layout.yaxis.title.text


def test_a_sweep_has_its_means_in_order_with_bars_over_the_seeds():
    swept = by_name(figures.error_against_dimension(POINTS, LINEAR, SWEPT))["dense, your sweep"]
    assert list(swept.x) == [2, 8]
    assert list(swept.y) == [0.04, 0.02]
    assert list(swept.error_y.array) == pytest.approx([0, 0.003])
    assert list(swept.error_y.arrayminus) == pytest.approx([0, 0.002])


def test_every_architecture_has_a_colour_and_a_mark_of_its_own():
    kinds = ModelConfig.rule("architecture").choices
    assert set(figures.MARKS) == set(kinds)
    assert len(set(figures.MARKS.values())) == len(kinds)
    assert len({symbol for _, symbol in figures.MARKS.values()}) == len(kinds)


def test_the_heatmap_names_digits_models_and_errors():
    table = pandas.DataFrame({"small": [0.04, 0.01], "large": [0.004, 0.001]}, index=[0, 1])
    (cells,) = figures.class_heatmap(table).data
    assert list(cells.x) == ["small", "large"]
    assert list(cells.y) == ["0", "1"]
    assert cells.text[1][0] == "0.0100"


def test_cost_curves_show_error_and_detection_of_the_dense_models_by_size():
    costs = POINTS.assign(detection=[0.9, 0.95, 0.97], corruptions=[0.7, 0.8, 0.85])
    error, detection, corruptions = figures.cost_curves(costs).data
    assert list(error.x) == list(detection.x) == list(corruptions.x) == [2, 32]
    assert list(detection.y) == [90, 95]
    assert list(corruptions.y) == [70, 80]
    assert detection.yaxis == corruptions.yaxis == "y2"
