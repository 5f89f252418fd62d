"""Draw on the real canvas and get a verdict."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Locator, Page, expect

from ae_core.data.sources import load_digits
from tests.browser.conftest import Tabs
from tests.conftest import WaitUntil
from tools.lab_server import LabServer

pytestmark = pytest.mark.browser

SEVEN = [(80, 70), (200, 70), (130, 220)]
TRIANGLES = [(40, 240), (60, 40), (120, 200), (160, 40), (200, 220), (250, 60), (40, 140), (250, 200)]


def canvas_of(page: Page, lab: LabServer) -> Locator:
    page.goto(f"{lab.url}/draw")
    canvas = page.locator("[data-testid=stBidiComponentIsolated] canvas.upper-canvas")
    expect(canvas).to_be_visible()
    expect(page.get_by_text("Draw a digit on the canvas")).to_be_visible()
    return canvas


def stroke(page: Page, canvas: Locator, points: list[tuple[int, int]]) -> None:
    expect(canvas).to_have_count(1)  # for a moment after a change the old one is there too
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + points[0][0], box["y"] + points[0][1])
    page.mouse.down()
    for x, y in points[1:]:
        page.mouse.move(box["x"] + x, box["y"] + y, steps=5)
    page.mouse.up()


def shown(page: Page, name: str) -> np.ndarray:
    """Pixels [28, 28, 4] of one of the pictures that follow the pen."""
    pixels = (
        page.locator(".live")
        .get_by_label(name, exact=True)
        .evaluate("canvas => [...canvas.getContext('2d').getImageData(0, 0, 28, 28).data]")
    )
    return np.array(pixels).reshape(28, 28, 4)


def test_the_pictures_follow_the_pen_before_it_is_lifted_and_agree_with_its_verdict(
    page: Page, lab: LabServer, wait_until: WaitUntil
) -> None:
    canvas = canvas_of(page, lab)
    live = page.locator(".live")
    expect(live).to_contain_text("They follow the pen.")
    box = canvas.bounding_box()
    assert box
    places = [(box["x"] + x, box["y"] + y) for x, y in SEVEN]
    page.mouse.move(*places[0])
    page.mouse.down()
    frames = []
    for place in places[1:]:
        page.mouse.move(*place, steps=10)
        expect(live).to_have_attribute("data-shows", "drawing")
        wait_until(lambda: not frames or (shown(page, "reconstruction") != frames[-1]).any())
        frames.append(shown(page, "reconstruction"))
    expect(live).to_contain_text(re.compile(r"Error [\d.]+: larger than that of \S+( %)? of the test digits"))
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    last = shown(page, "reconstruction")
    page.mouse.up()
    expect(verdict(page)).to_contain_text("Normal")
    expect(live).to_have_attribute("data-shows", "judged")
    judged = shown(page, "reconstruction")  # almost the same: the canvas rounds a stroke's corners as it ends
    assert np.corrcoef(judged[..., 0].ravel(), last[..., 0].ravel())[0, 1] > 0.8
    page.get_by_role("button", name="Clear").click()
    expect(live).to_have_attribute("data-shows", "nothing")


def test_they_follow_a_finger(phone: Page, lab: LabServer) -> None:
    canvas = canvas_of(phone, lab)
    live = phone.locator(".live")
    expect(live).to_contain_text("They follow the pen.")
    box = canvas.bounding_box()
    assert box
    touch = phone.context.new_cdp_session(phone)

    def send(kind: str, *points: tuple[float, float]) -> None:
        places = [{"x": box["x"] + x, "y": box["y"] + y} for x, y in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    send("touchStart", (80, 70))
    for x in range(90, 200, 10):
        send("touchMove", (x, 70))
    expect(live).to_have_attribute("data-shows", "drawing")
    send("touchEnd")
    expect(live).to_have_attribute("data-shows", "judged")


def test_where_the_browser_cannot_the_server_draws_the_pictures(page: Page, lab: LabServer) -> None:
    page.route(
        "**/lab/network-*", lambda route: route.fulfill(status=200, content_type="text/javascript", body="")
    )
    canvas = canvas_of(page, lab)
    expect(page.get_by_text("This browser cannot run the network itself")).to_be_visible()
    stroke(page, canvas, SEVEN)
    expect(page.get_by_alt_text("reconstruction")).to_be_visible()
    expect(verdict(page)).to_contain_text("Normal")


def verdict(page: Page) -> Locator:
    return page.get_by_role("heading", name=re.compile("^(Normal|Anomaly):"))


def test_a_digit_is_normal_and_a_zigzag_and_a_click_are_not(page: Page, lab: LabServer) -> None:
    canvas = canvas_of(page, lab)
    stroke(page, canvas, SEVEN)
    expect(verdict(page)).to_contain_text("Normal")
    expect(page.get_by_text(re.compile("nearest codes.*7"))).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("Draw a digit on the canvas")).to_be_visible()
    stroke(page, page.locator("canvas.upper-canvas"), TRIANGLES)
    expect(verdict(page)).to_contain_text("Anomaly")
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("Draw a digit on the canvas")).to_be_visible()
    stroke(page, page.locator("canvas.upper-canvas"), [(150, 150)])
    expect(verdict(page)).to_contain_text("its outline is unusual")


def test_a_drawing_survives_a_change_of_page(page: Page, lab: LabServer) -> None:
    stroke(page, canvas_of(page, lab), SEVEN)
    score = page.get_by_text(re.compile(r"Score \d+\.\d+"))
    before = score.inner_text()
    page.get_by_role("link", name="Home", exact=True).click()
    expect(page.get_by_role("heading", name="What is an autoencoder?")).to_be_visible()
    page.get_by_role("link", name="Draw", exact=True).click()
    expect(score).to_have_text(before)
    stroke(
        page, page.locator("canvas.upper-canvas"), [(90, 150), (190, 150)]
    )  # the old strokes are still there
    expect(score).not_to_have_text(before)
    expect(page.get_by_text(re.compile("nearest codes.*7"))).to_be_visible()


def score_of(page: Page) -> Locator:
    return page.get_by_text(re.compile(r"^Score \d+\.\d+"))


def test_a_sample_stays_whatever_is_pressed_next(page: Page, lab: LabServer) -> None:
    canvas_of(page, lab)
    score, before = score_of(page), ""
    for sample, rate in (("A digit", "5.1 %"), ("A letter", "5.2 %"), ("A scribble", "5.3 %")):
        page.get_by_role("button", name=sample).click()
        expect(score).not_to_have_text(before)
        before = score.inner_text()
        page.get_by_text("The same drawing under other models").click()
        expect(score).to_have_text(before)
        page.get_by_role("slider", name=re.compile("False-alarm rate")).press("ArrowRight")
        expect(page.get_by_text(rate).first).to_be_visible()
        expect(score).to_have_text(before)
        page.get_by_role("link", name="Home", exact=True).click()
        expect(page.get_by_role("heading", name="What is an autoencoder?")).to_be_visible()
        page.get_by_role("link", name="Draw", exact=True).click()
        expect(score).to_have_text(before)


def test_undo_takes_the_last_stroke_away(page: Page, lab: LabServer) -> None:
    canvas = canvas_of(page, lab)
    score = score_of(page)
    stroke(page, canvas, SEVEN)
    before = score.inner_text()
    stroke(page, canvas, [(90, 150), (190, 150)])
    expect(score).not_to_have_text(before)
    canvas.hover()
    page.get_by_role("button", name="Undo").click()
    expect(score).to_have_text(before)


def upload(page: Page, file: Path) -> None:
    page.locator("input[type=file]").set_input_files(file)


def test_an_upload_is_judged_or_refused_where_the_verdict_stands(
    page: Page, lab: LabServer, tmp_path: Path
) -> None:
    paper = Image.new("RGB", (600, 800), "#f4f0e6")
    ImageDraw.Draw(paper).line([(150, 150), (450, 150), (300, 650)], fill="#203060", width=45, joint="curve")
    photo, document, large = tmp_path / "seven.jpg", tmp_path / "words.docx", tmp_path / "large.png"
    paper.save(photo)
    document.write_text("these are words")
    large.write_bytes(bytes(32_100_000))
    canvas_of(page, lab)
    upload(page, photo)
    expect(verdict(page)).to_contain_text("Normal")

    refusal = page.locator(".st-key-verdict").get_by_test_id("stAlertContentError")
    acts = {
        document: lambda: stroke(page, page.locator("canvas.upper-canvas"), [(90, 150), (190, 150)]),
        large: lambda: page.get_by_role("button", name="A digit").click(),
    }
    for file, act in acts.items():
        upload(page, file)
        expect(refusal).to_contain_text("only PNG and JPEG" if file == document else "at most 32 MB")
        expect(verdict(page)).to_have_count(0)
        act()
        expect(verdict(page)).to_be_visible()
        expect(refusal).to_have_count(0)
    expect(page.get_by_test_id("stFileUploader")).not_to_contain_text("large.png")

    with page.expect_response("**/upload_file/**"):  # taken away sooner, the browser would complain
        upload(page, photo)
    upload(page, document)
    expect(refusal).to_be_visible()
    page.get_by_role("link", name="Home", exact=True).click()
    expect(page.get_by_role("heading", name="What is an autoencoder?")).to_be_visible()
    page.get_by_role("link", name="Draw", exact=True).click()
    expect(verdict(page)).to_be_visible()
    expect(refusal).to_have_count(0)


# In the shadow root of the canvas are another for the ground and one for the stroke under the pen.
INK = """upper => {
    const canvas = upper.getRootNode().querySelector("canvas:not(.upper-canvas, .dc-background-canvas)")
    return [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]
}"""


def ink_of(canvas: Locator) -> np.ndarray:
    """The strokes on the canvas, intensities from 0 to 1 [280, 280]."""
    expect(canvas).to_have_count(1)
    pixels = np.array(canvas.evaluate(INK)).reshape(280, 280, 4) / 255
    return pixels[..., 0] * pixels[..., 3]


def test_a_reload_keeps_the_drawing_of_each_tab_and_an_upload_fills_the_canvas(
    tabs: Tabs, lab: LabServer, tmp_path: Path
) -> None:
    small = tmp_path / "small.png"
    Image.fromarray(255 - load_digits("embedded").test.images[0]).save(small)
    other = tabs.open()
    stroke(other, canvas_of(other, lab), TRIANGLES)
    expect(verdict(other)).to_contain_text("Anomaly")
    page = tabs.open()
    canvas, score = canvas_of(page, lab), score_of(page)  # empty: what the other tab keeps is its own
    upload(page, small)
    before = score.inner_text()
    lines = np.flatnonzero((ink_of(canvas) > 0.5).any(axis=1))
    assert lines[-1] - lines[0] > 180
    stroke(page, canvas, [(20, 20), (60, 20)])
    expect(score).not_to_have_text(before)
    before, ink = score.inner_text(), ink_of(canvas)
    page.reload()
    expect(score).to_have_text(before)
    assert np.allclose(ink_of(canvas), ink, atol=0.02)
    stroke(page, canvas, [(20, 260), (60, 260)])
    expect(score).not_to_have_text(before)
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("Draw a digit on the canvas")).to_be_visible()
    page.wait_for_function("sessionStorage.length === 0")
    assert other.evaluate("sessionStorage.length") == 1


def test_the_pictures_follow_the_pen_while_the_server_is_away_and_the_verdict_comes_once_it_is_back(
    tabs: Tabs, tmp_path: Path, empty_data: Path
) -> None:
    lab = LabServer(tmp_path / "runs", data=empty_data).start()
    page = tabs.context.new_page()  # unheard: while the server is away the browser cannot but complain
    canvas = canvas_of(page, lab)
    expect(page.locator(".live")).to_have_attribute("data-shows", "nothing")
    lab.stop()
    stroke(page, canvas, SEVEN)
    expect(page.locator(".live")).to_have_attribute("data-shows", "drawing")
    with LabServer(tmp_path / "runs", data=empty_data, port=lab.port):
        expect(verdict(page)).to_contain_text("Normal")
        expect(page.locator(".live")).to_have_attribute("data-shows", "judged")
        assert not tabs.shows_exception()


def test_a_drawing_in_a_link_opens_for_a_stranger(page: Page, lab: LabServer, chromium: Browser) -> None:
    stroke(page, canvas_of(page, lab), SEVEN)
    page.wait_for_url(re.compile("drawing="))
    expect(score_of(page)).to_be_visible()
    before = page.url
    with chromium.new_context() as context:
        there = context.new_page()
        there.goto(before)
        expect(verdict(there)).to_have_text(verdict(page).inner_text())
        canvas = there.locator("[data-testid=stBidiComponentIsolated] canvas.upper-canvas")
        canvas.scroll_into_view_if_needed()
        canvas.click(position={"x": 30, "y": 250})  # a stroke more, on those of the link
        there.wait_for_url(lambda url: url != before)
        assert len(there.url) > len(before)
