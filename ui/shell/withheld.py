"""Controls that a link for a class withholds, by the names that they have in the URL.

`hide=order~rate` leaves them out; `lock=order` shows them and what they say, but nobody can move them. The
URL sets their values all the same.
"""

import re
from collections.abc import Mapping

import streamlit as st

from ui.shell import incoming
from ui.shell.theme import plain

HIDE, LOCK = "hide", "lock"
WAYS = {HIDE: "hides", LOCK: "locks"}
BETWEEN = "~"
STYLES = {
    HIDE: " { display: none !important; }",
    # Streamlit fades what cannot be moved; here it is to be read.
    LOCK: ' :is([data-testid="stWidgetLabel"], input) '
    "{ color: inherit !important; -webkit-text-fill-color: currentColor !important; opacity: 1 !important; }",
}


def names(way: str) -> list[str]:
    return [name for name in st.query_params.get(way, "").split(BETWEEN) if name]


def withhold(places: Mapping[str, str]) -> None:
    """What the URL says of these controls. places: their keys in the session, by their names."""
    keys = {way: [places[name] for name in names(way) if name in places] for way in WAYS}
    incoming.lock(keys[LOCK])
    for way, style in STYLES.items():
        if keys[way]:
            classes = ", ".join(f".st-key-{class_of(key)}" for key in keys[way])
            st.html(f"<style>:is({classes}){style}</style>")


def class_of(key: str) -> str:
    """As Streamlit writes a widget's key as a class."""
    return re.sub(r"[^a-zA-Z0-9_-]", "-", key.strip())


def complaint() -> str:
    """What is wrong with the names, if anything: a page cannot know those of the others."""
    wrong = {way: name for way in WAYS for name in names(way) if not re.fullmatch("[a-z_]{1,40}", name)}
    return " ".join(
        f"The URL {WAYS[way]} {plain(repr(name[:80]))}, which is no control of the lab."
        for way, name in wrong.items()
    )
