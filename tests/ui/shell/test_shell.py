"""What surrounds every page: fragments notice that their model is another now."""

import pytest
from streamlit.testing.v1 import AppTest

from ui.shell import cached


def page_with_a_fragment():
    import streamlit as st

    from ae_core.data.sources import load_digits
    from ui.shell import cached, shell

    state = st.session_state
    state["runs of the page"] = state.get("runs of the page", 0) + 1
    model = cached.model("zoo:dense-2")
    view = shell.View(load_digits("embedded"), model, state.get("seen", cached.version("zoo:dense-2")))
    state["seen"] = cached.version("zoo:dense-2")  # the next run of the page looks again

    @shell.fragment
    def draw(view, word):
        st.text(f"{word} of {view.version}")

    draw(view, "picture")


@pytest.fixture
def versions(monkeypatch):
    present = {"zoo:dense-2": 1.0}
    monkeypatch.setattr(cached, "version", present.__getitem__)
    return present


@pytest.mark.usefixtures("versions")
def test_a_fragment_draws_what_the_page_gave_it():
    lab = AppTest.from_function(page_with_a_fragment).run(timeout=30)
    assert [text.value for text in lab.text] == ["picture of 1.0"]
    assert lab.session_state["runs of the page"] == 1


def test_a_fragment_of_a_model_that_is_another_now_hands_over_to_the_whole_page(versions):
    lab = AppTest.from_function(page_with_a_fragment).run(timeout=30)
    versions["zoo:dense-2"] = 2.0
    lab.run()
    assert [text.value for text in lab.text] == ["picture of 2.0"]
    assert lab.session_state["runs of the page"] == 3
