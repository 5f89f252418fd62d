"""Links for a class: controls are left out, no result is; a presentation begins and ends; both go on."""

import pytest

from tests.pages.conftest import assert_sound, button, words


def styles(lab) -> str:
    return "".join(each.proto.body for each in lab.get("html"))


@pytest.mark.parametrize("page", ["digits", "anomaly"])
def test_hidden_controls_hide_no_result(visit, page):
    lab = visit(page, hide="rate~model~order~kind")
    assert ".st-key-rate" in styles(lab)
    assert ".st-key-model" in styles(lab)
    assert (".st-key-order" in styles(lab)) == (page == "digits")
    assert words(lab) == words(visit(page))


def test_what_is_hidden_stays_hidden_on_the_other_pages(visit):
    lab = visit("home", hide="model~rate", present="1")
    for link in lab.sidebar.get("page_link"):
        assert "hide=model~rate" in link.proto.query_string
        assert "present=1" in link.proto.query_string


def test_a_name_that_is_no_control_is_told(visit):
    lab = visit("home", hide="order~<b>x")
    assert "hides" in " ".join(each.value for each in lab.warning)


def test_a_presentation_begins_and_ends(visit):
    lab = visit("digits")
    before = words(lab)
    button(lab, "Present").click().run()
    assert lab.query_params["present"] == "1"
    assert "stSidebar" in styles(lab)
    assert words(lab) == before
    button(lab, "End").click().run()
    assert "present" not in lab.query_params
    assert "End" not in [each.label for each in lab.button]


def test_the_dialog_offers_the_page_s_controls_and_its_link_hides_those(visit):
    lab = visit("digits")
    button(lab, "Link for a class").click().run()
    offered = {box.label for box in lab.checkbox}
    assert {"Hide Model in view", "Hide Order", "Hide False-alarm rate"} <= offered
    assert "Hide Test digit" not in offered
    next(box for box in lab.checkbox if box.label == "Hide Order").check().run()
    assert_sound(lab)
