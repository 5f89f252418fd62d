"""Controls that the URL takes off a page: `hide=order~rate`, by the names that they have there."""

import re
from collections.abc import Mapping

import streamlit as st

from ui.shell.theme import plain

HIDE = "hide"
BETWEEN = "~"
EVERYWHERE = {"data": "Data set", "model": "Model in view", "score": "Score"}  # as pages call them


def names() -> list[str]:
    return [name for name in st.query_params.get(HIDE, "").split(BETWEEN) if name]


def take_off(places: Mapping[str, str]) -> None:
    """Of these controls, those that the URL names. places: their keys in the session, by their names."""
    hidden = [f".st-key-{class_of(places[name])}" for name in names() if name in places]
    if hidden:
        st.html(f"<style>{', '.join(hidden)} {{ display: none !important; }}</style>")


def class_of(key: str) -> str:
    """As Streamlit writes a widget's key as a class."""
    return re.sub(r"[^a-zA-Z0-9_-]", "-", key.strip())


def complaint() -> str:
    """What is wrong with the names, if anything: a page cannot know those of the others."""
    wrong = [name for name in names() if not re.fullmatch("[a-z_]{1,40}", name)]
    return f"The URL hides {plain(repr(wrong[0][:80]))}, which is no control of the lab." if wrong else ""
