"""The list of pages, and the guard that makes a cold deep link work.

A folder named pages/ puts each fresh server into Streamlit's older multipage mode until some visitor has
run app.py: until then a deep link runs the page's file alone, without app.py around it.
"""

import streamlit as st

ENTERED = "entered through app.py"


def pages() -> list[st.Page]:
    return [
        st.Page("pages/home.py", title="Home", icon=":material/home:", default=True),
        st.Page("pages/train.py", title="Train", icon=":material/model_training:"),
        st.Page("pages/digits.py", title="Digits", icon=":material/grid_view:"),
        st.Page("pages/draw.py", title="Draw", icon=":material/draw:"),
    ]


def enter() -> st.Page:
    """The page that the address names; to be called by app.py alone."""
    st.session_state[ENTERED] = True
    return st.navigation(pages())


def guard() -> None:
    """First statement of every page: sends a visitor who came around app.py through it."""
    if not st.session_state.get(ENTERED):
        st.navigation(pages())
        st.rerun()
