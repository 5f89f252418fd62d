"""Bring images of one's own in a real browser: previewed, imported, seen, deleted; for a session only."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ae_core.data.digits import Digits
from ae_core.data.own.store import OwnData
from tests.browser.conftest import DESK, Tabs, tabs_of
from tests.data.made_files import encoded, zipped
from tools.lab_server import LabServer

pytestmark = pytest.mark.browser


@pytest.fixture
def archive(embedded: Digits, tmp_path: Path) -> Path:
    """Pictures in two folders that are their classes, as macOS packs them."""
    files = [("shoes/.DS_Store", b"\0\0\0\1Bud1")]
    for number, image in enumerate(embedded.test.images[:120]):
        name = f"{'boot' if number % 2 else 'sandal'}/{number}.png"
        files += [(f"shoes/{name}", encoded(image)), (f"__MACOSX/shoes/._{number}.png", b"\0\5\x16\7")]
    path = tmp_path / "Shoes.zip"
    path.write_bytes(zipped(files))
    return path


def choose(page: Page, archive: Path) -> None:
    """Chooses the file on the Data page, and waits for both previews."""
    field = page.get_by_test_id("stFileUploaderDropzoneInput").first
    expect(field).to_be_attached()
    field.set_input_files(archive)
    for way in ("as handwriting", "plainly resized"):
        picture = page.get_by_alt_text(f"Some of the images, {way}")
        expect(picture).to_be_visible()
        assert picture.evaluate("each => each.decode().then(() => each.naturalWidth)") > 300
    expect(page.get_by_text("Classes among these: boot, sandal.")).to_be_visible()


def images(page: Page) -> Locator:
    return page.get_by_role("listbox", name=re.compile("Test (images|digits)")).get_by_role("option")


def delete(page: Page) -> None:
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Yes, delete it").click()


def test_pictures_become_a_data_set_that_every_page_shows_until_it_is_deleted(
    page: Page, lab: LabServer, archive: Path
) -> None:
    page.goto(f"{lab.url}/data")
    choose(page, archive)
    page.get_by_label("Name", exact=True).fill("my-shoes")
    page.get_by_role("textbox", name="Names of the classes").fill("sandal=Sandale, boot=Stiefel")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("120 images of 2 classes read from Shoes.zip").first).to_be_visible()
    expect(page.get_by_text("a file of the operating system (121)").first).to_be_visible()
    expect(page).to_have_url(re.compile("data=my-shoes"))
    page.get_by_role("link", name="Digits").click()
    expect(images(page).first).to_be_visible()
    expect(page.get_by_text(re.compile("Stiefel|Sandale")).first).to_be_visible()
    page.get_by_role("link", name="Data", exact=True).click()
    delete(page)
    expect(page.get_by_text("The data set my-shoes was deleted.")).to_be_visible()
    assert OwnData(lab.environment["AE_RUNS"]).names() == []


def test_what_is_for_a_session_only_outlives_a_reload_and_nobody_else_sees_it(
    page: Page, tabs: Tabs, chromium: Browser, lab: LabServer, archive: Path
) -> None:
    page.goto(f"{lab.url}/data")
    choose(page, archive)
    page.get_by_text("This session only").click()
    expect(page.get_by_text("You alone see its images, in all tabs of this browser")).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("For this session only.")).to_be_visible()
    expect(page).to_have_url(re.compile("data=session-[0-9a-f]{8}"))
    page.reload()
    expect(page.get_by_text("For this session only.")).to_be_visible()
    page.get_by_role("link", name="Digits").click()
    expect(images(page).first).to_be_visible()
    second = tabs.open()  # of the same visitor
    second.goto(page.url)
    expect(images(second).first).to_be_visible()

    with chromium.new_context(**DESK) as context:
        for others in tabs_of(context):
            other = others.open()
            other.goto(page.url)
            expect(other.get_by_text("a link does not pass them on")).to_be_visible()
            expect(images(other).first).to_be_visible()
            other.get_by_role("combobox", name=re.compile("Data set")).click()
            expect(other.get_by_role("option", name=re.compile("Embedded"))).to_be_visible()
            assert not other.get_by_role("option", name=re.compile("shoes")).count()
            other.keyboard.press("Escape")
    page.get_by_role("link", name="Data", exact=True).click()
    delete(page)
    expect(page.get_by_text("The data set shoes of one session was deleted.")).to_be_visible()
    assert OwnData(lab.environment["AE_RUNS"]).folder.names() in ([], [".lock"])
