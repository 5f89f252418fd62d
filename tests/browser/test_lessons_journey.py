"""A learner takes a lesson: answers, acts on another page, comes back, and is at the end."""

import re

import pytest
from playwright.sync_api import Page, expect

from tools.lab_server import LabServer

pytestmark = pytest.mark.browser


def go_on(page: Page, step: int) -> None:
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text(f"Step {step} of 5")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"step={step}\b"))


def test_a_lesson_is_walked_to_its_end(page: Page, lab: LabServer) -> None:
    page.goto(lab.url)
    page.get_by_role("link", name="New here? Take a lesson").click()
    page.locator(".st-key-start-02-bottleneck button").click()
    expect(page.get_by_role("heading", name="2 · The bottleneck")).to_be_visible()
    page.get_by_text("The 8", exact=True).click()
    expect(page.get_by_text("Not quite.")).to_be_visible()
    page.get_by_text("The 1", exact=True).first.click()
    expect(page.get_by_text("Right.")).to_be_visible()
    expect(page.get_by_role("img", name="Reconstructions by dense-2")).to_be_visible()
    go_on(page, 2)
    go_on(page, 3)

    page.get_by_role("link", name="Digits").click()
    expect(page.get_by_role("heading", name="Which digits does it find hard?")).to_be_visible()
    reminder = page.locator(".st-key-running-lesson")
    expect(reminder).to_contain_text("Lesson 2, step 3. Bring a model with latent dimension 2 into view.")
    page.get_by_role("combobox", name="Model in view").click()
    page.get_by_role("option", name="dense-2 · shipped").click()
    expect(page).to_have_url(re.compile("zoo%3Adense-2(&|$)"))
    reminder.get_by_role("link", name="Back to the lesson").click()
    expect(page.get_by_text("Done: the lab has seen it.")).to_be_visible()
    expect(reminder).to_have_count(0)

    go_on(page, 4)
    expect(page.get_by_role("img", name="Reconstructions by dense-32")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Step 3 of 5")).to_be_visible()
    go_on(page, 4)
    go_on(page, 5)
    page.get_by_role("button", name="Show me").click()
    expect(page.get_by_text("Right.")).to_be_visible()
    page.get_by_role("button", name="Finish the lesson").click()
    expect(page.get_by_text("You have finished The bottleneck.")).to_be_visible()
    expect(page.get_by_text("5/5")).to_be_visible()
