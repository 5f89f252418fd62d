"""Cold deep links, wrong addresses, and a server restarted under an open tab."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from ae_core.config import DEFAULT_SCORE
from ae_core.scores.table import SCORES
from tests.browser.conftest import Tabs
from tools.lab_server import PROJECT, LabServer

pytestmark = pytest.mark.browser

HEADINGS = {
    "": "What is an autoencoder?",
    "lessons": "What do you want to understand?",
    "train": "How does it learn?",
    "runs": "Which run is the best?",
    "digits": "Which digits does it find hard?",
    "draw": "Is your drawing a digit it knows?",
    "latent": "What lives inside the code?",
    "tradeoffs": "What does a latent dimension buy?",
    "anomaly": "Which threshold, and does it work?",
    "data": "What does it learn from?",
}


def test_a_cold_deep_link_and_a_restart_under_an_open_tab(
    tabs: Tabs, tmp_path: Path, empty_data: Path
) -> None:
    lab = LabServer(tmp_path / "runs", data=empty_data).start()
    page = tabs.context.new_page()  # unheard: while the server is away the browser cannot but complain
    page.goto(f"{lab.url}/digits?model=zoo:dense-8")
    expect(page.get_by_role("heading", name=HEADINGS["digits"])).to_be_visible()
    expect(page.get_by_role("link", name="Draw", exact=True)).to_be_visible()
    expect(page.get_by_test_id("stSidebarNav")).to_have_count(0)  # the older mode's list of file names
    expect(page.get_by_text("was asked for")).to_be_visible()
    expect(page.get_by_text("signed error", exact=True)).to_be_visible()
    page.wait_for_load_state("networkidle")
    lab.stop()
    with LabServer(tmp_path / "runs", data=empty_data, port=lab.port):
        page.get_by_text("Easiest first").click()
        expect(page.get_by_role("heading", name=HEADINGS["digits"])).to_be_visible()
        page.reload()
        expect(page.get_by_text("Model in view: Reference network, 8 latent dimensions")).to_be_visible()
        assert not tabs.shows_exception()


def test_no_page_is_forgotten_here() -> None:
    files = {page.stem for page in (PROJECT / "pages").glob("*.py")}
    assert HEADINGS.keys() == files - {"home"} | {""}


@pytest.mark.parametrize("path", HEADINGS)
def test_every_page_opens_by_its_address(page: Page, lab: LabServer, path: str) -> None:
    page.goto(f"{lab.url}/{path}?model=zoo:dense-2&data=embedded")
    expect(page.get_by_role("heading", name=HEADINGS[path])).to_be_visible()
    expect(page.get_by_role("combobox", name="Model in view")).to_have_value("dense-2 · shipped")


def test_wrong_values_in_the_address_are_named(page: Page, lab: LabServer) -> None:
    page.goto(f"{lab.url}/train?model=nothing&data=../../etc&run=20200101-000000-aaaa")
    for wrong in ("nothing", "../../etc", "20200101-000000-aaaa"):
        expect(page.get_by_test_id("stAlert").filter(has_text=wrong)).to_be_visible()
    expect(page.get_by_role("heading", name=HEADINGS["train"])).to_be_visible()


def opened(page: Page, address: str) -> Page:
    """By a bare or a wrong address, which the lab then completes."""
    page.goto(address)
    page.wait_for_url(re.compile(f"score={DEFAULT_SCORE}"))
    return page


def choose(page: Page, label: str, option: str) -> None:
    before = page.url
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()
    page.wait_for_function("before => location.href !== before", arg=before)


def test_one_press_of_back_is_one_step_to_what_was_there(page: Page, lab: LabServer) -> None:
    def shows(path: str, model: str = "dense-32", score: str = DEFAULT_SCORE) -> None:
        expect(page.get_by_role("heading", name=HEADINGS[path])).to_be_visible()
        expect(page.get_by_role("combobox", name="Model in view")).to_have_value(f"{model} · shipped")
        if path:
            title = SCORES[score].title
            expect(page.get_by_role("combobox", name="Score", exact=True)).to_have_value(title)
        expect(page).to_have_url(re.compile(rf"/{path}\?(?=.*model=zoo%3A{model}\b)(?=.*score={score}\b)"))

    opened(page, f"{lab.url}/digits?model=nothing&score=nothing")
    opened(page, lab.url)
    page.get_by_role("link", name="Draw", exact=True).click()
    shows("draw")
    choose(page, "Score", "Error per ink")
    shows("draw", score="error_per_ink")
    choose(page, "Model in view", "dense-2 · shipped")
    shows("draw", "dense-2", "error_per_ink")
    page.go_back()
    shows("draw", score="error_per_ink")
    page.go_back()
    shows("draw")
    page.go_back()
    shows("")
    page.go_back()
    shows("digits")
    page.go_back()
    expect(page).to_have_url("about:blank")


def test_a_start_is_no_step_back_and_the_bare_address_shows_the_run_under_way(
    tabs: Tabs, lab: LabServer, chromium: Browser
) -> None:
    page = opened(tabs.open(), lab.url)
    page.get_by_role("link", name="Train", exact=True).click()
    page.get_by_role("button", name="Start training").click()
    page.wait_for_url(re.compile("run="))
    run = re.search("run=([^&]*)", page.url)[1]
    page.go_back()
    expect(page.get_by_role("heading", name=HEADINGS[""])).to_be_visible()
    page.go_forward()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()

    again = tabs.open()  # another session of the same visitor
    again.goto(f"{lab.url}/train")
    expect(again.get_by_role("button", name="Stop")).to_be_visible()
    again.wait_for_url(re.compile(f"run={run}"))
    with chromium.new_context() as context:
        stranger = context.new_page()
        stranger.goto(f"{lab.url}/train")
        expect(stranger.get_by_text("Press Start training")).to_be_visible()
    again.get_by_role("button", name="Stop").click()
    expect(again.get_by_role("button", name="Resume")).to_be_visible()


def test_the_code_of_charts_comes_while_home_is_read(page: Page, lab: LabServer) -> None:
    page.goto(lab.url)
    page.wait_for_function(
        "performance.getEntriesByType('resource').some(file => file.name.includes('/PlotlyChart.'))"
    )
    expect(page.get_by_test_id("stPlotlyChart")).to_have_count(0)


def test_the_title_is_there_before_streamlits_code_and_stays_where_it_is(page: Page, lab: LabServer) -> None:
    waiting: list[Route] = []
    page.route(re.compile(r"/static/js/index\."), lambda asked: waiting.append(asked))
    page.goto(f"{lab.url}/digits", wait_until="commit")
    early = page.locator("#first-paint h1")
    expect(early).to_have_text(HEADINGS["digits"])
    page.evaluate("document.fonts.ready.then(() => 0)")
    place = early.bounding_box()
    expect(page.get_by_role("heading")).to_have_count(0)  # who listens to the page waits for the page itself
    for asked in waiting:
        asked.continue_()
    page.unroute_all()
    title = page.get_by_role("heading", name=HEADINGS["digits"])
    expect(title).to_be_visible()
    expect(early).to_have_count(0)
    there = title.bounding_box()
    assert abs(place["x"] - there["x"]) < 1
    assert abs(place["y"] - there["y"]) < 1
    assert abs(place["height"] - there["height"]) < 1
