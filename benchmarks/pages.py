"""How soon a page shows its first picture: by a click in the lab, and by its address in a fresh browser.

Where that picture is a chart, what counts is its draft (`ui/pictures/draft.py`): bars, lines and points in
their places; Plotly's own chart, with axes and names, is told beside it ("chart").

Warm: each page has been opened once before, so that what the server keeps in memory is there. Cold, by
address: a server that has served nobody, first on a machine that has computed nothing yet ("new"), then on
one that has. Needs full MNIST, and Chromium, whose path `AE_BROWSER` names (`python tools/browser.py`).
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.report import AsJson, Target, report
from tools.lab_server import LabServer

# Page -> what its first picture is drawn in, and where that is the draft of a chart, the chart's own.
HOME = "[data-testid=stMain] img"
TITLE = "h1"  # of the first paint
PICTURES = {
    "Digits": ".gallery img",
    "Draw": "canvas.upper-canvas",
    "Latent": "img.draft",
    "Trade-offs": "img.draft",
    "Anomaly": "img.draft",
}
CHARTS = {
    "Latent": ".js-plotly-plot .gl-container canvas",
    "Trade-offs": ".js-plotly-plot .scatterlayer .trace",
    "Anomaly": ".js-plotly-plot .barlayer .trace",
}
TARGETS = {"latent_click_seconds": Target(high=2), "latent_kilobytes": Target(high=600)}
QUIET = 3  # seconds
PAINTED = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
WINDOW = {"width": 1440, "height": 900}
expect.set_options(timeout=60_000)


def seconds_until(page: Page, picture: str, act: Callable[[], object]) -> float:
    """From the act until the picture is on the screen."""
    started = time.perf_counter()
    act()
    page.locator(picture).first.wait_for(state="attached")
    page.evaluate(PAINTED)
    return time.perf_counter() - started


def cold(chromium: Browser, runs: Path, path: str, picture: str) -> tuple[float, float]:
    """Seconds until the title and until the picture, of a server that has just begun to answer."""
    with LabServer(runs) as lab, chromium.new_context(viewport=WINDOW) as context:
        page = context.new_page()
        started = time.perf_counter()
        title = seconds_until(page, TITLE, lambda: page.goto(lab.url + path, wait_until="commit"))
        page.locator(picture).first.wait_for(state="attached")
        page.evaluate(PAINTED)
        return title, time.perf_counter() - started


def cold_pages(chromium: Browser, folder: Path, view: str, times: int) -> dict[str, float]:
    os.environ["AE_CACHE"] = str(folder / "cache")  # nothing is in it yet
    figures = {}
    for name, picture in {"Home": HOME, **PICTURES}.items():
        key = name.lower().replace("-", "")
        path = "/" + ("" if name == "Home" else key) + view
        _, figures[f"{key}_new_seconds"] = cold(chromium, folder / "runs", path, picture)
        found = [cold(chromium, folder / "runs", path, picture) for _ in range(times)]
        titles, pictures = zip(*found, strict=True)
        figures[f"{key}_cold_title_seconds"] = statistics.median(titles)
        figures[f"{key}_cold_seconds"] = statistics.median(pictures)
    return figures


def by_address(chromium: Browser, url: str, picture: str) -> float:
    with chromium.new_context(viewport=WINDOW) as context:
        page = context.new_page()
        return seconds_until(page, picture, lambda: page.goto(url))


def kilobytes(chromium: Browser, url: str) -> float:
    """What a visit sends over the websocket, until nothing has come for QUIET seconds."""
    with chromium.new_context(viewport=WINDOW) as context:
        page, frames = context.new_page(), []

        def note(frame: str | bytes) -> None:
            frames.append(len(frame))

        page.on("websocket", lambda socket: socket.on("framereceived", note))
        page.goto(url)
        counted = -1
        while counted != len(frames):
            counted = len(frames)
            page.wait_for_timeout(1000 * QUIET)
        return sum(frames) / 1000


def by_click(chromium: Browser, home: str, name: str, picture: str) -> float:
    """From the Home page, in a browser that has shown nothing else of the lab."""
    with chromium.new_context(viewport=WINDOW) as context:
        page = context.new_page()
        page.goto(home)
        expect(page.get_by_test_id("stMetricValue").first).to_be_visible()
        page.wait_for_load_state("networkidle")
        return seconds_until(page, picture, page.get_by_role("link", name=name, exact=True).click)


def main(
    times: Annotated[int, typer.Option(min=1, help="Loads of each page, of which the median counts.")] = 5,
    model: Annotated[str, typer.Option(help="The model in view.")] = "zoo:dense-32",
    only_cold: Annotated[bool, typer.Option("--only-cold", help="Leave the warm figures out.")] = False,
    as_json: AsJson = False,
) -> None:
    """Opens each page on full MNIST; some ten minutes."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("AE_BROWSER"), args=["--no-sandbox", "--disable-gpu"]
        )
        view = f"?data=mnist&model={model}"
        if only_cold:
            report(cold_pages(chromium, Path(folder), view, times), {}, as_json)
            return
        figures = cold_pages(chromium, Path(folder), view, times)
        with LabServer(Path(folder) / "runs") as lab:
            by_address(chromium, lab.url + view, HOME)
            homes = [by_address(chromium, lab.url + view, HOME) for _ in range(times)]
            figures["home_load_seconds"] = statistics.median(homes)
            for name, picture in [*PICTURES.items(), *CHARTS.items()]:
                key = name.lower().replace("-", "")
                url = f"{lab.url}/{key}{view}"
                if picture == CHARTS.get(name):
                    key += "_chart"
                by_address(chromium, url, picture)
                loads = [by_address(chromium, url, picture) for _ in range(times)]
                clicks = [by_click(chromium, lab.url + view, name, picture) for _ in range(times)]
                figures |= {f"{key}_click_seconds": statistics.median(clicks)}
                figures |= {f"{key}_load_seconds": statistics.median(loads)}
            figures["latent_kilobytes"] = kilobytes(chromium, f"{lab.url}/latent{view}")
        chromium.close()
    report(figures, TARGETS, as_json)


if __name__ == "__main__":
    typer.run(main)
