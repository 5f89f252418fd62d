"""Choose another score in a real browser: verdicts and orders change, on every page."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from ae_core import zoo
from ae_core.data.sources import load_digits
from ae_core.scores.detector import Detector
from tests.browser.test_draw_journey import SEVEN, canvas_of, stroke
from tools.lab_server import LabServer

pytestmark = pytest.mark.browser

SCORE = "error_per_ink"
TITLE = "Error per ink"


@pytest.fixture(scope="module")
def hardest() -> int:
    """The test digit that is strangest by error per ink."""
    digits = load_digits("embedded")
    fitted = Detector(zoo.load("dense-32"), [SCORE]).fit(digits.train.images, digits.validation.images)
    return int(fitted.score_table(digits.test.images)[SCORE].argmax())


def choice(page: Page) -> Locator:
    return page.get_by_test_id("stMain").get_by_test_id("stSelectbox").get_by_role("combobox")


def choose(page: Page, title: str) -> None:
    choice(page).click()
    page.get_by_role("option", name=title, exact=True).click()


def axis(page: Page, title: str) -> Locator:
    """The newest: while the page is drawn anew, the chart of before may still be there."""
    return page.locator(".xtitle").get_by_text(f"Score: {title}", exact=True).last


def test_the_score_chosen_on_one_page_judges_on_all(page: Page, lab: LabServer, hardest: int) -> None:
    stroke(page, canvas_of(page, lab), SEVEN)
    words = page.get_by_text(re.compile(r"^Score [\d.]+ · p-value"))
    choose(page, "Mean squared error")
    expect(axis(page, "Mean squared error")).to_be_visible()
    before = words.inner_text()
    choose(page, TITLE)
    expect(words).not_to_have_text(before)
    expect(axis(page, TITLE)).to_be_visible()
    expect(page.get_by_text("MSE / (mean of x + 0.02)")).to_be_visible()

    page.get_by_role("link", name="Digits", exact=True).click()
    expect(choice(page)).to_have_value(TITLE)
    expect(axis(page, TITLE)).to_be_visible()
    expect(page.get_by_text(re.compile(f"Test digit {hardest:,}, a"))).to_be_visible()
    choose(page, "Mean squared error")
    expect(page.get_by_text(re.compile(f"Test digit {hardest:,}, a"))).to_be_hidden()
    expect(axis(page, "Mean squared error")).to_be_visible()

    page.get_by_role("link", name="Draw", exact=True).click()
    expect(choice(page)).to_have_value("Mean squared error")
    expect(words).to_have_text(before)
