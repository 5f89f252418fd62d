"""What stands in a chart's place before Plotly has drawn it."""

import re
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from ui.anomaly.figures import BINS, opposed_histograms
from ui.pictures import draft
from ui.pictures.draft import MOST_POINTS, SIDE


def paths(figure: go.Figure) -> list[dict[str, str]]:
    """The drawing's marks, as a browser would read them."""
    source = re.search(r'src="data:image/svg\+xml,([^"]*)"', draft.picture(figure)).group(1)
    return [each.attrib for each in ElementTree.fromstring(unquote(source))]


def numbers(path: str) -> list[int]:
    return [int(each) for each in re.findall(r"-?\d+", path)]


def test_bars_stand_and_hang_where_the_counts_are_and_the_threshold_is_upright():
    rng = np.random.default_rng(0)
    normal, anomalous = rng.normal(1, 0.2, 500), rng.normal(2, 0.2, 300)
    drawn = paths(opposed_histograms(normal, anomalous, 1.5, "score"))
    count = sum(each["d"].count("z") for each in drawn)
    filled = [np.histogram(scores, BINS)[0].astype(bool).sum() for scores in (normal, anomalous)]
    assert max(filled) < count <= 2 * BINS
    (line,) = [each for each in drawn if each["d"].endswith(f"v{SIDE}")]
    assert 0 < numbers(line["d"])[0] < SIDE


def test_a_logarithmic_axis_makes_equal_factors_equal_distances():
    figure = go.Figure(go.Scatter(x=[1, 10, 100], y=[3, 2, 1], line={"color": "#123456"}))
    figure.update_layout(xaxis={"type": "log", "range": [0, 2]}, yaxis={"range": [1, 3]})
    (line,) = paths(figure)
    assert numbers(line["d"]) == [0, 0, SIDE // 2, SIDE // 2, SIDE, SIDE]
    assert line["stroke"] == "#123456"


def test_of_many_points_an_even_share_is_drawn_all_of_them_inside():
    places = np.random.default_rng(0).normal(size=(3 * MOST_POINTS, 2))
    (points,) = paths(go.Figure(go.Scattergl(x=places[:, 0], y=places[:, 1], mode="markers")))
    drawn = np.array(numbers(points["d"])).reshape(-1, 3)[:, :2]
    assert len(drawn) == MOST_POINTS
    assert drawn.min() > 0
    assert drawn.max() < SIDE


def test_where_one_unit_serves_both_axes_a_circle_stays_one():
    angles = np.linspace(0, 2 * np.pi, 100)
    figure = go.Figure(go.Scatter(x=5 + np.cos(angles), y=np.sin(angles), mode="markers"))
    figure.add_scatter(x=[2, 9], y=[0, 0], mode="markers")
    figure.update_yaxes(scaleanchor="x")
    circle = np.array(numbers(paths(figure)[0]["d"])).reshape(-1, 3)[:, :2]
    assert np.ptp(circle[:, 0]) == pytest.approx(np.ptp(circle[:, 1]), abs=2)
    assert "preserveAspectRatio%3D%22xMidYMid%22" in draft.picture(figure)


@pytest.mark.parametrize(
    "figure", [go.Figure(), go.Figure(go.Scatter(x=[], y=[])), go.Figure(go.Scatter(x=[1], y=[np.nan]))]
)
def test_nothing_to_draw_is_no_error(figure):
    assert "<img" in draft.picture(figure)


def script() -> None:
    import plotly.graph_objects as go
    import streamlit as st

    from ui.pictures import draft
    from ui.shell import navigation

    st.session_state.setdefault(navigation.ENTERING, True)
    draft.plotly_chart(go.Figure(go.Scatter(x=[1, 2], y=[1, 2])), key="chart")
    navigation.entered()
    st.button("again")


def test_the_draft_comes_as_a_page_is_entered_and_not_again():
    app = AppTest.from_function(script).run()
    assert not app.exception
    assert [each.type for each in app.main.children[0].children.values()] == ["html", "plotly_chart"]
    app.button[0].click().run()
    assert [each.type for each in app.main.children[0].children.values()][-1] == "plotly_chart"
    assert not app.get("html")
