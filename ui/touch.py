"""Taps on charts: each chooses the point under the finger."""

from pathlib import Path

import streamlit as st

mount = st.components.v2.component("taps_on_charts", js=Path(__file__).with_name("touch.js").read_text())


def feel() -> None:
    """To be called once on each page; it shows nothing."""
    mount(key="taps on charts", height=1)
