"""Latent in a real browser: point, select, move a slider, play an interpolation, ask for t-SNE."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from ae_core.data.sources import load_digits
from tests.browser.conftest import Tabs
from tests.conftest import WaitUntil
from tools.lab_server import LabServer

pytestmark = pytest.mark.browser

# The digit furthest to the right, which no other hides: its number, and where it is in the window.
RIGHTMOST = """chart => {
  const traces = chart._fullData.filter(trace => trace.customdata)
  const points = traces.flatMap(trace => Array.from(trace.x, (x, place) =>
    ({x, y: trace.y[place], number: trace.customdata[place][0]})))
  const found = points.reduce((most, point) => point.x > most.x ? point : most)
  const box = chart.getBoundingClientRect(), {xaxis, yaxis, _size} = chart._fullLayout
  return {
    number: found.number,
    x: box.left + _size.l + xaxis.l2p(found.x),
    y: box.top + _size.t + yaxis.l2p(found.y),
  }
}"""
FIRST_AXIS = "first principal component"
PIXELS = (
    "canvas => [...canvas.getContext('2d').getImageData(0, 0, 28, 28).data.filter((_, i) => i % 4 === 0)]"
)


def open_page(page: Page, lab: LabServer) -> Locator:
    page.goto(f"{lab.url}/latent?model=zoo:dense-8")
    return map_of(page, FIRST_AXIS)


def map_of(page: Page, title: str | None = None) -> Locator:
    chart = page.get_by_test_id("stPlotlyChart").first.locator(".js-plotly-plot")
    if title:
        expect(chart.get_by_text(title)).to_be_visible()
    expect(chart.locator("canvas").first).to_be_attached()
    return chart


def image_in(canvas: Locator) -> np.ndarray:
    """Intensities [28, 28], 0 to 1, of a canvas with white ink on near-black."""
    return (np.array(canvas.evaluate(PIXELS)).reshape(28, 28) - 4) / 251


def assert_shows(canvas: Locator, digit: np.ndarray) -> None:
    assert np.abs(image_in(canvas) - digit / 255).max() < 0.05  # sheets have 16 greys


@pytest.fixture
def point_at_rightmost(wait_until: WaitUntil) -> Callable[[Page], Locator]:
    """Hovers a digit of the map as a person would, who moves on until something shows; its card."""

    def hover(page: Page, card: Locator) -> bool:
        chart = map_of(page)
        chart.scroll_into_view_if_needed()
        found = chart.evaluate(RIGHTMOST)
        page.mouse.move(found["x"] - 30, found["y"] - 30)
        page.mouse.move(found["x"], found["y"], steps=5)
        return card.is_visible()  # its own picture, or that of a digit that stands as near

    def point(page: Page) -> Locator:
        card = page.locator("[data-testid=stBidiComponentIsolated] .card")
        wait_until(lambda: hover(page, card))
        return card

    return point


def test_a_digit_appears_under_the_pointer_and_a_region_is_selected(
    page: Page, lab: LabServer, point_at_rightmost: Callable
) -> None:
    chart = open_page(page, lab)
    expect(page.get_by_text("Linear probe of pixels")).to_be_visible()  # all is drawn, the pictures are sent
    card = point_at_rightmost(page)
    number = int(card.get_attribute("data-number"))
    assert_shows(card.locator("canvas").first, load_digits("embedded").test.images[number])
    assert image_in(card.locator("canvas").last).max() > 0.5
    page.mouse.move(5, 5)
    expect(card).to_be_hidden()

    box = chart.locator(".nsewdrag").first.bounding_box()
    corners = [(0.02, 0.02), (0.98, 0.02), (0.98, 0.98), (0.02, 0.98), (0.02, 0.03)]
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()
    expect(page.get_by_text(re.compile(r"^1,000 selected: .*; 40 of them"))).to_be_visible()
    expect(page.get_by_alt_text("Selected")).to_have_count(2)
    point_at_rightmost(page)  # the chart still listens


def decoded_in(page: Page, key: str) -> Locator:
    """The picture that a component decodes, which is there once the browser has the model."""
    place = page.locator(f".st-key-{key}")
    place.scroll_into_view_if_needed()
    expect(place.locator(".told")).to_contain_text("training codes")
    return place.get_by_label("decoded", exact=True)


def picture(canvas: Locator) -> str:
    return canvas.evaluate("canvas => canvas.toDataURL()")


def test_sliders_decode_without_the_server_and_stay_where_they_are(
    page: Page, lab: LabServer, wait_until: WaitUntil
) -> None:
    open_page(page, lab)
    decoded, told = decoded_in(page, "code-sliders"), page.locator(".st-key-code-sliders .told")
    before, distance = picture(decoded), told.inner_text()
    slider = page.get_by_role("slider", name=re.compile("^PC 1: "))
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    slider.focus()
    page.keyboard.down("ArrowRight")  # not let go: nothing is sent yet
    wait_until(lambda: picture(decoded) != before)
    page.keyboard.press("End")
    expect(told).not_to_have_text(distance)
    page.context.set_offline(False)
    page.keyboard.up("ArrowRight")
    page.get_by_role("button", name="Centre").click()
    wait_until(lambda: picture(decoded) == before)

    slider.press("End")
    wait_until(lambda: picture(decoded) != before)
    moved, place = picture(decoded), slider.input_value()
    page.get_by_text("by p-value").click()  # the server has answered, and heard of the slider before
    expect(page.get_by_text("p-value", exact=True).first).to_be_visible()
    page.get_by_role("link", name="Home", exact=True).click()
    expect(page.get_by_role("heading", name="What is an autoencoder?")).to_be_visible()
    page.get_by_role("link", name="Latent", exact=True).click()
    decoded = decoded_in(page, "code-sliders")
    assert (slider.input_value(), picture(decoded)) == (place, moved)


def test_the_plane_decodes_under_pointer_keys_and_finger(
    page: Page, phone: Page, lab: LabServer, wait_until: WaitUntil
) -> None:
    page.set_viewport_size({"width": 1440, "height": 1400})
    page.goto(f"{lab.url}/latent?model=zoo:dense-2")
    expect(page.get_by_text("Linear probe of pixels")).to_be_visible()  # all is drawn: nothing moves any more
    decoded = decoded_in(page, "decoded-plane")
    field = page.locator(".field")
    expect(field).to_have_attribute("data-lines", "18")
    start = picture(decoded)
    field.hover(position={"x": 600, "y": 600})
    box = field.bounding_box()
    assert box
    wait_until(lambda: picture(decoded) != start)  # the pointer need not press
    page.mouse.move(5, 5)
    wait_until(lambda: picture(decoded) == start)
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + box["height"] * 0.5)
    page.mouse.down()
    page.mouse.move(box["x"] + 1, box["y"] + 1, steps=5)
    page.mouse.up()
    page.mouse.move(5, 5)
    wait_until(lambda: picture(decoded) != start)
    corner = picture(decoded)
    expect(page.locator(".st-key-decoded-plane .told")).to_contain_text("Far from every real code")
    field.press("ArrowRight")
    field.press("ArrowDown")
    wait_until(lambda: picture(decoded) != corner)

    phone.goto(f"{lab.url}/latent?model=zoo:dense-2")
    decoded = decoded_in(phone, "decoded-plane")
    start = picture(decoded)
    phone.locator(".field").tap(position={"x": 20, "y": 20})
    wait_until(lambda: picture(decoded) != start)


def test_a_walk_is_played_to_its_end(page: Page, lab: LabServer) -> None:
    open_page(page, lab)
    digits = load_digits("embedded").test
    first, last = (digits.images[np.argmax(digits.labels == digit)] for digit in (4, 9))
    screens = page.locator("[data-testid=stBidiComponentIsolated] .screens")
    screens.scroll_into_view_if_needed()
    expect(screens).to_have_attribute("data-frame", "0")
    in_pixels = screens.get_by_role("img", name="Film in the pixels")
    assert_shows(in_pixels, first)
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_role("button", name="Pause", exact=True).click()
    paused_at = int(screens.get_attribute("data-frame"))
    assert 0 <= paused_at < 90
    page.get_by_role("button", name="Play", exact=True).click()
    expect(screens).to_have_attribute("data-frame", "90")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert_shows(in_pixels, last)
    place = page.get_by_role("slider", name="Place in the film")
    place.focus()
    place.press("Home")
    expect(screens).to_have_attribute("data-frame", "0")
    assert_shows(in_pixels, first)


def test_a_tsne_map_is_asked_for_and_found_again(
    tabs: Tabs, lab: LabServer, point_at_rightmost: Callable
) -> None:
    page = tabs.open()
    open_page(page, lab)
    page.get_by_text("t-SNE", exact=True).click()
    page.get_by_role("button", name="Compute the t-SNE map").click()
    expect(page.get_by_text(FIRST_AXIS)).to_be_hidden(timeout=90_000)
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
    point_at_rightmost(page)

    page = tabs.open()  # another visit
    open_page(page, lab)
    page.get_by_text("t-SNE", exact=True).click()
    expect(page.get_by_text(FIRST_AXIS)).to_be_hidden()
    expect(page.get_by_role("button", name="Compute the t-SNE map")).to_be_hidden()


@pytest.mark.parametrize(("path", "text"), [("latent", FIRST_AXIS), ("tradeoffs", "Latent dimension")])
def test_a_chart_is_taken_away_and_works_without_the_lab(
    page: Page, lab: LabServer, tmp_path: Path, path: str, text: str
) -> None:
    page.goto(f"{lab.url}/{path}")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as HTML").click()
    saved = tmp_path / "chart.html"
    download.value.save_as(saved)
    page.goto("about:blank")  # the lab may still be fetching
    page.context.set_offline(True)
    page.goto(saved.as_uri())
    expect(page.locator(".js-plotly-plot").get_by_text(text).first).to_be_visible()
