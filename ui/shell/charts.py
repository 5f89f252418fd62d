"""What charts need of the browser: taps that choose the point under the finger, and their code in time."""

from functools import cache
from pathlib import Path

import streamlit as st

mount = st.components.v2.component(
    "charts_in_the_browser", js=Path(__file__).with_name("charts.js").read_text()
)


def prepare() -> None:
    """To be called once on each page; it shows nothing."""
    mount(data={"code": code()}, key="charts in the browser", height=1)


@cache
def code() -> str | None:
    """The name of the front end's file that draws charts, the largest by far; None if it is not found.

    The front end fetches it when the first chart is there to be drawn, which then waits most of a second.
    """
    files = (Path(st.__file__).parent / "static" / "static" / "js").glob("PlotlyChart.*.js")
    return next((file.name for file in files), None)
