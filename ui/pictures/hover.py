"""Pictures for the points of a Plotly chart, shown while the pointer is over one.

Plotly's own labels hold text alone. This component, which has no extent of its own, listens to the chart
that shares a container with it and shows the point's digit and its reconstruction, cut out
of two sheets. The first entry of a point's customdata says which digit it is.
"""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

HTML = """
<div class="card" hidden>
  <figure><canvas width="28" height="28"></canvas><figcaption>digit</figcaption></figure>
  <figure><canvas width="28" height="28"></canvas><figcaption>reconstruction</figcaption></figure>
</div>
"""
CSS = """
.card {
  position: fixed; z-index: 1000; display: flex; gap: 0.5rem; padding: 0.5rem 0.5rem 0.25rem;
  pointer-events: none; background: var(--st-background-color); color: var(--st-text-color);
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius);
  box-shadow: 0 2px 10px rgb(0 0 0 / 0.25); font: 0.75rem var(--st-font);
}
.card[hidden] { display: none; }
figure { margin: 0; text-align: center; }
canvas { display: block; width: 84px; height: 84px; image-rendering: pixelated; border-radius: 2px; }
figcaption { margin-top: 0.15rem; }
"""
mount = st.components.v2.component(
    "pictures_on_hover", html=HTML, css=CSS, js=Path(__file__).with_name("hover.js").read_text()
)


def scene():
    """The container that a chart and its pictures share."""
    return st.container(key="with-pictures", gap=None)


def show_pictures(sheets: Sequence[str]) -> None:
    """To be called within `scene`. sheets: addresses of two pictures as `mosaic.sheet` makes them."""
    mount(data={"sheets": list(sheets)}, key="pictures on hover", height=1)
