"""Number fields that answer: what is beyond limits of its own, the browser would keep to itself."""

import streamlit as st

from ae_core.config import whole
from ae_core.errors import ConfigError


def ask(label: str, default: int, key: str, **more) -> None:
    """A field whose value waits in the session under `key`; whoever reads it checks it."""
    st.number_input(label, value=default, step=1, key=key, persist_state="session", **more)


def asked(label: str, key: str, low: int, high: int) -> int:
    """What the field holds. Raises ConfigError for what is not from `low` to `high`."""
    value, rule = st.session_state[key], whole(low, high)
    if not rule.allows(value):
        raise ConfigError(f"{label} must be {rule.text}, got {value}.")
    return value
