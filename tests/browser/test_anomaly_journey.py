"""Anomaly in a real browser: a held-out experiment to its end, its threshold moved, its table downloaded."""

import io
import re
from pathlib import Path

import numpy as np
import pandas
import pytest
from playwright.sync_api import Page, expect

from ae_core.runs.store import RunStore
from ae_core.studies.experiment import Experiment
from ae_core.studies.store import StudyStore
from tools.lab_server import LabServer

pytestmark = pytest.mark.browser

MISSED = re.compile(r"^([\d,]+) missed,")


def missed(page: Page) -> int:
    """Of the experiment's part: the page begins with a threshold of its own."""
    told = page.get_by_text(MISSED).last.inner_text()
    return int(MISSED.match(told)[1].replace(",", ""))


def test_a_held_out_digit_from_the_form_to_the_downloaded_table(
    page: Page, lab: LabServer, lab_store: RunStore
) -> None:
    page.goto(f"{lab.url}/anomaly")
    expect(page.get_by_role("heading", name="Which threshold, and does it work?")).to_be_visible()
    page.get_by_test_id("stButtonGroup").get_by_role("button", name="8", exact=True).click()  # leaves the 1
    expect(page.get_by_text("1 training of at most")).to_be_visible()
    epochs = page.get_by_role("spinbutton", name="Epochs each")
    epochs.fill("1")
    epochs.press("Enter")
    page.get_by_role("button", name="Start experiment").click()
    page.wait_for_url(re.compile(r"experiment=\d{8}-\d{6}-\w{4}"))
    page.reload()
    expect(page.get_by_text("1 of 1 part", exact=True)).to_be_visible(timeout=120_000)
    expect(page.get_by_role("heading", name="One part in detail")).to_be_visible()
    expect(page.get_by_text(MISSED)).to_have_count(2)

    before = missed(page)
    slider = page.get_by_role("slider", name="False-alarm rate").last
    slider.focus()
    slider.press("End")  # nearly every normal digit may be flagged
    expect(page.get_by_text(MISSED).last).not_to_have_text(re.compile(rf"^{before:,} missed"))
    assert missed(page) < before

    with page.expect_download() as download:
        page.get_by_role("button", name="Results as CSV").click()
    table = pandas.read_csv(io.BytesIO(Path(download.value.path()).read_bytes()))
    (experiment,) = StudyStore(lab_store).list(Experiment)
    assert set(table["part"]) == {1}
    assert len(table) > 10
    assert table["auroc"].between(0, 1).all()
    assert download.value.suggested_filename == f"experiment-{experiment.id}.csv"


def test_a_file_too_large_for_the_field_leaves_no_doubt_about_what_is_in_use(
    page: Page, lab: LabServer, tmp_path: Path
) -> None:
    """The browser keeps it to itself and the earlier upload in the field."""
    mine, large = tmp_path / "mine.npy", tmp_path / "large.npy"
    np.save(mine, np.eye(28, dtype=np.uint8)[None] * 16)
    with large.open("wb") as file:
        file.truncate(33 * 2**20)
    page.goto(f"{lab.url}/anomaly")
    page.get_by_role("radio", name="Foreign images").click()
    refusal = page.get_by_text("A file marked with ! was not taken")
    field = page.get_by_test_id("stFileUploaderDropzoneInput")
    field.set_input_files(mine)
    expect(page.get_by_text("read as 0 to 16, black to white")).to_be_visible()
    expect(refusal).not_to_be_visible()
    field.set_input_files(large)
    expect(refusal).to_contain_text("at most 32 MB is allowed. In use: mine.npy.")
    expect(refusal).to_be_visible()
    page.get_by_role("button", name="Remove large.npy").click()
    expect(refusal).not_to_be_visible()
    page.get_by_role("button", name="Remove mine.npy").click()
    expect(page.get_by_text("1 image read from mine.npy")).not_to_be_visible()
    field.set_input_files(large)
    expect(refusal).to_contain_text("No images of yours are in use.")
