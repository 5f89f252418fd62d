"""A model at work in the visitor's browser: whose fault it is that it cannot be had."""

from types import SimpleNamespace

import pytest
import streamlit as st

from ui.widgets import in_browser


@pytest.mark.parametrize("is_present", [True, False])
def test_that_a_model_has_gone_is_not_held_against_the_browser(is_present):
    st.session_state["view"] = SimpleNamespace(is_present=is_present)
    in_browser.give_up()
    assert st.session_state.pop(in_browser.CANNOT, False) is is_present
