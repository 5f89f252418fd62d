"""What a URL says of a page is read as it was meant, and anything else is named and left out."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from ae_core.models.config import ModelConfig
from ae_core.training.config import TrainConfig
from ui.shell import link
from ui.train.linked import linked
from ui.train.settings import LATENT_DIMS

ORDERS = ("Hardest first", "Easiest first", "gaussian_noise", 3)
FLOATS = st.floats(-1e6, 1e6, allow_nan=False)
WIDTHS = st.lists(st.integers(1, 1024), max_size=4).map(lambda widths: ", ".join(map(str, widths)))
RULES = {each.name: each for each in linked(4000)}

KINDS = {
    "choice": (link.choice("order", "order", ORDERS, "Order"), st.sampled_from(ORDERS)),
    "several": (
        link.several("labels", "labels", ORDERS, "Digits"),
        st.lists(st.sampled_from(ORDERS), unique=True),
    ),
    "switch": (link.switch("alone", "alone", "Alone"), st.booleans()),
    "number": (link.number("rate", "rate", -1e6, 1e6, "Rate"), FLOATS),
    "count": (link.count("page", "page", 1, 10**6, "Page"), st.integers(1, 10**6)),
    "words": (link.words("name", "name", 20, "Name"), st.text("aäß 0~,&=?", min_size=1, max_size=20)),
    "latent_dim": (RULES["latent_dim"], st.sampled_from(LATENT_DIMS)),
    "schedule": (RULES["schedule"], st.sampled_from(TrainConfig.rule("schedule").choices)),
    "architecture": (RULES["architecture"], st.sampled_from(ModelConfig.rule("architecture").choices)),
    "hidden": (
        RULES["hidden"],
        st.lists(st.integers(1, 1024), max_size=4).map(lambda w: ", ".join(map(str, w))),
    ),
    "peak_learning_rate": (RULES["peak_learning_rate"], st.floats(1e-6, 1.0)),
}


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_what_is_written_is_read_as_the_same(kind, data):
    field, values = KINDS[kind]
    value = data.draw(values)
    assert field.read(field.write(value)) == value


@pytest.mark.parametrize("kind", KINDS)
@given(text=st.text(max_size=120))
def test_any_text_is_a_value_that_can_be_written_again_or_none_at_all(kind, text):
    field, _ = KINDS[kind]
    try:
        value = field.read(text)
    except (ValueError, OverflowError):
        return
    assert field.read(field.write(value)) == value
    assert not isinstance(value, float) or math.isfinite(value)


def page():
    import streamlit as st

    from ui.shell import browser, link, navigation

    st.session_state[browser.READY] = True
    st.session_state[navigation.HERE] = navigation.ENTRIES[2]
    link.begin()
    link.adopt(
        [
            link.choice("order", "order", ("Hardest first", "Easiest first"), "Order", "Hardest first"),
            link.count("page", "page", 1, 50, "Page", 1),
        ]
    )
    st.selectbox("Order", ("Hardest first", "Easiest first"), key="order")
    st.number_input("Page", 1, 50, key="page")
    link.write()


def test_the_url_says_what_the_controls_do_and_the_controls_what_the_url_does():
    lab = AppTest.from_function(page).run()
    assert lab.query_params == {"order": "hardest-first", "page": "1"}
    lab.selectbox(key="order").select("Easiest first").run()
    assert lab.query_params == {"order": "easiest-first", "page": "1"}
    lab.query_params["order"] = "hardest-first"  # as by a press of Back
    lab.run()
    assert lab.selectbox(key="order").value == "Hardest first"
    assert not lab.exception
    assert not lab.warning


def test_a_control_that_was_just_moved_wins_over_a_url_of_before():
    lab = AppTest.from_function(page).run()
    lab.query_params["order"] = "hardest-first"
    lab.selectbox(key="order").select("Easiest first").run()
    lab.query_params["order"] = "hardest-first"  # it was sent before the browser heard of the other
    lab.number_input(key="page").set_value(7).run()
    assert lab.query_params == {"order": "easiest-first", "page": "7"}


def test_what_cannot_be_is_named_with_what_can_and_replaced():
    lab = AppTest.from_function(page)
    lab.query_params |= {"order": "sideways", "page": "51", "other": "kept"}
    lab.run()
    told = " ".join(each.value for each in lab.warning)
    for expected in ("Order", "sideways", "hardest-first, easiest-first", "Page", "51", "1 to 50"):
        assert expected in told
    assert lab.query_params == {"order": "hardest-first", "page": "1", "other": "kept"}
