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


def names(way: str) -> list[str]:
    return [name for name in st.query_params.get(way, "").split(BETWEEN) if name]


def withhold(places: Mapping[str, str]) -> None:
    """What the URL says of these controls. places: their keys in the session, by their names."""
    incoming.lock(places[name] for name in names(LOCK) if name in places)
    hidden = [f".st-key-{class_of(places[name])}" for name in names(HIDE) if name in places]
    if hidden:
        st.html(f"<style>{', '.join(hidden)} {{ display: none !important; }}</style>")


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
