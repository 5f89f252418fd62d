"""What a server does that shares its address with others (`tools/several.py`): it keeps its visitors."""

import os

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ae_core.jobs.parent_watch import end_with_server

COOKIE = (
    "AE_SERVER_COOKIE"  # in the environment: the cookie that leads visitors here, such as lab_server_8501=2
)


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
    """What this server needs besides Streamlit's own: nothing where it is the only one."""
    cookie = os.environ.get(COOKIE)
    if not cookie:
        return []
    end_with_server()
    return [Middleware(KeepsVisitors, cookie=cookie)]
