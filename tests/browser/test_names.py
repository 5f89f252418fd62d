"""A hostile name in everybody's browser: it is read, and nothing of it is drawn, fetched or followed."""

import re

import pytest
from playwright.sync_api import Page, expect

from ae_core.jobs.states import State
from ae_core.models.config import ModelConfig
from ae_core.runs.run import MAX_NAME
from ae_core.runs.store import RunStore
from ae_core.training.config import TrainConfig
from tests.names import as_read
from tools.lab_server import LabServer

pytestmark = pytest.mark.browser
NAMES = (
    "![x](http://example.org/p.png) $x^2$ :red[x] <b>b</b>",
    "[x](javascript:alert(1)) `c` **b** :material/delete: :smile:",
    "# h http://example.org www.example.org a@example.org a->b",
)
DRAWN = "img[src*='example.org'], a[href*='example.org'], a[href^='javascript'], .katex, code, em, b, h1 ~ h1"


def test_a_runs_name_is_text_in_its_heading_and_before_it_is_deleted(
    lab: LabServer, lab_store: RunStore, page: Page
):
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    for name in NAMES:
        check_name(lab, lab_store, page, name)
    assert not [address for address in fetched if "example.org" in address]


def check_name(lab: LabServer, lab_store: RunStore, page: Page, name: str) -> None:
    assert len(name) <= MAX_NAME
    model = ModelConfig(latent_dim=2, hidden=(16,))
    run = lab_store.create(model, TrainConfig(epochs=1), dataset="embedded", fingerprint="f" * 16, name=name)
    run.set_state(State.FAILED, name)
    page.goto(f"{lab.url}/train?run={run.id}")
    results = page.locator(".st-key-results")
    results.get_by_test_id("stPopoverButton").last.click()  # other buttons may be named by the run
    question = page.get_by_test_id("stPopoverBody").get_by_text(re.compile(r"^Delete .*\?$", re.DOTALL))
    expect(question).to_be_visible()
    for place, words in (
        (results.get_by_test_id("stHeading"), name),
        (results.get_by_role("alert"), name),
        (question, f"Delete {name}?"),
    ):
        assert as_read(place.inner_text()).strip() == words
        expect(place.locator(DRAWN)).to_have_count(0)
    lab_store.delete(run.id)
