"""Find the hardest digit in a real browser."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from ae_core import zoo
from ae_core.data.sources import load_digits
from ae_core.scores.calibration import evaluate
from tools.lab_server import LabServer
from ui.pictures.mosaic import GAP, LINE_GAP

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def hardest() -> list[int]:
    """Places of the embedded test digits, the hardest for the shipped model first."""
    table = evaluate(zoo.load("dense-32"), load_digits("embedded").test)
    return table.sort_values("error", ascending=False, kind="stable")["index"].tolist()


def digit(page: Page, place: int) -> Locator:
    return page.get_by_role("listbox", name="Test digits").get_by_role("option").nth(place)


def test_the_hardest_digit_is_found_and_another_is_clicked(
    page: Page, lab: LabServer, hardest: list[int]
) -> None:
    page.goto(f"{lab.url}/digits?score=mse")
    expect(page.get_by_text(re.compile(f"Test digit {hardest[0]:,}, a"))).to_be_visible()
    digit(page, 13).click()
    expect(page.get_by_text(re.compile(f"Test digit {hardest[13]:,}, a"))).to_be_visible()
    expect(digit(page, 13)).to_have_attribute("aria-selected", "true")
    digit(page, 13).press("ArrowUp")
    expect(page.get_by_text(re.compile(f"Test digit {hardest[3]:,}, a"))).to_be_visible()
    expect(digit(page, 3)).to_be_focused()
    page.get_by_text("Easiest first").click()
    expect(page.get_by_text(re.compile(f"Test digit {hardest[-1]:,}, a"))).to_be_visible()


# In one look: as the window becomes narrow the sidebar goes, and everything moves.
WHERE = """button => {
    const [there, beneath] = [button, button.closest(".gallery").querySelector("img")].map(
        (part) => part.getBoundingClientRect())
    return [there.x - beneath.x, there.y - beneath.y, there.width, there.height].map(
        (length) => length / beneath.width)
}"""


def test_each_button_lies_on_its_own_digit_at_any_width(page: Page, lab: LabServer) -> None:
    page.goto(f"{lab.url}/digits?score=mse")
    width, height = 10 * (28 + GAP) - GAP, 3 * (28 + GAP) - GAP
    for window in (390, 1024, 1440):
        page.set_viewport_size({"width": window, "height": 900})
        for place in (0, 9, 18):
            left, top = place % 10 * (28 + GAP), place // 10 * (height + LINE_GAP)
            found = digit(page, place).evaluate(WHERE)
            assert np.allclose(found, np.array([left, top, 28, height]) / width, atol=0.003)


def test_a_tap_chooses_the_digit_under_the_finger(phone: Page, lab: LabServer, hardest: list[int]) -> None:
    phone.goto(f"{lab.url}/digits?score=mse")
    for place in (13, 18, 5):
        digit(phone, place).tap()
        expect(phone.get_by_text(f"Test digit {hardest[place]:,}, a")).to_be_visible()


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


def test_the_slider_lays_all_maps_over_their_digits_and_is_remembered(page: Page, lab: LabServer) -> None:
    page.goto(f"{lab.url}/digits?score=mse")
    slider = page.get_by_role("slider", name="Map over the digit")
    expect(slider).to_have_attribute("aria-valuetext", "the map alone")
    expect(page.get_by_text("pixels of full colour alone reach the threshold")).to_contain_text("5 % false")
    over = [page.locator(".gallery .over"), page.locator("[class*=st-key-over-digit] > :nth-child(2)")]
    for each in over:
        expect(each).to_have_css("opacity", "0")
    slider.fill("40")
    for each in over:
        expect(each).to_have_css("opacity", "0.6")
    page.get_by_role("link", name="Draw").click()
    expect(page.get_by_role("slider", name="Map over the digit")).to_have_attribute("aria-valuetext", "40 %")
    expect(page.locator(".live .over")).to_have_css("opacity", "0.6")
    page.reload()
    expect(page.get_by_role("slider", name="Map over the digit")).to_have_value("40")


def test_error_maps_follow_the_threshold(page: Page, lab: LabServer) -> None:
    page.goto(f"{lab.url}/digits?score=mse&rate=10")
    legend = page.get_by_text("pixels of full colour alone reach the threshold")
    expect(legend).to_contain_text("10 % false alarms")
    before = page.locator(".gallery .maps").get_attribute("src")
    page.get_by_role("slider", name=re.compile("False-alarm rate")).press("ArrowLeft")
    expect(legend).to_contain_text("9.9 % false alarms")
    expect(page.locator(".gallery .maps")).not_to_have_attribute("src", before)
