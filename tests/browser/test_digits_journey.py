"""Find the hardest digit in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from ae_core import zoo
from ae_core.data.sources import load_digits
from ae_core.scores.calibration import evaluate
from tools.lab_server import LabServer

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def hardest() -> list[int]:
    """Places of the embedded test digits, the hardest for the shipped model first."""
    table = evaluate(zoo.load("dense-32"), load_digits("embedded").test)
    return table.sort_values("error", ascending=False, kind="stable")["index"].tolist()


def click_digit(page: Page, column: int, line: int) -> None:
    """Clicks a digit of the gallery: ten columns, two lines."""
    gallery = page.get_by_test_id("stPlotlyChart").first
    picture = gallery.locator(".imagelayer image").first
    page.mouse.click(*middle_of_digit(picture.bounding_box(), column, line))


def middle_of_digit(box: dict, column: int, line: int) -> tuple[float, float]:
    return box["x"] + (column + 0.5) * box["width"] / 10, box["y"] + (line + 0.5) * box["height"] / 2


def test_the_hardest_digit_is_found_and_another_is_clicked(
    page: Page, lab: LabServer, hardest: list[int]
) -> None:
    page.goto(f"{lab.url}/digits?score=mse")
    expect(page.get_by_text(re.compile(f"Test digit {hardest[0]:,}, a"))).to_be_visible()
    page.get_by_test_id("stPlotlyChart").first.locator(".imagelayer image").wait_for()
    click_digit(page, 3, 1)
    expect(page.get_by_text(re.compile(f"Test digit {hardest[13]:,}, a"))).to_be_visible()
    page.get_by_text("Easiest first").click()
    expect(page.get_by_text(re.compile(f"Test digit {hardest[-1]:,}, a"))).to_be_visible()


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_the_gallery_is_as_high_as_its_picture_and_clickable_at_any_width(
    page: Page, lab: LabServer, hardest: list[int], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{lab.url}/digits?score=mse")
    gallery = page.get_by_test_id("stPlotlyChart").first
    picture = gallery.locator(".imagelayer image")
    picture.wait_for()
    expect(page.get_by_text("Click one to see it large")).to_be_visible()
    picture.scroll_into_view_if_needed()
    around, inside = gallery.bounding_box(), picture.bounding_box()
    assert abs(around["height"] - inside["height"]) < 4
    assert abs(around["width"] - inside["width"]) < 4
    click_digit(page, 8, 1)
    expect(page.get_by_text(re.compile(f"Test digit {hardest[18]:,}, a"))).to_be_visible()


def test_a_tap_chooses_the_digit_under_the_finger(phone: Page, lab: LabServer, hardest: list[int]) -> None:
    phone.goto(f"{lab.url}/digits?score=mse")
    picture = phone.get_by_test_id("stPlotlyChart").first.locator(".imagelayer image")
    expect(phone.get_by_text("was asked for")).to_be_visible()
    phone.wait_for_load_state("networkidle")  # all is there: nothing moves under the finger
    for column, line in ((3, 1), (8, 1), (5, 0)):
        picture.scroll_into_view_if_needed()
        phone.touchscreen.tap(*middle_of_digit(picture.bounding_box(), column, line))
        expect(phone.get_by_text(f"Test digit {hardest[10 * line + column]:,}, a")).to_be_visible()


def test_a_class_is_chosen_and_paged(page: Page, lab: LabServer) -> None:
    page.goto(f"{lab.url}/digits?score=mse")
    page.get_by_test_id("stButtonGroup").get_by_text("7", exact=True).click()
    expect(page.get_by_text(re.compile("100 of 1,000 test digits"))).to_be_visible()
    expect(page.get_by_text(re.compile("Test digit .*, a 7"))).to_be_visible()
    first = page.get_by_text(re.compile("Test digit .*, a 7")).inner_text()
    pages = page.get_by_role("spinbutton", name=re.compile("Page, of 5"))
    pages.fill("5")
    pages.press("Enter")
    expect(page.get_by_text(first)).to_be_hidden()
    expect(page.get_by_text(re.compile("Test digit .*, a 7"))).to_be_visible()


def test_the_threshold_moves_with_the_false_alarm_rate(page: Page, lab: LabServer) -> None:
    page.goto(f"{lab.url}/digits?score=mse")
    line = page.get_by_text(re.compile(r"Threshold 0\.\d+, set on 800 validation digits"))
    expect(line).to_be_visible()
    before = line.inner_text()
    thumb = page.get_by_role("slider", name=re.compile("False-alarm rate"))
    thumb.focus()
    for _ in range(5):
        thumb.press("ArrowRight")
    expect(page.get_by_text("5.5 % was asked for")).to_be_visible()
    assert line.inner_text() != before
