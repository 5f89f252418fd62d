"""Charts to take away: a page that works without a network, in the visitor's light or dark."""

import re

import pandas
import plotly.graph_objects as go
import pytest

from ui.widgets import export

FIGURE = go.Figure(go.Scatter(x=[1, 2], y=[3, 4], name="a very particular name"))


@pytest.mark.parametrize("template", ["plotly_white", "plotly_dark"])
def test_the_page_holds_the_figure_and_all_it_needs(template):
    page = export.as_html(FIGURE, template)
    assert "a very particular name" in page
    assert len(page) > 1_000_000  # Plotly itself is in it
    assert not re.findall(r"<(?:script|link)[^>]+(?:src|href)=", page)


def test_the_figure_on_the_screen_keeps_its_face():
    before = FIGURE.to_json()
    export.as_html(FIGURE, "plotly_dark")
    assert FIGURE.to_json() == before


@pytest.mark.parametrize("cell", ["=HYPERLINK(1)", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1"])
def test_a_spreadsheet_runs_no_cell_of_a_table(cell):
    table = pandas.DataFrame({"name": [cell, "plain = text"], cell: [-0.5, 1.0]})
    harmless = export.harmless(table)
    assert harmless["name"].tolist() == [f"'{cell}", "plain = text"]
    assert harmless[f"'{cell}"].tolist() == [-0.5, 1.0]
    assert table["name"][0] == cell


def test_a_name_in_a_figure_ends_no_script_of_the_page():
    figure = go.Figure(go.Scatter(x=[1], y=[1], name="</script><script>alert(1)</script>"))
    assert "</script><script>alert(1)" not in export.as_html(figure, "plotly_white")
