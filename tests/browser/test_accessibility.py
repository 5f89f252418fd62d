"""Every page keeps WCAG 2.2 AA as far as axe can tell, in light and in dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.test_addresses import HEADINGS
from tools.lab_server import LabServer

pytestmark = pytest.mark.browser
LOOKS = 5
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_on_any_page(page: Page, lab: LabServer, scheme: str):
    page.emulate_media(color_scheme=scheme)
    found = []
    for name in HEADINGS:
        page.goto(f"{lab.url}/{name}")
        wait_until_drawn(page)
        if name == "draw":
            page.get_by_role("button", name="A digit").click()
            page.get_by_text("p-value").first.wait_for()
        found += [f"{name}: {violation}" for violation in violations(page)]
    assert not found, "\n".join(found)


def violations(page: Page) -> list[str]:
    """Those of a page at rest: words also fade for a moment as they are drawn anew."""
    for _ in range(LOOKS):
        wait_until_drawn(page)
        found = Axe().run(page, options=RULES).response["violations"]
        told = [f"{rule['id']} {node['html']}" for rule in found for node in rule["nodes"]]
        if not told:
            break
    return told


def wait_until_drawn(page: Page) -> None:
    page.get_by_test_id("stMainBlockContainer").locator("h1").wait_for()
    expect(page.locator("[data-test-script-state=notRunning]")).to_be_attached()
    expect(page.locator("[data-stale=true]")).to_have_count(0)
