"""The list of pages, and the guard that makes a cold deep link work.

A folder named pages/ puts each fresh server into Streamlit's older multipage mode until some visitor has
run app.py: until then a deep link runs the page's file alone, without app.py around it.
"""

from pathlib import Path

import streamlit as st

ENTERED = "entered through app.py"
SIDEBAR_WIDTH = 250  # pixels: at 1024 the pages need the rest
ICON = Path(__file__).with_name("icon.png")


def pages() -> list[st.Page]:
    return [
        st.Page("pages/home.py", title="Home", icon=":material/home:", default=True),
        st.Page("pages/train.py", title="Train", icon=":material/model_training:"),
        st.Page("pages/digits.py", title="Digits", icon=":material/grid_view:"),
        st.Page("pages/draw.py", title="Draw", icon=":material/draw:"),
        st.Page("pages/latent.py", title="Latent", icon=":material/scatter_plot:"),
        st.Page("pages/tradeoffs.py", title="Trade-offs", icon=":material/balance:"),
        st.Page("pages/anomaly.py", title="Anomaly", icon=":material/notification_important:"),
    ]


def enter() -> st.Page:
    """The page that the URL names; to be called by app.py alone."""
    st.session_state[ENTERED] = True
    page = navigate()
    st.set_page_config(page_title=f"{page.title} · Autoencoder Lab")
    return page


def guard() -> None:
    """First statement of every page: sends a visitor who came around app.py through it."""
    if not st.session_state.get(ENTERED):
        navigate()
        st.rerun()


def navigate() -> st.Page:
    # The tab's icon comes first: without it Streamlit fetches the page's from a server on the internet.
    st.set_page_config(page_icon=str(ICON), layout="wide", initial_sidebar_state=SIDEBAR_WIDTH)
    return st.navigation(pages(), position="hidden")


def links(values: dict[str, dict[str, str]]) -> None:
    """The sidebar's list of pages; values: what each page's link carries, by the page's path.

    Streamlit's own list would drop the URL's values; writing them again would take two presses of the
    browser's back button for one page.
    """
    for page in pages():
        st.page_link(page, query_params=values.get(page.url_path, values["*"]), width="stretch")
