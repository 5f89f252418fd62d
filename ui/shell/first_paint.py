"""What stands on the screen before anything runs: a page's title, the names of all, and where things will be.

Streamlit's own page is empty until its code is loaded and a session has answered. It comes as it is, with
this laid over it until it has something to show, and with the lab's style: what came later would move things.
"""

import html
from functools import cache
from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from streamlit import config, file_util

from ui.shell.controls import STYLE
from ui.shell.navigation import ENTRIES, SIDEBAR_WIDTH, Entry

ROOT = '<div id="root"></div>'  # what Streamlit's code fills
FRAME = Template(Path(__file__).with_suffix(".html").read_text())
COLOURS = {
    "ground": "backgroundColor",
    "text": "textColor",
    "line": "borderColor",
    "side": "sidebar.backgroundColor",
}


def page_routes() -> list[Route]:
    return [Route(f"/{entry.path}", send_page) for entry in ENTRIES]


async def send_page(request: Request) -> Response:
    path = request.url.path.rsplit("/", 1)[-1]
    return HTMLResponse(page(path), headers={"Cache-Control": "no-cache"})


@cache
def page(path: str) -> str:
    """Streamlit's page with the first paint of the lab's page at `path`."""
    streamlits = Path(file_util.get_static_dir(), "index.html").read_text()
    entry = next(each for each in ENTRIES if each.path == path)
    return streamlits.replace(ROOT, ROOT + first_paint(entry, font_in(streamlits)))


def first_paint(entry: Entry, font: str) -> str:
    names = "".join(f"<p{' class=here' * (each is entry)}>{html.escape(each.name)}</p>" for each in ENTRIES)
    return FRAME.substitute(
        colours(),
        side_width=SIDEBAR_WIDTH,
        style=STYLE.read_text(),
        font=font,
        names=names,
        question=html.escape(entry.question),
    )


def colours() -> dict[str, str]:
    """Those of both themes, as they are set for Streamlit."""
    return {
        f"{theme}_{name}": config.get_option(f"theme.{theme}.{option}")
        for theme in ("light", "dark")
        for name, option in COLOURS.items()
    }


def font_in(streamlits: str) -> str:
    """Address of the font that Streamlit's page preloads."""
    return streamlits.partition('rel="preload"')[2].partition('href="')[2].partition('"')[0]
