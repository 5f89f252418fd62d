"""Links for a class: controls are left out, no result is; a presentation begins and ends; both go on."""

import re

import pytest

from tests.pages.conftest import assert_sound, button, untimed, words
from ui.shell import link, share, withheld

CONTROLS = {
    "button_group",
    "checkbox",
    "multiselect",
    "number_input",
    "select_slider",
    "selectbox",
    "slider",
    "text_input",
    "toggle",
}


def styles(lab) -> str:
    return "".join(each.proto.body for each in lab.get("html"))


def test_what_is_hidden_stays_hidden_on_the_other_pages(visit):
    lab = visit("home", hide="model~rate", lock="score", present="1")
    for each in lab.sidebar.get("page_link"):
        for said in ("hide=model~rate", "lock=score", "present=1"):
            assert said in each.proto.query_string


def test_a_name_that_is_no_control_is_told(visit):
    lab = visit("home", hide="order~<b>x", lock="9")
    told = " ".join(each.value for each in lab.warning)
    assert "hides" in told
    assert "locks" in told


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
    lab = visit("digits", lock="score")
    button(lab, "Link for a class").click().run()
    assert [box.label for box in lab.checkbox if box.value] == ["Lock Score"]
    offered = {box.label for box in lab.checkbox}
    assert {"Hide Model in view", "Lock Order", "Hide False-alarm rate"} <= offered
    assert "Hide Test digit" not in offered
    for label in ("Lock Order", "Hide Order"):
        box_called(lab, label).check()
        lab.session_state[share.WANTED] = True  # a browser keeps the dialog open
        lab.run()
    assert box_called(lab, "Lock Order").disabled
    assert_sound(lab)


def box_called(lab, label):
    return next(box for box in lab.checkbox if box.label == label)


def test_a_locked_control_shows_what_the_url_says_and_cannot_be_moved(visit):
    lab = visit("digits", lock="rate~model~order", rate="2.5", order="easiest-first", model="zoo:dense-8")
    locked = [lab.slider(key="rate"), lab.selectbox(key="model"), lab.get_by_key("order")]
    assert [each.value for each in locked] == [2.5, "zoo:dense-8", "Easiest first"]
    assert all(each.proto.disabled for each in locked)
    assert not lab.selectbox(key="score").disabled
    assert not lab.warning
    lab = visit("digits", rate="2.5")
    assert not lab.slider(key="rate").disabled


@pytest.mark.parametrize("page", ["train", "digits", "draw", "latent", "tradeoffs", "anomaly", "runs"])
def test_what_can_be_withheld_is_a_control_and_holds_no_result(visit, page):
    lab = visit(page)
    names = [field.name for field in lab.session_state[link.HELD].fields if field.is_control]
    without = visit(page, hide="~".join(names))
    rules = "".join(re.findall(r"<style>:is\((.*)\) { display: none !important; }</style>", styles(without)))
    hidden = set(re.findall(r"\.st-key-([\w-]+)", rules))
    kinds = {each.type for each in elements(without) if withheld.class_of(each.key or "") in hidden}
    assert kinds
    assert kinds <= CONTROLS
    assert untimed(without) == untimed(lab)


def elements(lab):
    return [each for each in lab._tree if hasattr(each, "key")]
