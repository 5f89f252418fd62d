"""Small words can be read: every page keeps WCAG AA's contrast, in light and in dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.test_addresses import HEADINGS
from tools.lab_server import LabServer

pytestmark = pytest.mark.browser
LOOKS = 5
CONTRAST = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out_from_its_ground(page: Page, lab: LabServer, scheme: str):
    page.emulate_media(color_scheme=scheme)
    faint = []
    for name in HEADINGS:
        page.goto(f"{lab.url}/{name}")
        wait_until_drawn(page)
        if name == "draw":
            page.get_by_role("button", name="A digit").click()
            page.get_by_text("p-value").first.wait_for()
        faint += [f"{name}: {html}" for html in faint_words(page)]
    assert not faint, "\n".join(faint)


def faint_words(page: Page) -> list[str]:
    """What is too faint in a page at rest: words also fade for a moment as they are drawn anew."""
    for _ in range(LOOKS):
        wait_until_drawn(page)
        found = Axe().run(page, options=CONTRAST).response["violations"]
        faint = [node["html"] for rule in found for node in rule["nodes"]]
        if not faint:
            break
    return faint


def wait_until_drawn(page: Page) -> None:
    page.get_by_test_id("stMainBlockContainer").locator("h1").wait_for()
    expect(page.locator("[data-test-script-state=notRunning]")).to_be_attached()
    expect(page.locator("[data-stale=true]")).to_have_count(0)
