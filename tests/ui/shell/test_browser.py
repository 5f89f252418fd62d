"""The address waits until the browser tells steps from completions, and then says the last that was meant."""

from streamlit.testing.v1 import AppTest


def page():
    import streamlit as st

    from ui.shell import browser

    if st.session_state.get("answered"):
        browser.begin()
        return
    browser.write({"model": "mine", "run": "one"})
    browser.write({"run": "two"})
    browser.correct({"model": "other", "sweep": None})


def test_the_address_is_written_once_the_browser_is_ready():
    lab = AppTest.from_function(page)
    lab.query_params |= {"model": "wrong", "sweep": "gone", "other": "kept"}
    lab.run()
    assert lab.query_params == {"model": "wrong", "sweep": "gone", "other": "kept"}
    lab.session_state["answered"] = True
    lab.run()
    assert lab.query_params == {"model": "other", "run": "two", "other": "kept"}
