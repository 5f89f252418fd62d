"""Latent: the maps, the sliders, the interpolation and the neighbours, for codes of every kind."""

import base64
import json
import time
from dataclasses import asdict

import numpy as np
import pytest

from ae_core import zoo
from ae_core.data.sources import load_digits
from ae_core.drawing.samples import letter
from ae_core.jobs.job import Queue
from ae_core.jobs.states import Action, State
from ae_core.latent.geometry import NearestCodeDistance
from ae_core.latent.tsne import ProjectionConfig, fingerprint
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.inference import decode, encode
from ae_core.models.weights import save_model
from ae_core.studies.maps import Progress, ProjectionStore, StoredProjection
from ae_core.training.config import TrainConfig
from tests.pages.conftest import assert_sound, button, words

MODELS = pytest.mark.parametrize(
    "model", ["zoo:dense-32", "zoo:dense-2", "zoo:variational-2", "zoo:convolutional-32", "pca:embedded-8"]
)


def figure(lab, number=0) -> dict:
    return json.loads(lab.get("plotly_chart")[number].proto.spec)


def values(array) -> np.ndarray:
    """An array of a figure, which may be written as bytes."""
    if not isinstance(array, dict):
        return np.array(array)
    shape = [int(side) for side in array.get("shape", "-1").split(",")]
    return np.frombuffer(base64.b64decode(array["bdata"]), array["dtype"]).reshape(shape)


def component(lab, key: str) -> dict:
    """What the browser is sent for one of the lab's own components."""
    (found,) = (each for each in lab.get("bidi_component") if each.proto.component_name == key)
    return json.loads(found.proto.json)


def set_map(lab, kind: str):
    lab.get_by_key("map kind").set_value(kind).run()
    assert_sound(lab)


def labels(lab) -> list[str]:
    return [each.label for each in lab.button]


@pytest.fixture
def drawn():
    """Puts a drawing on the canvas of a visitor."""

    def draw(lab):
        from ui.pictures.canvas import DRAWING, Drawing  # the component can be loaded in a lab alone

        lab.session_state[DRAWING] = Drawing(picture=letter(0))
        lab.run()
        assert_sound(lab)

    return draw


@pytest.fixture
def tsne(store) -> StoredProjection:
    """Where the t-SNE map of the shipped dense-8 is kept."""
    key = fingerprint(zoo.load("dense-8"), load_digits("embedded").fingerprint)
    return ProjectionStore(store).get(key)


@pytest.fixture
def places() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(1000, 2), scale=20).astype(np.float32)


@pytest.fixture
def with_model(store, embedded):
    """`with_model(latent_dim=1)`: the id of a run whose untrained network is as wanted."""

    def make(**wanted) -> str:
        model = ModelConfig(**{"hidden": (16,)} | wanted)
        run = store.create(model, TrainConfig(), dataset="embedded", fingerprint=embedded.fingerprint)
        run.folder.write("model.safetensors", save_model(build_model(model, seed=0)))
        run.set_state(State.FINISHED)
        return run.id

    return make


# -- the map


@MODELS
def test_the_map_has_every_test_digit_by_class(visit, model):
    lab = visit("latent", model=model)
    traces, names = figure(lab)["data"], figure(lab)["layout"]["annotations"]
    assert [trace["name"] for trace in traces] == [str(digit) for digit in range(10)]
    assert {trace["type"] for trace in traces} == {"scattergl"}
    assert [name["text"] for name in names] == [f"<b>{digit}</b>" for digit in range(10)]


@pytest.mark.parametrize(("colouring", "title"), [("by score", "Score"), ("by p-value", "p-value")])
def test_by_what_the_model_makes_of_them_one_trace_holds_them_all(visit, colouring, title):
    lab = visit("latent")
    lab.get_by_key("map colour").set_value(colouring).run()
    assert_sound(lab)
    (trace,) = figure(lab)["data"]
    assert trace["marker"]["colorbar"]["title"]["text"] == title
    assert len(values(trace["x"])) == 1000


@pytest.mark.parametrize(
    "wanted",
    [
        {"latent_dim": 1},
        {"latent_dim": 2},
        {"latent_dim": 784},
        {"latent_dim": 8, "hidden": ()},
        {"latent_dim": 3, "architecture": "convolutional", "channels": (2,)},
        {"latent_dim": 5, "architecture": "variational"},
    ],
    ids=lambda wanted: "-".join(map(str, wanted.values())),
)
def test_a_network_of_any_kind_has_the_whole_page(visit, with_model, wanted):
    lab = visit("latent", model=with_model(**wanted))
    assert len(component(lab, "code_sliders")["places"]) == min(16, wanted["latent_dim"])
    assert len(lab.metric) == 4


def test_a_run_that_has_no_model_yet_is_named(visit, store, embedded):
    run = store.create(
        ModelConfig(), TrainConfig(), dataset="embedded", fingerprint=embedded.fingerprint, name="at work"
    )
    lab = visit("latent", model=run.id)
    assert "asks for the run 'at work', which has no model yet: it is queued." in words(lab)
    assert "Showing zoo:dense-32 instead" in words(lab)


def test_the_pictures_that_appear_on_hover_are_those_of_the_digits(visit):
    sheets = component(visit("latent", model="zoo:dense-8"), "pictures_on_hover")["sheets"]
    assert len(sheets) == 2
    assert sheets[0] != sheets[1]
    other = component(visit("latent", model="zoo:dense-4"), "pictures_on_hover")["sheets"]
    assert sheets[0] == other[0]
    assert sheets[1] != other[1]


@MODELS
def test_the_map_can_be_saved_as_a_page(visit, model):
    lab = visit("latent", model=model)
    assert [each.proto.label for each in lab.get("download_button")] == ["Save as HTML"]


@pytest.mark.parametrize(("model", "planes"), [("zoo:dense-2", 1), ("zoo:dense-8", 0)])
def test_the_plane_is_decoded_for_codes_of_two_values_alone(visit, model, planes):
    shown = [each.proto.component_name for each in visit("latent", model=model).get("bidi_component")]
    assert shown.count("decoded_plane") == planes


@MODELS
def test_the_drawing_stands_on_the_map(visit, drawn, model):
    lab = visit("latent", model=model)
    assert "your drawing" not in json.dumps(figure(lab))
    drawn(lab)
    assert "your drawing" in json.dumps(figure(lab))


# -- t-SNE


def test_two_numbers_are_shown_as_they_are(visit):
    def choices(model):
        return [each.key for each in visit("latent", model=model).get("button_group")]

    assert "map kind" in choices("zoo:dense-4")
    assert "map kind" not in choices("zoo:dense-2")


def test_a_map_is_asked_for_watched_and_shown(visit, tsne, places, service):
    lab = visit("latent", model="zoo:dense-8")
    set_map(lab, "t-SNE")
    button(lab, "Compute the t-SNE map").click().run()
    assert_sound(lab)
    assert service.waiting == [tsne.id]
    assert "first principal component" in json.dumps(figure(lab)["layout"])  # meanwhile

    service.waiting, service.working = [], [tsne.id]
    tsne.set_state(State.RUNNING)
    tsne.folder.write_json("progress.json", asdict(Progress(100, 750, 4.0, time.time())))
    lab.run()
    assert_sound(lab)
    (progress,) = lab.get("progress")
    assert "iteration 100 of 750 · 4.0 s so far" in progress.proto.text
    assert progress.proto.value == 13

    tsne.finish(places)
    service.working = []
    lab.run()
    assert_sound(lab)
    digits = load_digits("embedded").test
    np.testing.assert_array_equal(values(figure(lab)["data"][0]["x"]), places[digits.labels == 0, 0])
    assert "first principal component" not in json.dumps(figure(lab)["layout"])


def test_who_reloads_while_a_map_is_fitted_sees_how_far_it_is(visit, tsne, service, embedded):
    tsne.ask(encode(zoo.load("dense-8"), embedded.test.images), ProjectionConfig())
    service.waiting = ["20200101-000000-aaaa", tsne.id]
    (progress,) = visit("latent", model="zoo:dense-8").get("progress")
    assert "waiting, 1 job before it" in progress.proto.text


def test_a_map_is_cancelled(visit, tsne, service):
    lab = visit("latent", model="zoo:dense-8")
    set_map(lab, "t-SNE")
    button(lab, "Compute the t-SNE map").click().run()
    button(lab, "Cancel").click().run()
    assert_sound(lab)
    service.waiting = []
    assert not tsne.exists()
    assert "Compute the t-SNE map" in labels(lab)


def test_a_map_is_paused_and_goes_on(visit, tsne, service):
    lab = visit("latent", model="zoo:dense-8")
    set_map(lab, "t-SNE")
    button(lab, "Compute the t-SNE map").click().run()
    service.waiting, service.working = [], [tsne.id]
    button(lab, "Pause").click().run()
    assert tsne.asked() is Action.PAUSE
    service.working = []
    tsne.folder.write_json("progress.json", asdict(Progress(100, 750, 4.0, time.time())))
    tsne.set_state(State.PAUSED)
    lab.run()
    assert_sound(lab)
    assert "t-SNE: iteration 100 of 750 · 4.0 s so far · paused" in words(lab)
    button(lab, "Resume").click().run()
    assert_sound(lab)
    assert service.queue() == Queue((), (tsne.id,))
    assert tsne.asked() is Action.RUN


def finish(tsne, places):
    """As if a worker had fitted what somebody asked for."""
    tsne.ask(np.zeros((len(places), 8), np.float32), ProjectionConfig())
    tsne.finish(places)


def test_a_map_that_is_there_is_shown_at_once(visit, tsne, places):
    finish(tsne, places)
    lab = visit("latent", model="zoo:dense-8")
    assert "first principal component" in json.dumps(figure(lab)["layout"])
    set_map(lab, "t-SNE")
    assert "first principal component" not in json.dumps(figure(lab)["layout"])
    assert "Compute the t-SNE map" not in labels(lab)


def test_a_failed_map_says_why_and_is_asked_for_again(visit, tsne, service):
    lab = visit("latent", model="zoo:dense-8")
    set_map(lab, "t-SNE")
    button(lab, "Compute the t-SNE map").click().run()
    service.waiting = []
    tsne.set_state(State.FAILED, "Too warm, says the test.")
    lab.run()
    assert [error.value for error in lab.error] == ["Too warm, says the test."]
    button(lab, "Compute it again").click().run()
    assert_sound(lab)
    assert service.queue() == Queue((), (tsne.id,))
    assert tsne.status().state is State.QUEUED


def test_a_lost_map_says_so(visit, tsne, monkeypatch):
    lab = visit("latent", model="zoo:dense-8")
    set_map(lab, "t-SNE")
    monkeypatch.setattr("ae_core.jobs.service.HEARTBEAT_SECONDS", -1)
    tsne.ask(np.zeros((1000, 8), np.float32), ProjectionConfig())
    lab.run()
    assert_sound(lab)
    assert "Its worker is gone" in words(lab)
    assert "Compute it again" in labels(lab)


def test_codes_that_have_no_map_are_refused_in_words(visit, store, with_model):
    run = with_model(latent_dim=3)
    model = store.get(run).model()
    for each in model.parameters():
        each.data.zero_()  # every digit has the same code
    store.get(run).folder.write("model.safetensors", save_model(model))
    lab = visit("latent", model=run)
    set_map(lab, "t-SNE")
    button(lab, "Compute the t-SNE map").click().run()
    assert_sound(lab)
    assert ["All codes are the same" in error.value for error in lab.error] == [True]


def test_no_map_is_begun_from_codes_of_a_model_that_was_trained_on_in_another_tab(
    visit, store, with_model, service
):
    run = store.get(with_model(latent_dim=3))
    lab = visit("latent", model=run.id)
    set_map(lab, "t-SNE")
    run.set_state(State.FINISHED)
    button(lab, "Compute the t-SNE map").click().run()
    assert_sound(lab)
    assert ["trained on in the meantime" in error.value for error in lab.error] == [True]
    assert service.waiting == []
    button(lab, "Compute the t-SNE map").click().run()
    assert len(service.waiting) == 1


def test_a_map_of_other_digits_is_not_shown(visit, tsne, places):
    finish(tsne, places[:500])
    lab = visit("latent", model="zoo:dense-8")
    set_map(lab, "t-SNE")
    assert "first principal component" in json.dumps(figure(lab)["layout"])


def test_the_drawing_is_added_to_the_finished_map_by_the_method(visit, drawn, tsne, places):
    finish(tsne, places)
    lab = visit("latent", model="zoo:dense-8")
    set_map(lab, "t-SNE")
    drawn(lab)
    pointer = figure(lab)["layout"]["annotations"][-1]
    assert pointer["text"] == "<b>your drawing</b>"
    assert max(abs(pointer["x"]), abs(pointer["y"])) <= np.abs(places).max()


# -- the sliders and the plane


def numbers(packed: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(packed), "<f4")


@pytest.fixture
def by_server(visit):
    """`visit`, by a browser that cannot run a network."""

    def make(page: str, **asked):
        lab = visit(page, **asked)
        lab.session_state["browser cannot"] = True
        lab.run()
        assert_sound(lab)
        return lab

    return make


@pytest.mark.parametrize(
    ("model", "sliders"), [("zoo:dense-32", 16), ("zoo:dense-2", 2), ("pca:embedded-8", 8)]
)
def test_there_is_a_slider_for_each_component_up_to_sixteen(visit, by_server, model, sliders):
    assert len(component(visit("latent", model=model), "code_sliders")["labels"]) == sliders
    lab = by_server("latent", model=model)
    assert len([each for each in lab.slider if each.key.startswith("direction")]) == sliders


def test_the_browser_finds_codes_and_their_distances_as_the_library_does(visit):
    sent = component(visit("latent", model="zoo:dense-32"), "code_sliders")
    mean, axes, known, beyond = (numbers(sent[name]) for name in ("mean", "axes", "known", "beyond"))
    axes, known = axes.reshape(16, 32), known.reshape(-1, 16)
    codes = encode(zoo.load("dense-32"), load_digits("embedded").train.images)
    chosen = np.random.default_rng(0).permutation(len(codes))[: len(known)]
    around = NearestCodeDistance.of(codes[chosen])
    assert sent["usual"] == pytest.approx(around.usual, rel=1e-4)
    for place in (np.zeros(16), known[3], np.array(sent["high"])):
        nearest = np.sqrt((np.square(known - place).sum(axis=1) + beyond).min())
        assert nearest == pytest.approx(around.distance(mean + place @ axes), rel=1e-3)


def set_in_browser(lab, key: str, name: str, value):
    """As a browser that has let go of something."""
    (found,) = (each for each in lab.get("bidi_component") if each.proto.component_name == key)
    lab.session_state[found.key] = {name: value}
    lab.run()
    assert_sound(lab)


def test_where_the_sliders_stand_is_kept_whoever_decodes(visit):
    lab = visit("latent", model="zoo:dense-8")
    set_in_browser(lab, "code_sliders", "places", [0.5] + [0.0] * 7)
    assert component(lab, "code_sliders")["places"][0] == 0.5
    lab.switch_page("../../pages/home.py").run()
    lab.switch_page("../../pages/latent.py").run()
    assert component(lab, "code_sliders")["places"][0] == 0.5
    lab.session_state["browser cannot"] = True
    lab.run()
    assert lab.slider(key="direction 0").value == 0.5


@pytest.mark.parametrize("sent", [None, "far", [], ["a"] * 8, [float("nan")] * 8, [1e30] * 3, {"0": 1}])
def test_what_no_slider_says_does_no_harm(visit, sent):
    lab = visit("latent", model="zoo:dense-8")
    set_in_browser(lab, "code_sliders", "places", sent)
    shown = component(lab, "code_sliders")
    assert all(
        low <= place <= high
        for low, place, high in zip(*(shown[n] for n in ("low", "places", "high")), strict=True)
    )


def test_the_plane_of_two_values_is_decoded_in_the_browser_and_its_place_kept(visit):
    lab = visit("latent", model="zoo:dense-2")
    sent = component(lab, "decoded_plane")
    codes = encode(zoo.load("dense-2"), load_digits("embedded").test.images)
    np.testing.assert_allclose(numbers(sent["dots"]).reshape(-1, 2), codes, rtol=1e-5)
    wanted = [(low + high) / 2 for low, high in zip(sent["low"], sent["high"], strict=True)]
    set_in_browser(lab, "decoded_plane", "place", wanted)
    assert component(lab, "decoded_plane")["place"] == pytest.approx(wanted)
    set_in_browser(lab, "decoded_plane", "place", ["somewhere"])
    assert component(lab, "decoded_plane")["place"] == pytest.approx(wanted)


def test_where_the_browser_cannot_the_plane_is_a_figure(by_server):
    lab = by_server("latent", model="zoo:dense-2")
    assert "First latent dimension" in json.dumps(figure(lab, 1)["layout"])
    assert "This browser cannot run the network itself." in words(lab)


def test_a_slider_changes_what_is_decoded_and_the_centre_takes_it_back(by_server):
    lab = by_server("latent", model="zoo:dense-8")
    drawn = lab.image[0].proto.imgs[0].url
    slider = lab.slider(key="direction 0")
    slider.set_value(slider.max).run()
    assert_sound(lab)
    assert lab.image[0].proto.imgs[0].url != drawn
    button(lab, "Centre").click().run()
    assert lab.image[0].proto.imgs[0].url == drawn
    button(lab, "Near a real digit").click().run()
    assert_sound(lab)


def test_far_from_every_real_code_there_is_a_warning(by_server):
    lab = by_server("latent", model="zoo:dense-8")
    for number in range(8):
        slider = lab.slider(key=f"direction {number}")
        slider.set_value(slider.max)
    lab.run()
    assert ["Far from every real code" in warning.value for warning in lab.warning] == [True]


def test_the_sliders_of_another_model_begin_within_its_own_range(by_server):
    lab = by_server("latent", model="zoo:dense-8")
    slider = lab.slider(key="direction 0")
    slider.set_value(slider.max).run()
    lab.sidebar.selectbox(key="model").set_value("zoo:dense-2").run()
    assert_sound(lab)
    for number in range(2):
        slider = lab.slider(key=f"direction {number}")
        assert slider.min <= slider.value <= slider.max


# -- the walk


def film(lab) -> dict:
    return component(lab, "film_player")


def test_a_walk_can_be_played_in_the_code_and_in_the_pixels(visit):
    shown = film(visit("latent"))
    assert shown["names"] == ["in the code", "in the pixels"]
    assert shown["frames"] > 60
    assert shown["film"].startswith("data:image/png")


def test_a_walk_begins_with_the_drawing_where_that_is_wanted(visit, drawn):
    lab = visit("latent")
    before = film(lab)["film"]
    assert "Draw a digit to begin with it" in [each.proto.label for each in lab.get("page_link")]
    drawn(lab)
    assert film(lab)["film"] == before
    lab.toggle(key="way drawing").set_value(True).run()
    assert_sound(lab)
    assert film(lab)["film"] != before
    assert "your drawing, changed as" in words(lab)


@pytest.mark.parametrize(("model", "fades"), [("zoo:dense-8", False), ("pca:embedded-8", True)])
def test_an_interpolation_by_a_linear_decoder_is_called_a_fade(visit, model, fades):
    told = words(visit("latent", model=model))
    assert ("one reconstruction fades over the other too" in told) == fades
    assert ("each step is decoded from a code between" in told) != fades


def test_the_ends_of_a_walk_are_exactly_the_ends(visit, few):
    visit("latent")
    from ui.latent.walk import FRAMES, Way

    model, (first, second) = zoo.load("dense-8"), few.test.images[:2]
    ends = encode(model, few.test.images[:2])
    way = Way("a digit", (first, second), tuple(ends))
    np.testing.assert_array_equal(way.in_pixels(FRAMES)[[0, -1]], np.stack([first, second]) / np.float32(255))

    class OfModel:
        @staticmethod
        def decode(codes):
            np.testing.assert_array_equal(codes[[0, -1]], ends)
            return decode(model, codes)

    assert way.in_code(OfModel(), FRAMES).shape == (FRAMES, 28, 28)


def test_digits_chosen_in_another_data_set_are_not_those_of_this_one(visit):
    lab = visit("latent")
    first = lab.number_input(key="test digit of embedded: to").value
    lab.session_state["test digit of mnist: to"] = 9
    lab.session_state["test digit of embedded: to"] = 9000
    lab.run()
    assert_sound(lab)
    assert lab.number_input(key="test digit of embedded: to").value == 999  # the last there is
    assert visit("latent").number_input(key="test digit of embedded: to").value == first


# -- neighbours


def test_neighbours_and_the_accuracies_of_code_and_pixels_are_shown(visit):
    lab = visit("latent")
    shares = [float(metric.value.removesuffix(" %")) for metric in lab.metric]
    assert [metric.label for metric in lab.metric] == [
        "k-NN of codes",
        "Linear probe of codes",
        "k-NN of pixels",
        "Linear probe of pixels",
    ]
    assert all(80 < share <= 100 for share in shares)
    assert "nearest in the latent code" in words(lab)
    assert "the classes of 3,200 training digits" in words(lab)


def test_the_map_of_two_numbers_is_the_codes_themselves(visit):
    lab = visit("latent", model="zoo:dense-2")
    digits = load_digits("embedded").test
    codes = encode(zoo.load("dense-2"), digits.images)
    np.testing.assert_allclose(values(figure(lab)["data"][0]["x"]), codes[digits.labels == 0, 0], rtol=1e-5)
