"""Makes the pictures of the README: `make figures`. Needs Chromium, whose path `AE_BROWSER` may name.

Starts a lab of its own, trains a small model in it, and takes each page as a visitor sees it.
"""

import os
import re
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tools.lab_server import LabServer

DOCS = Path(__file__).resolve().parent
TWO = [(80, 80), (105, 55), (150, 50), (185, 75), (180, 120), (130, 175), (85, 220), (140, 215), (205, 222)]
expect.set_options(timeout=60_000)
SLOW_TRAINING = 300_000  # ms, on a machine without fast half-precision


def settle(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.mouse.move(5, 5)  # nothing hovered
    page.wait_for_timeout(800)  # charts fade in


def take(page: Page, name: str) -> None:
    settle(page)
    page.screenshot(path=DOCS / f"{name}.png")


def home(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.get_by_test_id("stMetricValue").first).to_be_visible()
    take(page, "home")


def lessons(page: Page, url: str) -> None:
    page.goto(f"{url}/lessons?lesson=02-bottleneck&step=1")
    page.get_by_text("The 1", exact=True).click()
    expect(page.get_by_text("Here are ten test digits")).to_be_visible()
    take(page, "lessons")


def runs(page: Page, url: str) -> None:
    """With the run that `train` leaves."""
    page.goto(f"{url}/runs")
    expect(page.get_by_text("on file")).to_be_visible()
    take(page, "runs")


def train(page: Page, url: str) -> None:
    page.goto(f"{url}/train")
    page.get_by_role("button", name="Start training").click()
    expect(page.get_by_text(re.compile("After epoch 1[0-9]:"))).to_be_visible(timeout=SLOW_TRAINING)
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".stMarkdownBadge").filter(has_text="paused")).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text(re.compile("images/s"))).to_be_visible()
    page.mouse.move(5, 5)
    page.wait_for_timeout(800)
    page.screenshot(path=DOCS / "train.png")
    page.get_by_role("button", name="Stop").click()


def digits(page: Page, url: str) -> None:
    page.goto(f"{url}/digits")
    expect(page.get_by_text("was asked for")).to_be_visible()
    take(page, "digits")


def draw(page: Page, url: str) -> None:
    page.goto(f"{url}/draw")
    canvas = page.locator("[data-testid=stBidiComponentIsolated] canvas.upper-canvas")
    expect(canvas).to_be_visible()
    settle(page)
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + TWO[0][0], box["y"] + TWO[0][1])
    page.mouse.down()
    for x, y in TWO[1:]:
        page.mouse.move(box["x"] + x, box["y"] + y, steps=4)
    page.mouse.up()
    expect(page.get_by_text(re.compile("p-value"))).to_be_visible()
    take(page, "draw")


def latent(page: Page, url: str) -> None:
    page.goto(f"{url}/latent")
    expect(page.get_by_text("Linear probe of pixels")).to_be_visible()
    take(page, "latent")


def tradeoffs(page: Page, url: str) -> None:
    page.goto(f"{url}/tradeoffs")
    expect(page.get_by_text("PCA, the best linear code")).to_be_visible()
    expect(page.get_by_role("heading", name="Is more better?")).to_be_visible()
    take(page, "tradeoffs")


def anomaly(page: Page, url: str) -> None:
    page.goto(f"{url}/anomaly")
    expect(page.get_by_role("heading", name="How do others do?")).to_be_visible()
    take(page, "anomaly")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("AE_BROWSER"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = chromium.new_page(viewport={"width": 1440, "height": 960})
        with LabServer(Path(folder) / "runs") as lab:
            for picture in (home, lessons, digits, draw, latent, tradeoffs, anomaly, train, runs):
                picture(page, lab.url)
        chromium.close()


if __name__ == "__main__":
    main()
