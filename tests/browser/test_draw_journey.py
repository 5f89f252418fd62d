"""Draw on the real canvas and get a verdict."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

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


def verdict(page: Page) -> Locator:
    return page.get_by_role("heading", name=re.compile("^(Normal|Anomaly):"))


def test_a_digit_is_normal_and_a_zigzag_is_not(page: Page, lab: LabServer) -> None:
    canvas = canvas_of(page, lab)
    stroke(page, canvas, SEVEN)
    expect(verdict(page)).to_contain_text("Normal")
    expect(page.get_by_text(re.compile("nearest codes.*7"))).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("Draw a digit on the canvas")).to_be_visible()
    stroke(page, page.locator("canvas.upper-canvas"), TRIANGLES)
    expect(verdict(page)).to_contain_text("Anomaly")


def test_a_drawing_survives_a_change_of_page(page: Page, lab: LabServer) -> None:
    stroke(page, canvas_of(page, lab), SEVEN)
    score = page.get_by_text(re.compile(r"Score 0\.\d+"))
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
    return page.get_by_text(re.compile(r"^Score 0\.\d+"))


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


def test_an_upload_takes_the_same_path(page: Page, lab: LabServer, tmp_path) -> None:
    from PIL import Image, ImageDraw

    paper = Image.new("RGB", (600, 800), "#f4f0e6")
    ImageDraw.Draw(paper).line([(150, 150), (450, 150), (300, 650)], fill="#203060", width=45, joint="curve")
    photo = tmp_path / "seven.jpg"
    paper.save(photo)
    canvas_of(page, lab)
    page.locator("input[type=file]").set_input_files(photo)
    expect(verdict(page)).to_contain_text("Normal")
    no_picture = tmp_path / "words.png"
    no_picture.write_text("these are words")
    page.locator("input[type=file]").set_input_files(no_picture)
    expect(page.get_by_test_id("stAlert").filter(has_text="only PNG and JPEG")).to_be_visible()
