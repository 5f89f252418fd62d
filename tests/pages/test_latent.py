"""Latent: the map, the dials, the ways and the neighbours, for codes of every kind."""

import json

import numpy as np
import pytest

from ae_core import zoo
from ae_core.data import load_digits
from ae_core.models.inference import encode
from ae_core.samples import letter
from tests.pages.conftest import assert_sound, button, words

MODELS = pytest.mark.parametrize(
    "model", ["zoo:dense-32", "zoo:dense-2", "zoo:variational-2", "pca:embedded-8"]
)


def figure(lab, number=0) -> dict:
    return json.loads(lab.get("plotly_chart")[number].proto.spec)


@MODELS
def test_the_map_has_every_test_digit_by_class(visit, model):
    lab = visit("latent", model=model)
    traces = figure(lab)["data"]
    assert [trace["name"] for trace in traces] == [str(digit) for digit in range(10)]
    assert {trace["type"] for trace in traces} == {"scattergl"}


def test_by_score_one_trace_holds_them_all(visit):
    lab = visit("latent")
    lab.get_by_key("map colour").set_value("by score").run()
    assert_sound(lab)
    (trace,) = figure(lab)["data"]
    assert trace["marker"]["showscale"]


@pytest.mark.parametrize(("model", "planes"), [("zoo:dense-2", 1), ("zoo:dense-8", 0)])
def test_the_plane_is_decoded_for_codes_of_two_numbers_alone(visit, model, planes):
    lab = visit("latent", model=model)
    assert len(lab.get("plotly_chart")) == 1 + planes


def test_the_drawing_stands_on_the_map(visit):
    lab = visit("latent")
    assert "your drawing" not in json.dumps(figure(lab))
    from ui.canvas import DRAWING, Drawing  # the component can be loaded in a lab alone

    lab.session_state[DRAWING] = Drawing(picture=letter(0))
    lab.run()
    assert_sound(lab)
    assert "your drawing" in json.dumps(figure(lab))


@pytest.mark.parametrize(
    ("model", "dials"), [("zoo:dense-32", 16), ("zoo:dense-2", 2), ("pca:embedded-8", 8)]
)
def test_there_is_a_dial_for_each_direction_up_to_sixteen(visit, model, dials):
    lab = visit("latent", model=model)
    assert len([each for each in lab.slider if each.key.startswith("direction")]) == dials


def test_a_dial_changes_what_is_drawn_and_the_centre_takes_it_back(visit):
    lab = visit("latent", model="zoo:dense-8")
    drawn = lab.image[0].proto.imgs[0].url
    dial = lab.slider(key="direction 0")
    dial.set_value(dial.max).run()
    assert_sound(lab)
    assert lab.image[0].proto.imgs[0].url != drawn
    button(lab, "Centre").click().run()
    assert lab.image[0].proto.imgs[0].url == drawn


def test_far_from_every_real_code_there_is_a_warning(visit):
    lab = visit("latent", model="zoo:dense-8")
    for number in range(8):
        dial = lab.slider(key=f"direction {number}")
        dial.set_value(dial.max)
    lab.run()
    assert ["Far from every real code" in warning.value for warning in lab.warning] == [True]


def test_a_real_digit_is_near_real_codes(visit):
    lab = visit("latent", model="zoo:dense-8")
    button(lab, "A real digit").click().run()
    assert_sound(lab)


def test_the_dials_of_another_model_begin_within_its_own_range(visit):
    lab = visit("latent", model="zoo:dense-8")
    dial = lab.slider(key="direction 0")
    dial.set_value(dial.max).run()
    lab.sidebar.selectbox(key="model").set_value("zoo:dense-2").run()
    assert_sound(lab)
    for number in range(2):
        dial = lab.slider(key=f"direction {number}")
        assert dial.min <= dial.value <= dial.max


def test_neighbours_and_their_accuracies_are_shown(visit):
    lab = visit("latent")
    shares = [float(metric.value.removesuffix(" %")) for metric in lab.metric]
    assert len(shares) == 2
    assert all(80 < share <= 100 for share in shares)
    assert "nearest in the code" in words(lab)


def test_the_map_of_two_numbers_is_the_codes_themselves(visit):
    lab = visit("latent", model="zoo:dense-2")
    digits = load_digits("embedded").test
    codes = encode(zoo.load("dense-2"), digits.images)
    x = figure(lab)["data"][0]["x"]
    values = (
        np.frombuffer(__import__("base64").b64decode(x["bdata"]), x["dtype"]) if isinstance(x, dict) else x
    )
    np.testing.assert_allclose(values, codes[digits.labels == 0, 0], rtol=1e-5)
