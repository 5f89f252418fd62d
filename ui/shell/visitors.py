"""Who is here, and who asks: what a visitor keeps for the session alone is there for nobody else."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

from starlette.requests import Request
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ae_core.data.own import access
from ui.shell import browser, incoming

NOBODY = "nobody"
here: dict[str, str] = {}  # visitors, by the ids of their sessions
of_request: ContextVar[str | None] = ContextVar("of_request", default=access.MACHINE)


def arrive() -> None:
    """Says whose page is drawn; to be called before anything is read."""
    here[get_script_run_ctx().session_id] = browser.visitor()


def asking() -> str | None:
    """The visitor whose page is drawn or whose browser fetches something; else the machine."""
    page = get_script_run_ctx(suppress_warning=True)
    return here.get(page.session_id, NOBODY) if page else of_request.get()


access.tell_by(asking)


@contextlib.contextmanager
def by_request(request: Request) -> Iterator[None]:
    """While what a browser fetches is made, it asks."""
    before = of_request.set(browser.visitor_of(request.cookies.get(browser.COOKIE)) or NOBODY)
    try:
        yield
    finally:
        of_request.reset(before)


def present() -> set[str]:
    """The visitors who have a tab open."""
    known, connected = incoming.sessions()
    for gone in set(here) - known:
        here.pop(gone, None)
    return {here[session] for session in connected & set(here)}
