"""Number fields that answer: what is beyond limits of its own, the browser would keep to itself."""

import streamlit as st

from ae_core.config import whole
from ae_core.errors import ConfigError


def ask(label: str, key: str, **more) -> None:
    """A field whose value stands in the session under `key`, from before; whoever reads it checks it."""
    st.number_input(label, step=1, key=key, persist_state="session", **more)


def checked(label: str, value: int, low: int, high: int) -> int:
    """The value of the field. Raises ConfigError for what is not from `low` to `high`."""
    rule = whole(low, high)
    if not rule.allows(value):
        raise ConfigError(f"{label} must be {rule.text}, got {value}.")
    return value


def nearest(label: str, key: str, low: int, high: int, **more) -> int:
    """A field that always holds an allowed number: the nearest to what was typed, and a word on why."""
    st.session_state[key] = clamped(st.session_state.get(key), low, high)  # a choice elsewhere may narrow it
    held = st.number_input(label, step=1, key=key, on_change=correct, args=(key, low, high), **more)
    if st.session_state.pop(corrected(key), False):
        st.caption(f":red[From {low:,} to {high:,}.]")
    return held


def correct(key: str, low: int, high: int) -> None:
    given = st.session_state[key]
    st.session_state[key] = clamped(given, low, high)
    st.session_state[corrected(key)] = given != st.session_state[key]


def clamped(given: int | None, low: int, high: int) -> int:
    return low if given is None else min(max(given, low), high)


def corrected(key: str) -> str:
    return f"{key} corrected"
