"""A first visitor on Home: draws, looks at the code, changes it, all without the server."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest import WaitUntil
from tools.lab_server import LabServer

pytestmark = pytest.mark.browser
CHARTS_ARE_FETCHED = (
    "performance.getEntriesByType('resource').some(({ name }) => name.includes('PlotlyChart'))"
)
ERROR = re.compile(r"Error [\d.]+: larger than that of \S+( %)? of the test digits")


@pytest.fixture
def studio(page: Page, lab: LabServer) -> Locator:
    page.goto(lab.url)
    return opened(page)


def opened(page: Page) -> Locator:
    studio = page.locator(".studio")
    expect(studio).to_have_attribute("data-shows", "drawing")
    return studio


def picture(studio: Locator) -> str:
    return studio.locator(".reconstructed canvas").evaluate("canvas => canvas.toDataURL()")


def stroke(page: Page, canvas: Locator, *points: tuple[float, float]) -> None:
    """points: shares of the canvas's sides."""
    box = canvas.bounding_box()
    assert box
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()


def test_a_drawing_its_code_and_what_keys_and_pointer_make_of_it_without_the_server(
    page: Page, studio: Locator, wait_until
) -> None:
    told, bars = studio.locator(".told"), studio.get_by_role("slider", name="Latent code")
    expect(told).to_have_text(ERROR)
    first = picture(studio)
    page.wait_for_function(CHARTS_ARE_FETCHED)
    page.wait_for_load_state("networkidle")  # all that the page is made of is there
    page.context.set_offline(True)
    stroke(page, studio.locator(".drawn canvas"), (0.3, 0.25), (0.75, 0.25), (0.45, 0.8))
    expect(told).to_have_text(ERROR)
    seven = picture(studio)
    assert seven != first

    stroke(page, bars, (0.4, 0.5), (0.4, 0.05))
    expect(studio).to_have_attribute("data-shows", "code")
    changed = picture(studio)
    assert changed != seven
    before = bars.get_attribute("aria-valuetext")
    bars.press("ArrowRight")
    expect(bars).not_to_have_attribute("aria-valuetext", str(before))
    for _ in range(5):
        bars.press("ArrowUp")
    wait_until(lambda: picture(studio) != changed)

    studio.get_by_role("button", name="Clear").click()
    expect(studio).to_have_attribute("data-shows", "nothing")
    studio.get_by_role("button", name="Test digit 2").press("Enter")
    expect(studio).to_have_attribute("data-shows", "drawing")
    assert picture(studio) == first
    page.context.set_offline(False)


def test_on_a_phone_it_is_in_view_and_takes_a_finger(
    phone: Page, lab: LabServer, wait_until: WaitUntil
) -> None:
    phone.goto(lab.url)
    studio = opened(phone)
    first = picture(studio)
    pad = studio.locator(".drawn canvas")
    expect(pad).to_be_in_viewport(ratio=1)
    expect(studio.locator(".reconstructed canvas")).to_be_in_viewport(ratio=1)
    pad.tap()
    wait_until(lambda: picture(studio) != first)
    expect(studio.locator(".told")).to_have_text(ERROR)
    phone.get_by_test_id("stExpandSidebarButton").tap()
    phone.get_by_role("link", name="Runs", exact=True).tap()
    expect(phone.get_by_role("heading", name="Which run")).to_be_in_viewport(ratio=1)
    expect(phone.get_by_test_id("stSidebar")).not_to_be_in_viewport()


def test_where_the_browser_cannot_it_says_so(page: Page, lab: LabServer) -> None:
    page.route(
        "**/lab/network-*", lambda route: route.fulfill(status=200, content_type="text/javascript", body="")
    )
    page.goto(lab.url)
    expect(page.get_by_text("This browser cannot run the network itself")).to_be_visible()


def test_the_link_holds_what_is_drawn_and_a_code_made_by_hand(page: Page, lab: LabServer) -> None:
    page.goto(lab.url)
    studio = opened(page)
    stroke(page, studio.locator(".drawn canvas"), (0.3, 0.2), (0.7, 0.2), (0.4, 0.8))
    page.wait_for_url(re.compile("drawing="), timeout=60_000)
    told, address = studio.locator(".told").inner_text(), page.url
    assert "sample=" not in address
    page.goto("about:blank")
    page.goto(address)
    expect(opened(page).locator(".told")).to_have_text(told)
    page.locator(".starts button").nth(5).click()
    expect(page).to_have_url(re.compile(r"sample=5\b(?!.*drawing=)"))
    bars = page.locator(".code canvas")
    bars.focus()
    page.keyboard.press("ArrowUp")
    expect(page).to_have_url(re.compile(r"code=[^&]+(?!.*sample=)"))
    page.reload()
    expect(page.locator(".studio")).to_have_attribute("data-shows", "code")
