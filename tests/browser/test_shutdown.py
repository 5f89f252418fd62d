"""The server told to end while its workers are busy: it does, at once, and takes them with it."""

import re
import signal
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.worker_processes import is_gone
from tools.lab_server import LabServer

pytestmark = [pytest.mark.browser, pytest.mark.processes]
SECONDS = 5  # a person who ends the lab waits no longer


def test_told_to_end_in_an_experiment_the_server_and_its_workers_are_gone_in_seconds(
    page: Page, tmp_path: Path, empty_data: Path, wait_until
) -> None:
    with LabServer(tmp_path / "runs", data=empty_data) as lab:
        page.goto(f"{lab.url}/anomaly")
        page.get_by_role("button", name="Start experiment").click(timeout=120_000)
        expect(page.get_by_text(re.compile(r"0 of \d+ parts · now"))).to_be_visible(timeout=120_000)
        family = psutil.Process(lab.process.pid).children(recursive=True)
        assert len(family) >= 3  # scheduler, nanny, worker
        page.close()  # it would log that its server is gone
        lab.process.send_signal(signal.SIGTERM)
        assert lab.process.wait(SECONDS) == 0
    wait_until(lambda: all(map(is_gone, family)))
