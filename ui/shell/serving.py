"""What the server's process does besides pages: it gets ready, and ends when it is told to."""

import contextlib
import importlib
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ae_core.jobs.parent_watch import end_with_server

# In the environment of a server that shares its address with others: the cookie that leads visitors to it.
COOKIE = "AE_SERVER_COOKIE"


@contextlib.asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[None]:
    """Of the server: what the first visitor would wait for is begun before there is one.

    At its end the process ends too. Python by itself would wait for every page that is being drawn, then
    clear away PyTorch's modules one by one, for seconds. Files are replaced whole: nothing can be lost.
    """
    threading.Thread(target=get_ready, daemon=True, name="get-ready").start()
    if COOKIE in os.environ:
        end_with_server()
    yield
    services = sys.modules.get("ae_core.runs.service")
    if hasattr(services, "shared_service"):  # unless it ends as it begins, before all is imported
        services.shared_service().close()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def get_ready() -> None:
    """In a thread, and imported there: what it imports takes seconds."""
    from ui.shell import readiness

    readiness.get_ready()


def answer(module: str, name: str) -> Callable[[Request], Response]:
    """What that function answers, imported by the first who asks: not before the server listens."""

    def ask(request: Request) -> Response:
        return getattr(importlib.import_module(module), name)(request)

    return ask


class KeepsVisitors:
    """Gives a browser the cookie that leads it to this server again, unless it has it already.

    What a page begins with gives it: its HTML, Streamlit's own answers, and the websocket. Nothing that is
    kept in a cache does. The connection ends with the answer: no later request that has another server's
    cookie shall come by it.
    """

    def __init__(self, app: ASGIApp, cookie: str) -> None:
        self.app = app
        self.name, _, self.number = cookie.partition("=")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or HTTPConnection(scope).cookies.get(self.name) == self.number:
            await self.app(scope, receive, send)
            return

        async def give(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.accept"):
                self.name_server(MutableHeaders(scope=message), scope)
            await send(message)

        await self.app(scope, receive, give)

    def name_server(self, headers: MutableHeaders, scope: Scope) -> None:
        is_page = headers.get("Content-Type", "").startswith("text/html")
        if scope["type"] == "http" and not is_page and "/_stcore/" not in scope["path"]:
            return
        headers.append("Set-Cookie", f"{self.name}={self.number}; Path=/; HttpOnly; SameSite=Lax")
        if scope["type"] == "http":
            headers["Connection"] = "close"


def middleware() -> list[Middleware]:
    """What this server needs besides Streamlit's own."""
    cookie = os.environ.get(COOKIE)
    return [Middleware(KeepsVisitors, cookie=cookie)] if cookie else []
