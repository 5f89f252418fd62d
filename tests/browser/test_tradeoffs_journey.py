"""Trade-offs in a real browser: a sweep is started, seen to grow, left, reloaded and found again."""

import re

import pytest
from playwright.sync_api import Page, expect

from ae_core.runs.store import RunStore
from ae_core.studies.store import StudyStore
from ae_core.studies.sweep import Sweep
from ae_core.studies.sweep_results import sweep_table
from tools.lab_server import LabServer

pytestmark = pytest.mark.browser


def test_a_sweep_grows_and_survives_a_reload_and_a_change_of_page(
    page: Page, lab: LabServer, lab_store: RunStore
) -> None:
    page.goto(f"{lab.url}/tradeoffs")
    expect(page.get_by_text("PCA, the best linear code")).to_be_visible()
    for dim in ("4", "16", "32", "64"):
        page.get_by_role("button", name=dim, exact=True).click()  # leaves 2 and 8
    epochs = page.get_by_role("spinbutton", name="Epochs each")
    epochs.fill("6")
    epochs.press("Enter")
    expect(page.get_by_text(re.compile(r"^2 trainings of at most 120"))).to_be_visible()
    for _ in range(3):  # an impatient hand
        page.get_by_role("button", name="Start sweep").click()
    page.wait_for_url(re.compile(r"sweep=\d{8}-\d{6}-\w{4}"))
    expect(page.get_by_text(re.compile(r"^[01] of 2 trainings"))).to_be_visible()
    page.reload()
    expect(page.get_by_text(re.compile(r"^\d of 2 trainings"))).to_be_visible()
    page.get_by_role("link", name="Draw", exact=True).click()
    expect(page.get_by_role("heading", name="Is your drawing")).to_be_visible()
    page.get_by_role("link", name="Trade-offs", exact=True).click()
    expect(page.get_by_text("2 of 2 trainings")).to_be_visible(timeout=60_000)
    curve = page.get_by_role("figure", name="Test error against latent")
    expect(curve.get_by_text("dense, your sweep")).to_be_visible()
    store = StudyStore(lab_store)
    (sweep,) = store.list(Sweep)
    assert list(sweep_table(store, sweep)["state"]) == ["finished"] * 2
