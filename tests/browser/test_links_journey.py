"""What links promise: one press of Back is one step, a presentation is led by keys, a lock holds."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_addresses import HEADINGS, opened
from tools.lab_server import LabServer

pytestmark = pytest.mark.browser


def heading(page: Page, name: str) -> Locator:
    return page.get_by_role("heading", name=name)


def says(page: Page, *fields: str) -> None:
    for field in fields:
        expect(page).to_have_url(re.compile(rf"[?&]{field}(&|$)"))


def test_one_press_of_back_is_one_step_on_every_page(page: Page, lab: LabServer) -> None:
    opened(page, lab.url)
    page.get_by_role("link", name="Lessons", exact=True).click()
    says(page, "lesson=none")
    page.locator(".st-key-start-02-bottleneck button").click()
    says(page, "lesson=02-bottleneck", "step=1")
    page.get_by_role("button", name="Next").click()
    says(page, "step=2")
    page.get_by_role("link", name="Train", exact=True).click()
    expect(heading(page, HEADINGS["train"])).to_be_visible()
    page.get_by_role("button", name="Start training").click()
    says(page, "run=.*")
    page.get_by_role("link", name="Digits", exact=True).click()
    says(page, "order=hardest-first")
    page.get_by_text("Easiest first").click()
    says(page, "order=easiest-first")

    page.go_back()
    says(page, "order=hardest-first")
    expect(page.get_by_role("radio", name="Hardest first")).to_be_checked()
    page.go_back()
    expect(heading(page, HEADINGS["train"])).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Step 2 of 5")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Step 1 of 5")).to_be_visible()
    page.go_back()
    says(page, "lesson=none")
    expect(heading(page, HEADINGS["lessons"])).to_be_visible()
    page.go_back()
    expect(heading(page, HEADINGS[""])).to_be_visible()
    page.go_back()
    expect(page).to_have_url("about:blank")


def test_another_score_is_one_step_and_goes_along_to_other_pages(page: Page, lab: LabServer) -> None:
    page.goto(f"{lab.url}/draw")
    says(page, "score=.*")
    page.get_by_role("combobox", name="Score", exact=True).click()
    page.get_by_role("option", name="Error per ink", exact=True).click()
    says(page, "score=error_per_ink")
    page.get_by_role("link", name="Home", exact=True).click()
    expect(heading(page, HEADINGS[""])).to_be_visible()
    says(page, "score=error_per_ink")
    page.go_back()
    expect(heading(page, HEADINGS["draw"])).to_be_visible()
    page.go_back()
    expect(page.get_by_role("combobox", name="Score", exact=True)).to_have_value("Error and outline")


def test_a_presentation_shows_one_part_at_a_time_and_leaves_keys_to_what_has_them(
    page: Page, lab: LabServer
) -> None:
    page.goto(f"{lab.url}/latent")
    expect(heading(page, "Interpolation")).to_be_visible()
    says(page, "drawn=no")  # all of the page is there
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Present").click()
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    bar, place = page.locator(".st-key-presentation"), page.get_by_text(re.compile(r"^\d of \d$"))
    expect(place).to_have_text("1 of 4")
    expect(heading(page, "Interpolation")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(place).to_have_text("2 of 4")
    slider = page.get_by_role("slider").first
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(place).to_have_text("2 of 4")
    bar.get_by_role("button", name="Next part").click()
    expect(place).to_have_text("3 of 4")
    expect(heading(page, "Interpolation")).to_be_visible()
    expect(heading(page, HEADINGS["latent"])).to_have_count(0)
    says(page, "present=3")
    page.reload()
    expect(heading(page, "Interpolation")).to_be_visible()
    expect(place).to_have_text("3 of 4")
    page.keyboard.press("Escape")
    expect(bar).to_have_count(0)
    expect(heading(page, HEADINGS["latent"])).to_be_visible()
    expect(page.get_by_role("link", name="Draw", exact=True)).to_be_visible()


def test_beyond_the_last_part_the_next_page_comes(page: Page, lab: LabServer) -> None:
    page.goto(f"{lab.url}/draw?present=1")
    expect(page.get_by_text("1 of 1")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(heading(page, HEADINGS["latent"])).to_be_visible()
    says(page, "present=1")


def test_a_locked_control_is_there_and_cannot_be_moved(page: Page, lab: LabServer) -> None:
    page.goto(f"{lab.url}/digits?lock=order~score~model&order=easiest-first")
    expect(page.get_by_role("radio", name="Easiest first")).to_be_checked()
    expect(page.get_by_role("radio", name="Hardest first")).to_be_disabled()
    for name in ("Score", "Model in view"):
        expect(page.get_by_role("combobox", name=name, exact=True)).to_be_disabled()
