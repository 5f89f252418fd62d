"""Number fields that answer: what is beyond limits of its own, the browser would keep to itself."""

from collections.abc import Iterable

import numpy as np
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


def even(values: Iterable[float]) -> str:
    """The format of a table's column: as many decimals for all as its middle value needs for three digits."""
    sizes = np.abs(np.asarray(list(values), float))
    sizes = sizes[np.isfinite(sizes) & (sizes > 0)]
    middle = np.log10(np.median(sizes)) if len(sizes) else 0
    return f"%.{int(np.clip(2 - np.floor(middle), 0, 6))}f"
