"""A lab of the tests' own, and a real Chromium that fails a test on any error the page shows or logs."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from ae_core.runs.store import RunStore
from tools.lab_server import LabServer

expect.set_options(timeout=60_000)  # a busy machine may take long, a broken page for ever


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def launch() -> dict[str, Any]:
    """How Chromium is started."""
    path = os.environ.get("AE_BROWSER")
    if not path:
        pytest.fail("AE_BROWSER names no browser: start these tests with `make test`.", pytrace=False)
    return {"executable_path": path, "args": ["--no-sandbox", "--disable-gpu"]}


@pytest.fixture(scope="session")
def chromium(playwright: Playwright, launch: dict[str, Any]) -> Browser:
    """For visitors who have never seen the lab."""
    return playwright.chromium.launch(**launch)


@pytest.fixture(scope="session")
def empty_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder without full MNIST: journeys run on the embedded digits, quick on every machine."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, empty_data: Path) -> Iterator[LabServer]:
    """One for all tests: it starts and warms up once."""
    with LabServer(tmp_path_factory.mktemp("lab") / "runs", data=empty_data) as server:
        yield server


@pytest.fixture
def lab(server: LabServer) -> LabServer:
    """A lab with nothing in its store: what other tests started is gone, and their work ends by itself."""
    runs = Path(server.environment["AE_RUNS"])
    while runs.exists() and (left := list(runs.iterdir())):  # a worker may have been writing
        for each in left:
            if each.is_dir():
                shutil.rmtree(each, ignore_errors=True)
            else:
                each.unlink(missing_ok=True)
    return server


@pytest.fixture
def lab_store(lab: LabServer) -> RunStore:
    return RunStore(lab.environment["AE_RUNS"])


class Tabs:
    """Tabs of one visitor, and what went wrong in any of them."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.errors: list[str] = []

    def open(self) -> Page:
        page = self.context.new_page()
        page.on("console", self.listen)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        return page

    def listen(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def shows_exception(self) -> bool:
        return any(page.get_by_test_id("stException").count() for page in self.context.pages)


DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="session")
def desk(
    playwright: Playwright, launch: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> BrowserContext:
    """One for all tests, with a profile on disk: it fetches and compiles the front end once."""
    return playwright.chromium.launch_persistent_context(tmp_path_factory.mktemp("profile"), **launch, **DESK)


@pytest.fixture
def tabs(desk: BrowserContext) -> Iterator[Tabs]:
    """Makes tabs of a new visitor; at the end none may show an exception box or have logged an error."""
    desk.clear_cookies()
    yield from tabs_of(desk)
    desk.set_offline(False)


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A tab on a small screen that is touched."""
    with chromium.new_context(**PHONE) as context:
        for tabs in tabs_of(context):
            yield tabs.open()


def tabs_of(context: BrowserContext) -> Iterator[Tabs]:
    tabs = Tabs(context)
    yield tabs
    shows_exception = tabs.shows_exception()
    for page in context.pages:
        page.close()
    assert not shows_exception, "a page shows an exception box"
    assert not tabs.errors, "\n".join(tabs.errors)


@pytest.fixture
def page(tabs: Tabs) -> Page:
    return tabs.open()
