"""The list of pages."""

from pathlib import Path

import streamlit as st

SIDEBAR_WIDTH = 250  # pixels: at 1024 the pages need the rest
ICON = Path(__file__).with_name("icon.png")
PAGES = Path(__file__).resolve().parent.parent.parent / "pages"


def pages() -> list[st.Page]:
    return [
        st.Page(PAGES / "home.py", title="Home", icon=":material/home:", default=True),
        st.Page(PAGES / "train.py", title="Train", icon=":material/model_training:"),
        st.Page(PAGES / "digits.py", title="Digits", icon=":material/grid_view:"),
        st.Page(PAGES / "draw.py", title="Draw", icon=":material/draw:"),
        st.Page(PAGES / "latent.py", title="Latent", icon=":material/scatter_plot:"),
        st.Page(PAGES / "tradeoffs.py", title="Trade-offs", icon=":material/balance:"),
        st.Page(PAGES / "anomaly.py", title="Anomaly", icon=":material/notification_important:"),
    ]


def enter() -> st.Page:
    """The page that the URL names."""
    # The tab's icon comes first: without it Streamlit fetches the page's from a server on the internet.
    st.set_page_config(page_icon=str(ICON), layout="wide", initial_sidebar_state=SIDEBAR_WIDTH)
    page = st.navigation(pages(), position="hidden")
    st.set_page_config(page_title=f"{page.title} · Autoencoder Lab")
    return page


def links(values: dict[str, dict[str, str]]) -> None:
    """The sidebar's list of pages; values: what each page's link carries, by the page's path.

    Streamlit's own list would drop the URL's values; writing them again would take two presses of the
    browser's back button for one page.
    """
    for page in pages():
        st.page_link(page, query_params=values.get(page.url_path, values["*"]), width="stretch")
