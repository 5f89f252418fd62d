"""Nothing jumps while a page loads: what comes late has its room before it is there."""

import pytest
from playwright.sync_api import Page

from tests.browser.test_accessibility import wait_until_drawn
from tools.lab_server import LabServer

pytestmark = pytest.mark.browser
GOOD = 0.1  # web.dev/cls: at most this is good
WATCH = """
window.shifts = []
const keep = (list) => window.shifts.push(...list.getEntries().filter((each) => !each.hadRecentInput))
new PerformanceObserver(keep).observe({ type: "layout-shift", buffered: true })
"""
TELL = """() => window.shifts.map(({ value, sources }) =>
    [value, sources.map(({ node }) => node?.parentElement?.closest("[class*=st-key]")?.className)])"""


@pytest.mark.parametrize("width", [390, 1440])
def test_a_page_by_its_address_does_not_move_while_it_loads(page: Page, lab: LabServer, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.add_init_script(WATCH)
    for name in ("", "digits", "draw"):
        page.goto(f"{lab.url}/{name}")
        wait_until_drawn(page)
        shifts = page.evaluate(TELL)
        assert sum(value for value, _ in shifts) <= GOOD, f"{name}: {shifts}"
