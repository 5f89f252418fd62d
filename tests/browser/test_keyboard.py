"""All that matters is reached and done by keys alone, and it is seen where they are."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import wait_until_drawn
from tools.lab_server import LabServer

pytestmark = pytest.mark.browser
FOCUSED = """() => {
    let found = document.activeElement
    while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(found)
    const isMarked = (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none"
    const holder = found.closest("[data-baseweb], [data-testid=stNumberInputContainer], .react-aria-Group")
    const isField = found.matches("input, textarea") && Boolean(holder ?? found.parentElement)
    const isPage = found.matches("main, [data-testid=stMain]")
    return { isMarked: isMarked || isField || isPage, told: found.outerHTML.slice(0, 200) }
}"""
MOST = 80  # presses of Tab


def test_a_first_press_leads_past_the_sidebar_and_the_next_through_the_page(
    page: Page, lab: LabServer
) -> None:
    page.goto(f"{lab.url}/digits?score=mse")
    wait_until_drawn(page)
    page.wait_for_load_state("networkidle")  # what is drawn anew would lose the focus
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    slider = page.get_by_role("slider", name="Map over the digit")
    lost = 0
    for _ in range(MOST):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        if found["told"].startswith(
            "<body"
        ):  # what is drawn anew lets the keys go, and they go on from there
            lost += 1
            assert lost == 1
            continue
        assert found["isMarked"], found["told"]
        assert "stSidebar" not in found["told"]
        if slider.evaluate("slider => slider === slider.getRootNode().activeElement"):
            break
    page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", "95 %")


def test_a_page_and_a_dialog_are_opened_and_left_by_keys(page: Page, lab: LabServer) -> None:
    page.goto(lab.url)
    wait_until_drawn(page)
    draw = page.get_by_test_id("stSidebar").get_by_role("link", name="Draw")
    draw.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Is your drawing a digit it knows?")).to_be_visible()
    more = page.get_by_role("button", name=re.compile("More"))
    more.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Link for a class")).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Link for a class")
    expect(dialog.get_by_role("checkbox").first).to_be_visible()
    page.keyboard.press("Escape")  # out of the menu that it was opened from
    expect(page.get_by_role("dialog")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(more).to_be_focused()
    sample = page.get_by_role("button", name="A digit")  # a canvas takes no keys, what it starts from does
    sample.focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("p-value").first).to_be_visible()
