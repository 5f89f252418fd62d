"""Learners take lessons: they answer, act on another page, come back, and get to the end of each."""

import re

import pytest
from playwright.sync_api import Page, expect

from ae_core.lessons.lesson import Step
from ae_core.lessons.shelf import Words, read_shelf, read_words
from tools.lab_server import PROJECT, LabServer

pytestmark = pytest.mark.browser

WORDS = read_words(PROJECT / "lessons")
LESSONS = {each.id: each for each in read_shelf(PROJECT / "lessons")}
SET_TWICE = "created with a default value but also had its value set"  # Streamlit, of a control


def press(page: Page, button: str) -> None:
    """Once the step is drawn: while it grows, the button moves away under the pointer."""
    expect(page.locator("[data-test-script-state=notRunning]")).to_be_visible()
    page.get_by_role("button", name=button).click()


def go_on(page: Page, step: int) -> None:
    press(page, "Next")
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
    press(page, "Show me")
    expect(page.get_by_text("Right.")).to_be_visible()
    press(page, "Finish the lesson")
    expect(page.get_by_text("You have finished The bottleneck.")).to_be_visible()
    expect(page.get_by_text("5/5")).to_be_visible()


def do(page: Page, step: Step, words: Words) -> None:
    """What the step asks, by "Show me"; the lab then says that it has seen it."""
    if step.question or step.action:
        press(page, words.show_me)
        told = page.get_by_text(words.right if step.question else words.done)
        expect(told).to_be_visible(timeout=240_000)  # where it trains, beside whatever else the machine does


@pytest.mark.parametrize("name", LESSONS)
def test_every_lesson_is_walked_by_show_me(page: Page, lab: LabServer, name: str) -> None:
    lesson = LESSONS[name].lesson
    words, count = WORDS[lesson.language], len(lesson.steps)
    page.goto(f"{lab.url}/lessons?lesson={name}")
    for number, step in enumerate(lesson.steps, start=1):
        expect(page.get_by_text(words.step.format(step=number, steps=count))).to_be_visible()
        do(page, step, words)
        press(page, words.finish if number == count else words.next)
    expect(page.get_by_text(words.finished.format(lesson=lesson.title).replace("*", ""))).to_be_visible()
    expect(page.get_by_text(f"{count}/{count}", exact=False)).to_be_visible()
    assert SET_TWICE not in lab.log.read_text()
