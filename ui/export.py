"""Charts to take away: a picture by the chart's own toolbar, or a page that works without a network."""

import plotly.graph_objects as go
import streamlit as st


def saved_as(name: str) -> dict:
    """Settings of a chart whose toolbar saves it as a picture of this name."""
    return {"displaylogo": False, "toImageButtonOptions": {"filename": name, "scale": 2}}


def offer_html(figure: go.Figure, name: str) -> None:
    """A button that saves the figure as a page of its own, which needs no network."""
    template = "plotly_dark" if st.context.theme.type == "dark" else "plotly_white"
    st.download_button(
        "Save as HTML",
        lambda: as_html(figure, template),
        file_name=f"{name}.html",
        mime="text/html",
        icon=":material/download:",
        type="tertiary",
        key=f"html of {name}",
        on_click="ignore",
        help="An interactive page that works without a network, about 5 MB.",
    )


def as_html(figure: go.Figure, template: str) -> str:
    """A whole page with the figure and Plotly's own code in it, filling the window's width."""
    page = go.Figure(figure).update_layout(template=template)
    return page.to_html(include_plotlyjs=True, config={"displaylogo": False, "responsive": True})
