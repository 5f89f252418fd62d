"""What the lab asks of a visitor's browser: an address without needless steps back, and to be known again.

Streamlit makes every address that the server writes a step of the browser's back button. A few lines in the
page see to it that a step is what changes a page or a value: what only adds a value, or takes one away,
completes the address in its place. Until they are there, nothing is written. So one press of Back is one
step back, and comes to an address that says what is shown.

A reload is a new session to Streamlit. A cookie that ends with the browser tells that it is the same visitor.
What is written on files is a digest of it: nobody who reads that can pretend to be the visitor.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

import streamlit as st

COOKIE = "autoencoder_lab_visitor"
KEY = "browser"
SECRET = "visitor"
READY = "the browser tells steps apart"
WAITING = "waits to be written into the address"
Values = Mapping[str, str | None]

mount = st.components.v2.component("browser", js=Path(__file__).with_name("browser.js").read_text())


def prepare() -> None:
    """To be called once on each page, before it writes into the address; it shows nothing."""
    st.session_state.pop(WAITING, None)  # the page before has not come to write it
    listen()


@st.fragment
def listen() -> None:
    data = {
        "cookie": COOKIE,
        "secret": secret(),
        "session": session(),
        "ready": st.session_state.get(READY, False),
    }
    mount(data=data, key=KEY, on_ready_change=begin, height=1)


def begin() -> None:
    """Writes what had to wait for the browser, which says which secret it has."""
    told = getattr(st.session_state.get(KEY), "ready", None)
    if is_secret(told):  # another tab was opened at the same time, and came first
        st.session_state[SECRET] = told
    st.session_state[READY] = True
    correct(st.session_state.pop(WAITING, {}))


def write(values: Values) -> None:
    """Has the address say `values`, None for nothing: a step of the back button where one is another now."""
    if not st.session_state.get(READY):
        st.session_state[WAITING] = st.session_state.get(WAITING, {}) | dict(values)
        return
    other = {key: value for key, value in values.items() if st.query_params.get(key) != value}
    for key in [key for key, value in other.items() if value is None]:
        del st.query_params[key]
    if said := {key: value for key, value in other.items() if value is not None}:
        st.query_params.update(said)  # all at once: one step for all of them


def correct(values: Values) -> None:
    """As `write`, but no step: what the address says instead of `values` is nothing to come back to."""
    wrong = [key for key, value in values.items() if st.query_params.get(key, value) != value]
    write(dict.fromkeys(wrong))
    write(values)


def visitor() -> str:
    """An id of whoever uses this browser until it is closed; of the session where it takes no cookies."""
    return visitor_of(secret())


def secret() -> str:
    known = st.context.cookies.get(COOKIE)
    return st.session_state.setdefault(SECRET, known if is_secret(known) else secrets.token_hex(16))


def is_secret(given: object) -> bool:
    return isinstance(given, str) and re.fullmatch("[0-9a-f]{32}", given) is not None


def visitor_of(given: str | None) -> str:
    """The id of who has this secret; empty for none."""
    return hashlib.sha256(given.encode()).hexdigest()[:16] if is_secret(given) else ""


def session() -> str:
    """An id of the session: a browser whose server was started again is asked anew."""
    return st.session_state.setdefault("session", secrets.token_hex(8))
