"""Runs in a real browser: rows are chosen, compared, exported, deleted, taken back and brought in."""

import io
from pathlib import Path

import pandas
import pytest
from playwright.sync_api import Locator, Page, expect

from ae_core.data.sources import load_digits
from ae_core.jobs.states import State
from ae_core.models.config import ModelConfig
from ae_core.runs.execution import execute
from ae_core.runs.store import RunStore
from ae_core.training.config import TrainConfig
from tools.lab_server import LabServer

pytestmark = pytest.mark.browser
HEADER, ROW = 38, 35  # pixels


def choose_row(page: Page, row: int) -> None:
    """By its box: the table is a canvas."""
    box = page.get_by_test_id("stDataFrame").first.bounding_box()
    page.mouse.click(box["x"] + 16, box["y"] + HEADER + ROW * row + ROW / 2)


def saved(page: Page, chart: Locator, tool: str) -> bytes:
    """What one of a chart's tools saves: they are there for a pointer over it."""
    chart.first.hover()
    with page.expect_download() as download:
        page.get_by_role("button", name=tool).first.click()
    return Path(download.value.path()).read_bytes()


def test_a_chart_is_saved_as_png_svg_and_data(page: Page, lab: LabServer) -> None:
    page.goto(f"{lab.url}/digits?data=embedded")
    chart = page.get_by_test_id("stPlotlyChart")
    expect(chart.first).to_be_visible(timeout=120_000)  # scores are fitted first
    assert saved(page, chart, "Download plot as a PNG").startswith(b"\x89PNG")
    assert b"Latent code of 32 values" in saved(page, chart, "Download as SVG")
    table = pandas.read_csv(io.BytesIO(saved(page, chart, "Download the data as CSV")))
    assert table["Latent code of 32 values"].tolist() == list(range(1, 33))
    assert table["Value"].between(-100, 100).all()


def test_runs_are_chosen_compared_exported_deleted_and_brought_back(
    page: Page, lab: LabServer, lab_store: RunStore, tmp_path: Path
) -> None:
    fingerprint = load_digits("embedded").fingerprint
    for name, width in (("narrow journey", 8), ("wide journey", 16)):
        model = ModelConfig(latent_dim=2, hidden=(width,))
        run = lab_store.create(
            model, TrainConfig(epochs=2), dataset="embedded", fingerprint=fingerprint, name=name
        )
        assert execute(run, device="cpu") is State.FINISHED
    page.goto(f"{lab.url}/runs?search=journey")
    expect(page.get_by_text("Choose one to see it")).to_be_visible()
    choose_row(page, 0)
    expect(page.get_by_role("heading", name="wide journey")).to_be_visible()
    choose_row(page, 1)
    expect(page.get_by_role("heading", name="2 runs side by side")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="2 runs side by side")).to_be_visible()
    assert b"</svg>" in saved(page, page.get_by_test_id("stVegaLiteChart"), "Download as SVG")
    choose_row(page, 1)
    expect(page.get_by_role("heading", name="wide journey")).to_be_visible()
    page.get_by_role("button", name="Export", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Everything, ZIP", exact=True).click()
    download.value.save_as(tmp_path / "run.zip")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Yes, delete", exact=True).click()
    expect(page.get_by_text("Deleted: wide journey")).to_be_visible()
    assert [each.name for each in lab_store.list() if "journey" in each.name] == ["narrow journey"]
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_role("heading", name="wide journey")).to_be_visible()
    page.get_by_text("Bring a model").click()
    page.locator("input[type=file]").set_input_files(tmp_path / "run.zip")
    expect(page.get_by_text("is in the table now, and chosen")).to_be_visible()
    assert [each.name for each in lab_store.list() if "wide journey" in each.name] == ["wide journey"] * 2
