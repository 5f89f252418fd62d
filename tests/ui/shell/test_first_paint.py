"""What stands on the screen before Streamlit's page has anything to show."""

import asyncio
import re
from pathlib import Path

import pytest
from starlette.requests import Request
from streamlit import config, file_util

from ui.shell import first_paint
from ui.shell.navigation import ENTRIES


def page_at(path: str) -> str:
    asked = Request({"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b"a=b"})
    return asyncio.run(first_paint.send_page(asked)).body.decode()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_page_comes_with_its_title_over_streamlits_own(entry):
    page = page_at(f"/{entry.path}")
    painted = re.search(r'<div id="first-paint".*</script>', page, re.DOTALL).group()
    assert f"<h1>{entry.question}</h1>" in painted
    assert f"<p class=here>{entry.name}</p>" in painted
    streamlits = Path(file_util.get_static_dir(), "index.html").read_text()
    assert page.replace(painted, "").split() == streamlits.split()


def test_it_has_the_colours_and_the_font_of_the_theme():
    page = page_at("/")
    for theme in ("light", "dark"):
        assert f"background: {config.get_option(f'theme.{theme}.backgroundColor')}" in page
    font = re.search(r'@font-face.*url\("(.+?)"\)', page).group(1)
    assert (Path(file_util.get_static_dir()) / font).exists()
