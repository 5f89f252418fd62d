"""Draw: from what is on the canvas to the verdict, samples, uploads, and other models beside it."""

import base64
import io
import json
import re
import struct
import zlib
from functools import cache

import numpy as np
import pytest
from PIL import Image

from ae_core import zoo
from ae_core.config import DEFAULT_SCORE
from ae_core.data.sources import load_digits
from ae_core.drawing.ink import digit_from_drawing
from ae_core.drawing.picture import MAX_BYTES
from ae_core.drawing.samples import SIDE, letter, real_digit, scribble
from ae_core.jobs.states import State
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.weights import save_model
from ae_core.scores.detector import Detector
from ae_core.scores.verdicts import Verdict
from ae_core.training.config import TrainConfig
from ae_core.words import percent, three_digits
from benchmarks.camera import photograph
from tests.names import as_read
from tests.pages.conftest import assert_sound, button, words
from ui.draw.verdict import ALONE, COMPARISON, STEPS
from ui.pictures import mosaic
from ui.pictures.drawing import unpacked

INVITATION = "Draw a digit on the canvas"
CANVAS = "streamlit-drawable-canvas.streamlit_drawable_canvas"


def draw(lab, picture):
    """What the browser sends at the end of a stroke."""
    address = picture if isinstance(picture, str) else mosaic.data_uri(picture)
    (found,) = (each for each in lab.main.get("bidi_component") if each.proto.component_name == CANVAS)
    lab.session_state[found.key] = {"drawing": {"raw": {"objects": [{"type": "Path"}]}, "data": address}}
    lab.run()
    assert_sound(lab)


@cache
def fitted(name: str) -> Detector:
    digits = load_digits("embedded")
    return Detector(zoo.load(name), [DEFAULT_SCORE]).fit(digits.train.images, digits.validation.images)


def verdict_of(picture, name="dense-32") -> Verdict:
    return fitted(name).verdict(digit_from_drawing(picture, on_black=True).image, 0.05)


def score_of(picture, name="dense-32") -> float:
    return verdict_of(picture, name).score


def p_value_of(picture, name="dense-32") -> float:
    return verdict_of(picture, name).p_value


def png(image: Image.Image, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", **options)
    return buffer.getvalue()


def open_part(lab, label):
    """As a click on a part that is folded."""
    lab.session_state[label] = True
    lab.run()


def upload(lab, data, name="picture.png"):
    lab.file_uploader(key="upload").set_value((name, data, "image/png")).run()
    assert_sound(lab)


@pytest.fixture(scope="module")
def seven():
    digits = load_digits("embedded").test
    image = digits.images[np.flatnonzero(digits.labels == 7)[0]]
    return np.array(Image.fromarray(image).resize((SIDE, SIDE), Image.Resampling.BICUBIC).convert("RGBA"))


# -- what is on the canvas


def test_an_empty_canvas_invites_and_gives_no_verdict(visit):
    lab = visit("draw")
    assert [INVITATION in info.value for info in lab.info] == [True]
    assert not lab.subheader
    assert not lab.image
    (histogram,) = lab.get("plotly_chart")
    assert "your drawing" not in histogram.proto.spec


def test_the_drawing_is_marked_on_the_histogram(visit, seven):
    lab = visit("draw")
    draw(lab, seven)
    (histogram,) = lab.get("plotly_chart")
    assert "your drawing" in histogram.proto.spec


def test_a_canvas_without_a_stroke_invites_too(visit):
    lab = visit("draw")
    draw(lab, np.zeros((SIDE, SIDE, 4), np.uint8) + np.array([0, 0, 0, 255], np.uint8))
    assert len(lab.info) == 1
    assert not lab.subheader


def test_two_shapes_are_judged_together_and_the_larger_alone_where_that_is_wanted(visit, seven):
    both = seven.copy()
    both[190:260, 16:28, :3] = 255  # a label beside the digit
    lab = visit("draw")
    draw(lab, both)
    assert "Two shapes: the verdict is on both together." in words(lab)
    assert three_digits(score_of(both)) in words(lab)
    lab.toggle(key=ALONE).set_value(True).run()
    assert_sound(lab)
    alone = digit_from_drawing(both, on_black=True, largest_alone=True).image
    assert three_digits(fitted("dense-32").verdict(alone, 0.05).score) in words(lab)
    assert "One of several shapes is scored, the largest." in words(lab)
    draw(lab, seven)
    assert "shape" not in " ".join(each.value for each in lab.markdown)
    assert not lab.toggle


def test_what_was_left_out_of_an_upload_stands_with_its_verdict(visit, embedded):
    photo, _ = photograph("boxed", embedded.test.images[60], 5)
    lab = visit("draw")
    upload(lab, photo)
    (remark,) = (each.value for each in lab.caption if "picture that you uploaded" in each.value)
    assert "Left out: 1 frame." in as_read(remark)
    button(lab, "A scribble").click().run()
    assert "picture that you uploaded" not in words(lab)


@pytest.mark.parametrize("kind", ["one dot", "full"])
def test_a_dot_and_a_full_canvas_are_no_digits_and_the_page_says_why(visit, kind):
    picture = np.zeros((SIDE, SIDE, 4), np.uint8)
    picture[..., 3] = 255
    part = slice(130, 150) if kind == "one dot" else slice(None)
    picture[part, part, :3] = 255
    lab = visit("draw")
    draw(lab, picture)
    assert [each.value for each in lab.subheader] == [
        ":red[Anomaly:] its outline is unusual for digits it learned"
    ]
    assert "what is simple is easy to reconstruct" in words(lab)


def test_a_digit_is_normal_and_its_score_is_the_librarys(visit, seven):
    lab = visit("draw")
    draw(lab, seven)
    assert [each.value for each in lab.subheader] == [
        ":green[Normal:] its score is usual for digits it learned"
    ]
    score, p_value = score_of(seven), p_value_of(seven)
    assert (
        f"Score **{three_digits(score)}** · p-value **{percent(p_value)}**: at most this share of 800 "
        "validation digits scores at least as high."
    ) in words(lab)
    assert not lab.info


def test_a_scribble_is_an_anomaly(visit):
    lab = visit("draw")
    draw(lab, scribble(3))
    assert lab.subheader[0].value.startswith(":red[Anomaly:]")


def test_the_verdict_follows_the_false_alarm_rate(visit):
    digits = (real_digit(load_digits("embedded").test.images, seed) for seed in range(200))
    picture = next(each for each in digits if 0.02 < p_value_of(each) < 0.15)
    percents = 100 * p_value_of(picture)
    lab = visit("draw")
    draw(lab, picture)
    for rate, word in ((percents - 1, "Normal"), (percents + 1, "Anomaly")):
        lab.slider(key="rate").set_value(round(rate, 1)).run()
        assert word in lab.subheader[0].value


def test_the_model_in_view_judges(visit, seven):
    lab = visit("draw", model="zoo:dense-2")
    draw(lab, seven)
    assert f"Score **{three_digits(score_of(seven, 'dense-2'))}**" in words(lab)


def live(lab) -> dict:
    """What the browser is sent for the pictures that follow the pen."""
    (found,) = (each for each in lab.get("bidi_component") if each.proto.component_name == "live_drawing")
    return json.loads(found.proto.json)


def test_the_browser_has_the_model_in_view_and_shows_what_is_judged(visit, seven):
    lab = visit("draw", model="zoo:dense-2")
    assert live(lab)["judged"] is None
    draw(lab, seven)
    shown = live(lab)
    assert base64.b64decode(shown["judged"]) == digit_from_drawing(seven, on_black=True).image.tobytes()
    assert shown["model"].endswith(zoo.load("dense-2").fingerprint)
    assert shown["errors"] == sorted(shown["errors"])


def test_where_the_browser_cannot_the_server_draws_the_pictures_in_their_order(visit, seven):
    lab = visit("draw")
    lab.session_state["browser cannot"] = True
    draw(lab, seven)
    captions = [image.proto.imgs[0].caption for image in lab.image]
    assert captions[:3] == ["as the network sees it", "reconstruction", "signed error"]
    assert "This browser cannot run the network itself. The server does it instead" in words(lab)


def test_a_model_that_is_too_large_for_a_browser_is_run_by_the_server(visit, seven, store, embedded):
    config = ModelConfig(hidden=(1024,) * 4, latent_dim=8)
    run = store.create(config, TrainConfig(), dataset="embedded", fingerprint=embedded.fingerprint)
    run.folder.write("model.safetensors", save_model(build_model(config, seed=0)))
    run.set_state(State.FINISHED)
    lab = visit("draw", model=run.id)
    draw(lab, seven)
    assert [image.proto.imgs[0].caption for image in lab.image][1] == "reconstruction"
    assert "the browser takes at most" in words(lab)


def test_the_steps_are_shown_in_their_order(visit, seven):
    lab = visit("draw")
    draw(lab, seven)
    open_part(lab, STEPS)
    captions = [image.proto.imgs[0].caption for image in lab.image]
    steps = list(digit_from_drawing(seven).steps)
    place = captions.index(steps[0])
    assert captions[place : place + len(steps)] == steps


def test_five_neighbours_are_named_and_most_are_sevens(visit, seven):
    lab = visit("draw")
    draw(lab, seven)
    found = re.search(r"nearest codes\*\*: ([\d, ]+)", words(lab))[1].split(", ")
    assert len(found) == 5
    assert found.count("7") >= 3


def test_the_drawing_survives_a_change_of_page(visit, seven):
    lab = visit("draw")
    draw(lab, seven)
    before = lab.subheader[0].value, words(lab)
    lab.switch_page("../../pages/home.py").run()
    lab.switch_page("../../pages/draw.py").run()
    assert_sound(lab)
    assert (lab.subheader[0].value, words(lab)) == before


def test_clear_makes_the_canvas_empty(visit, seven):
    lab = visit("draw")
    draw(lab, seven)
    button(lab, "Clear").click().run()
    assert INVITATION in lab.info[0].value
    draw(lab, scribble(1))  # the new canvas takes strokes
    assert lab.subheader[0].value.startswith(":red[Anomaly:]")


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "nonsense",
        "data:image/png;base64,####",
        "data:image/png;base64,AAAA",
        mosaic.data_uri(np.zeros((9, 9, 4), np.uint8))[:60],
    ],
)
def test_a_canvas_that_sends_no_picture_says_so(visit, sent):
    lab = visit("draw")
    draw(lab, sent)
    (error,) = lab.error
    assert "The canvas sent no picture" in as_read(error.value)
    assert not lab.subheader


# -- samples and uploads


@pytest.mark.parametrize(
    ("label", "make"),
    [
        ("A digit", lambda seed: real_digit(load_digits("embedded").test.images, seed)),
        ("A letter", letter),
        ("A scribble", scribble),
    ],
)
def test_a_sample_is_put_on_the_canvas_and_judged(visit, monkeypatch, label, make):
    monkeypatch.setattr("secrets.randbits", lambda _: 5)
    lab = visit("draw")
    button(lab, label).click().run()
    assert_sound(lab)
    assert f"Score **{three_digits(score_of(make(5)))}**" in words(lab)


def seven_on_paper(seven) -> Image.Image:
    """Blue ink on yellowish paper, off centre."""
    ink = Image.fromarray(seven).convert("L")
    paper = Image.new("RGB", (500, 700), "#f4f0e6")
    paper.paste(Image.new("RGB", ink.size, "#203060"), (150, 90), ink)
    return paper


def test_a_picture_of_dark_ink_on_light_paper_is_judged_as_a_drawing(visit, seven):
    lab = visit("draw")
    upload(lab, png(seven_on_paper(seven)))
    assert not lab.error
    assert lab.subheader[0].value.startswith(":green[Normal:]")


@pytest.mark.parametrize("mode", ["L", "1", "P", "I;16", "RGBA"])
def test_every_kind_of_png_is_read(visit, seven, mode):
    grey = Image.fromarray(seven).convert("L")
    if mode == "I;16":
        picture = Image.fromarray(np.array(grey).astype(np.uint16) * 257)
    elif mode == "RGBA":  # black ink on nothing
        picture = Image.new("RGBA", grey.size)
        picture.putalpha(grey)
    else:
        picture = grey.convert(mode)
    lab = visit("draw")
    upload(lab, png(picture))
    assert not lab.error
    found = re.search(r"nearest codes\*\*: ([\d, ]+)", words(lab))[1].split(", ")
    assert found.count("7") >= 3


WHITE = Image.new("RGB", (60, 60), "white")


def huge_png() -> bytes:
    """A small picture whose header announces 20,000 by 20,000 pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    small = png(WHITE)
    return small[:12] + header + struct.pack(">I", zlib.crc32(header)) + small[33:]


BAD_UPLOADS = {
    "words": (b"these are words", "only PNG and JPEG are allowed"),
    "nothing": (b"", "The upload is empty"),
    "GIF": (b"GIF89a" + bytes(20), "The upload is a GIF"),
    "PDF": (b"%PDF-1.7", "The upload is a PDF"),
    "cut off": (png(Image.effect_noise((300, 300), 50))[:9000], "damaged or incomplete"),
    "huge": (huge_png(), "20,000 × 20,000"),
    "too many bytes": (b"\x89PNG\r\n\x1a\n" + bytes(MAX_BYTES), f"at most {MAX_BYTES // 2**20} MiB"),
    "blank": (png(WHITE), ""),
    "see-through": (png(Image.new("RGBA", (60, 60))), ""),
}


@pytest.mark.parametrize(("data", "message"), BAD_UPLOADS.values(), ids=BAD_UPLOADS)
def test_a_refused_upload_says_why_in_place_of_the_verdict(visit, seven, data, message):
    lab = visit("draw")
    draw(lab, seven)
    upload(lab, data)
    (error,) = lab.error
    assert message in as_read(error.value)
    assert len(error.value) > 20
    assert not lab.subheader
    assert not lab.image  # neither the picture before nor anything that was made of it
    assert "your drawing" not in lab.get("plotly_chart")[0].proto.spec


ACTS = {
    "a stroke": lambda lab: draw(lab, scribble(1)),
    "Clear": lambda lab: button(lab, "Clear").click().run(),
    "a sample": lambda lab: button(lab, "A scribble").click().run(),
    "a good upload": lambda lab: upload(lab, png(Image.fromarray(255 - scribble(1)[..., 0]))),
    "the upload taken away": lambda lab: lab.file_uploader(key="upload").set_value([]).run(),
    "a change of page": lambda lab: (
        lab.switch_page("../../pages/home.py").run().switch_page("../../pages/draw.py").run()
    ),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_the_next_act_takes_a_refusal_away(visit, seven, act):
    lab = visit("draw")
    draw(lab, seven)
    upload(lab, b"these are words")
    lab.slider(key="brush").set_value(30).run()
    assert len(lab.error) == 1  # another brush is no act on the drawing
    act(lab)
    assert_sound(lab)
    assert not lab.error
    assert lab.subheader or INVITATION in lab.info[0].value


def test_a_refused_upload_leaves_the_drawing(visit, seven):
    lab = visit("draw")
    draw(lab, seven)
    before = lab.subheader[0].value, words(lab)
    upload(lab, b"these are words")
    lab.file_uploader(key="upload").set_value([]).run()
    assert (lab.subheader[0].value, words(lab)) == before


# -- what the tab keeps


@pytest.mark.parametrize(
    "sent", [None, 3, "", "[]", "null", '{"strokes": 1}', '{"strokes": {"objects": 3}, "picture": "x"}']
)
def test_what_a_tab_keeps_is_no_drawing_unless_it_is_one(sent):
    assert unpacked(sent) is None


def test_a_drawing_comes_back_as_the_tab_kept_it(visit, seven):
    lab = visit("draw")
    draw(lab, seven)
    kept = unpacked(lab.session_state["drawing"].packed())
    assert np.array_equal(kept.picture, seven)
    assert kept.strokes == {"objects": [{"type": "Path"}]}
    button(lab, "Clear").click().run()
    assert lab.session_state["drawing"].packed() is None


# -- several models


def test_the_same_drawing_is_judged_by_several_models(visit, seven):
    lab = visit("draw")
    draw(lab, seven)
    open_part(lab, COMPARISON)
    lab.multiselect(key="compare models").set_value(["zoo:dense-2", "zoo:dense-64"]).run()
    assert_sound(lab)
    shown = re.findall(r"score \*\*(.+?)\*\*  \np-value \*\*(.+?)\*\*", words(lab))
    assert shown == [
        (three_digits(score_of(seven, name)), percent(p_value_of(seven, name)))
        for name in ("dense-32", "dense-2", "dense-64")
    ]
    assert len({score for score, _ in shown}) == 3


def test_a_damaged_model_in_the_comparison_is_named_beside_the_others(visit, store, seven):
    from tests.pages.test_home import finished

    run = finished(store)
    lab = visit("draw")
    draw(lab, seven)
    open_part(lab, COMPARISON)
    run.folder.write("model.safetensors", b"damaged")
    lab.multiselect(key="compare models").set_value([run.id, "zoo:dense-2"]).run()
    assert_sound(lab)
    (error,) = lab.error
    assert f"model.safetensors of the run {run.id}" in as_read(error.value)
    assert len(re.findall(r"\np-value", words(lab))) == 2


# -- a model that knows some digits alone


def test_the_nearest_training_digits_are_of_the_classes_that_the_model_knows(visit, store, seven):
    from tests.pages.test_home import finished

    lab = visit("draw", model=finished(store, classes=(3, 8)).id)
    draw(lab, seven)
    found = re.search(r"training digits of embedded with the nearest codes\*\*: ([\d, ]+)", words(lab))[1]
    assert set(found.split(", ")) <= {"3", "8"}
