"""Takes a picture of every page at every width, light and dark: `python -m tools.screenshots FOLDER`.

Says which pages are wider than the window. Needs Chromium, whose path `AE_BROWSER` may name; starts a lab of
its own unless `--url` names one.
"""

import argparse
import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tools.lab_server import LabServer
from ui.shell.navigation import ENTRIES

SIZES = {390: 844, 1024: 768, 1440: 900, 2560: 1440}  # heights, by width
SCHEMES = ("light", "dark")
WAIT = 120_000  # ms: a first visitor's scores are fitted first
MAIN = "document.querySelector('[data-testid=stMain]')"
TALLEST = 8000
QUIET = 1500  # ms in which charts fade in


def settle(page: Page) -> None:
    page.get_by_test_id("stMainBlockContainer").locator("h1").wait_for(timeout=WAIT)
    page.locator("[data-test-script-state=notRunning]").wait_for(state="attached", timeout=WAIT)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(QUIET)


def take(browser: Browser, url: str, folder: Path, widths: list[int], pages: list[str]) -> Iterator[str]:
    """What there is to say of each picture."""
    for width in widths:
        for scheme in SCHEMES:
            page = browser.new_page(viewport={"width": width, "height": SIZES[width]}, color_scheme=scheme)
            for entry in ENTRIES:
                if pages and entry.name not in pages:
                    continue
                page.goto(f"{url}/{entry.path}")
                settle(page)
                file = folder / f"{entry.path or 'home'}-{width}-{scheme}.png"
                beyond = page.evaluate(f"{MAIN}.scrollWidth - {MAIN}.clientWidth")
                height = page.evaluate(f"{MAIN}.scrollHeight")
                page.set_viewport_size({"width": width, "height": min(height, TALLEST)})  # it scrolls inside
                page.wait_for_timeout(QUIET)
                page.screenshot(path=file)
                page.set_viewport_size({"width": width, "height": SIZES[width]})
                yield f"{file}{f': {beyond} pixels wider than the window' if beyond > 0 else ''}"
            page.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url", help="of a lab that runs")
    parser.add_argument("--widths", type=int, nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--pages", nargs="+", choices=[entry.name for entry in ENTRIES], default=[])
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        url = asked.url
        if not url:
            runs = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "runs"
            url = stack.enter_context(LabServer(runs)).url
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("AE_BROWSER"), args=["--no-sandbox", "--disable-gpu"]
        )
        for told in take(browser, url, asked.folder, asked.widths, asked.pages):
            print(told, flush=True)
        browser.close()


if __name__ == "__main__":
    main()
