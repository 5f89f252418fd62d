"""Train in a real browser: to the end; paused, left, found again, stopped; in two tabs."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from ae_core.jobs.states import State
from ae_core.runs.store import RunStore
from tests.browser.conftest import Tabs
from tools.lab_server import LabServer

pytestmark = pytest.mark.browser


def set_number(page: Page, label: str, value: int) -> None:
    box = page.get_by_role("spinbutton", name=label, exact=True)
    box.fill(str(value))
    box.press("Enter")
    expect(box).to_have_value(str(value))


def start_run(page: Page, lab: LabServer, epochs: int, *, stay: bool = False) -> str:
    """Starts a run on the Train page, with its defaults unless it is to `stay`; its id, from the address."""
    if not stay:
        page.goto(f"{lab.url}/train")
    set_number(page, "Epochs", epochs)
    page.get_by_text("parameters · compression").wait_for()
    page.get_by_role("button", name="Start training").click()
    page.wait_for_url(re.compile(r"run=\d{8}-\d{6}-\w{4}"))
    return re.search(r"run=([\w-]+)", page.url)[1]


def badge(page: Page, state: str) -> Locator:
    return page.locator(".stMarkdownBadge").filter(has_text=state)


def test_a_run_is_watched_to_its_end(page: Page, lab: LabServer, lab_store: RunStore) -> None:
    run_id = start_run(page, lab, epochs=20)
    place = page.get_by_text(re.compile(r"Epoch \d+ of 20"))
    expect(place).to_be_visible()
    chart = page.get_by_test_id("stVegaLiteChart").first
    expect(chart).to_be_visible()
    early = chart.screenshot()
    expect(page.get_by_text(re.compile("After epoch (1[0-9]|20):"))).to_be_visible()
    assert chart.screenshot() != early, "the curve did not grow"
    expect(badge(page, "finished")).to_be_visible()
    expect(page.get_by_text("Epoch 20 of 20", exact=True)).to_be_visible()
    run = lab_store.get(run_id)
    assert run.state() is State.FINISHED
    metrics = run.metrics()
    assert len(metrics) == 20
    assert metrics["validation_loss"].iloc[-1] < metrics["validation_loss"].iloc[0]


def test_the_replay_shows_how_digits_formed(page: Page, lab: LabServer) -> None:
    start_run(page, lab, epochs=2)
    expect(badge(page, "finished")).to_be_visible()
    expect(page.get_by_text("reconstructions after epoch 2")).to_be_visible()
    thumb = page.get_by_role("slider", name=re.compile("Replay"))
    thumb.focus()
    thumb.press("ArrowLeft")
    expect(page.get_by_text("reconstructions after epoch 1")).to_be_visible()
    thumb.press("ArrowLeft")
    expect(page.get_by_text("reconstructions untrained")).to_be_visible()


def test_the_map_of_a_two_number_code_forms_and_is_replayed(
    page: Page, lab: LabServer, lab_store: RunStore
) -> None:
    page.goto(f"{lab.url}/train")
    page.get_by_role("combobox", name="Preset").click()
    page.get_by_role("option", name="Variational map").click()
    expect(page.get_by_text("two latent dimensions that fill the plane")).to_be_visible()
    run_id = start_run(page, lab, epochs=12, stay=True)
    plane = page.locator(".st-key-map")
    chart = plane.get_by_test_id("stVegaLiteChart").locator("svg, canvas").first
    expect(chart).to_be_visible()
    chart.evaluate("chart => chart.seenFirst = true")
    expect(plane.get_by_text(re.compile("500 test digits, after epoch [1-9]"))).to_be_visible()
    early = chart.screenshot()
    expect(badge(page, "finished")).to_be_visible()
    expect(plane.get_by_text("500 test digits, after epoch 12")).to_be_visible()
    assert chart.screenshot() != early, "the points did not move"
    assert chart.evaluate("chart => chart.seenFirst"), "the map was drawn anew, which flickers"
    thumb = page.get_by_role("slider", name=re.compile("Replay"))
    thumb.focus()
    thumb.press("Home")
    expect(plane.get_by_text("500 test digits, untrained")).to_be_visible()
    expect(page.get_by_text("reconstructions untrained")).to_be_visible()
    epochs, codes, _ = lab_store.get(run_id).codes()
    assert (epochs[0], epochs[-1]) == (0, 12)
    assert abs(codes[0]).max() < abs(codes[-1]).max() / 5, "untrained, the codes lie close together"


def test_a_reload_keeps_the_recipe_in_the_form(page: Page, lab: LabServer) -> None:
    start_run(page, lab, epochs=7)
    expect(badge(page, "finished")).to_be_visible()
    page.reload()
    expect(page.get_by_role("spinbutton", name="Epochs", exact=True)).to_have_value("7")


def test_a_number_out_of_range_is_told_under_the_form(page: Page, lab: LabServer) -> None:
    page.goto(f"{lab.url}/train")
    set_number(page, "Epochs", 5000)
    expect(page.get_by_text("epochs must be a whole number from 1 to 1,000, got 5000.")).to_be_visible()
    expect(page.get_by_role("button", name="Start training")).to_be_disabled()


def test_a_paused_run_is_found_again_and_stopped(tabs: Tabs, lab: LabServer, lab_store: RunStore) -> None:
    page = tabs.open()
    run_id = start_run(page, lab, epochs=1000)
    page.get_by_role("button", name="Pause").click()
    expect(badge(page, "paused")).to_be_visible()
    paused_at = lab_store.get(run_id).progress().epoch

    page.get_by_role("link", name="Digits", exact=True).click()
    expect(page.get_by_role("heading", name="Which digits does it find hard?")).to_be_visible()
    page.get_by_role("link", name="Train", exact=True).click()
    expect(badge(page, "paused")).to_be_visible()
    page.wait_for_url(re.compile(run_id))

    page.get_by_role("button", name="Step one epoch").click()
    expect(page.get_by_text(re.compile(f"Epoch {paused_at + 1} of 1000"))).to_be_visible()
    expect(badge(page, "paused")).to_be_visible()

    page.get_by_role("button", name="Resume").click()
    expect(badge(page, "training")).to_be_visible()
    second = tabs.open()  # a second tab, by the address alone, sees the same run
    second.goto(f"{lab.url}/train?run={run_id}")
    expect(second.get_by_role("button", name="Stop")).to_be_visible()
    second.get_by_role("button", name="Stop").click()
    expect(badge(second, "stopped")).to_be_visible()
    expect(badge(page, "stopped")).to_be_visible()
    run = lab_store.get(run_id)
    assert run.has_model(), "what a stopped run learned is kept"


def test_a_tab_with_a_paused_run_follows_what_another_tab_does(tabs: Tabs, lab: LabServer) -> None:
    page = tabs.open()
    run_id = start_run(page, lab, epochs=1000)
    page.get_by_role("button", name="Pause").click()
    expect(badge(page, "paused")).to_be_visible()
    epochs = re.compile(r"^Epoch (\d+) of 1000")
    before = page.get_by_text(epochs).inner_text()
    second = tabs.open()
    second.goto(f"{lab.url}/train?run={run_id}")
    second.get_by_role("button", name="Step one epoch").click()
    expect(page.get_by_text(epochs)).not_to_have_text(before)
    expect(badge(page, "paused")).to_be_visible()
    second.get_by_role("button", name="Stop").click()
    expect(badge(page, "stopped")).to_be_visible()


def test_a_reload_in_mid_training_shows_the_same_run(page: Page, lab: LabServer) -> None:
    run_id = start_run(page, lab, epochs=1000)
    expect(page.get_by_text(re.compile(r"Epoch \d+ of 1000"))).to_be_visible()
    page.reload()
    expect(page.get_by_text(re.compile(r"Epoch \d+ of 1000 · step"))).to_be_visible()
    assert run_id in page.url
    page.get_by_role("button", name="Stop").click()
    expect(badge(page, "stopped")).to_be_visible()


def test_a_finished_run_is_named_downloaded_looked_at_and_deleted(
    page: Page, lab: LabServer, lab_store: RunStore
) -> None:
    run_id = start_run(page, lab, epochs=1)
    expect(badge(page, "finished")).to_be_visible()
    name = page.get_by_role("textbox", name="Name")
    name.fill("My first run")
    name.press("Enter")
    expect(page.get_by_role("heading", name="My first run")).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    page.get_by_role("button", name="Export", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Everything, ZIP", exact=True).click()
    assert download.value.suggested_filename == f"{run_id}.zip"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Look at this model on the other pages").click()
    page.wait_for_url(re.compile(f"model={run_id}"))
    page.get_by_role("link", name="Digits", exact=True).click()
    expect(page.get_by_text("Model in view: My first run")).to_be_visible()
    page.get_by_role("link", name="Train", exact=True).click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Yes, delete").click()
    expect(page.get_by_role("heading", name="My first run")).to_be_hidden()
    assert run_id not in [run.id for run in lab_store.list()]
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_role("heading", name="My first run")).to_be_visible()
    assert run_id in [run.id for run in lab_store.list()]
