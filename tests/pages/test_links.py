"""A link opens the same view for anyone: every page with everything chosen, and with what cannot be."""

import numpy as np
import pytest

from ae_core.drawing.samples import scribble_path
from ae_core.drawing.sketch import Sketch, unpacked
from tests.pages.conftest import assert_sound, button, untimed, words
from ui.pictures.canvas_objects import path_object, points_of

SCRIBBLE = Sketch(((20, scribble_path(4)),)).packed()
# No value is what a new visitor would find.
CHOSEN = {
    "digits": "order=easiest-first labels=3~8 range=0.002~0.01 page=2 rate=1.5",
    "draw": f"brush=11 alone=yes rate=0.7 drawing={SCRIBBLE}",
    "latent": "map=t-sne colour=by-score sliders=0.5~0~-0.25 from=3 to=5 minus=7 plus=9 near=11 drawn=yes",
    "tradeoffs": "sizes=2~256 kinds=dense~variational seeds=2 epochs=4 batch=64 digits=5~7~999",
    "anomaly": "anomalies=digit-3 rate=2 trap=more-code-better-detector kind=corruptions images=300 "
    "severity=0.5 corruptions=fog~glass_blur",
    "train": "preset=linear latent_dim=7 architecture=dense hidden=300~20 activation=tanh batch_norm=no "
    "epochs=3 batch_size=64 peak_learning_rate=0.01 schedule=constant optimizer=adam loss=bce seed=5 "
    "precision=fp32 denoising=0.25 noise=salt_and_pepper augmentation=0.5",
}
WRONG = {
    "digits": {
        "order": "sideways",
        "labels": "3~3",
        "range": "x",
        "page": "0",
        "digit": "1000",
        "rate": "99",
    },
    "draw": {"brush": "1e9", "alone": "maybe", "drawing": "nothing", "rate": "nan"},
    "latent": {"map": "flat", "sliders": "1e99", "from": "-1", "near": "1000"},
    "tradeoffs": {"sizes": "0", "kinds": "deep", "seeds": "0", "epochs": "1e3", "digits": "1000"},
    "anomaly": {"anomalies": "ghosts", "kind": "none", "trap": "11", "images": "20000"},
    "train": {"preset": "no such", "latent_dim": "785", "hidden": "2.5", "epochs": "0", "batch_norm": "2"},
}


def fields(text: str) -> dict[str, str]:
    return dict(each.split("=") for each in text.split())


@pytest.mark.parametrize("page", CHOSEN)
def test_a_link_opens_with_all_that_it_says(visit, page):
    lab = visit(page, **fields(CHOSEN[page]))
    assert not [each.value for each in lab.warning if "the URL says" in each.value]
    assert {name: lab.query_params.get(name) for name in fields(CHOSEN[page])} == fields(CHOSEN[page])
    there = visit(page, **lab.query_params)
    assert there.query_params == lab.query_params
    assert untimed(there) == untimed(lab)


@pytest.mark.parametrize("page", WRONG)
def test_what_a_link_says_wrongly_is_named_and_the_usual_is_shown(visit, page):
    usual = visit(page).query_params
    lab = visit(page, **WRONG[page])
    told = " ".join(each.value for each in lab.warning)
    for given in WRONG[page].values():
        assert repr(given) in told.replace("\\", "").replace("\u2060", "")
    assert lab.query_params == usual


def test_what_only_the_page_knows_is_named_too(visit):
    lab = visit("digits", page="70", digit="999", labels="3", rate="0.1")
    told = " ".join(each.value for each in lab.warning)
    for expected in ("1 to 5, and the URL says 70. Showing 5", "Digit 999 is not on this page", "says 0.1"):
        assert expected in told
    assert lab.query_params["page"] == "5"
    assert "digit" not in lab.query_params
    lab.run()
    assert not lab.warning
    lab.number_input(key="page").set_value(2).run()
    assert not lab.warning


def test_a_value_that_the_other_choices_do_not_ask_for_is_named(visit):
    lab = visit("train", architecture="convolutional", hidden="300~20")
    assert "Hidden layers does not go with" in lab.warning[0].value
    assert "hidden" not in lab.query_params


def test_a_preset_alone_fills_in_its_settings(visit):
    lab = visit("train", preset="linear", epochs="2")
    assert lab.session_state["setting hidden"] == ""
    assert lab.session_state["setting epochs"] == 2


def test_a_drawing_of_a_link_is_drawn_and_judged_and_can_be_cleared(visit):
    lab = visit("draw", drawing=SCRIBBLE)
    assert "p-value" in words(lab)
    assert len(lab.session_state["drawing"].strokes["objects"]) == 1
    button(lab, "Clear").click().run()
    assert "drawing" not in lab.query_params
    assert_sound(lab)


def test_a_stroke_of_the_canvas_is_the_same_after_a_link():
    ((_, points),) = unpacked(SCRIBBLE).strokes
    stroke = path_object(20, points)
    np.testing.assert_allclose(points_of(stroke), points, atol=0.1)
    moved = stroke | {"left": stroke["left"] + 30, "angle": 360}
    np.testing.assert_allclose(points_of(moved), points + np.array([30, 0]), atol=0.1)
