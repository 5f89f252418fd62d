"""What a server does that shares its address with others (`tools/several.py`): it keeps its visitors."""

import os

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ae_core.jobs.parent_watch import end_with_server

COOKIE = "AE_SERVER_COOKIE"  # in the environment: what leads visitors here, such as lab_server_8501=2
FROM_PROXIES = ("x-forwarded-for", "forwarded", "via")  # headers: one of them tells that a proxy has sent it


class KeepsVisitors:
    """Gives a browser the cookie that leads it to this server again, unless it has it already.

    What a page begins with gives it: its HTML, Streamlit's own answers, and the websocket. Nothing that is
    kept in a cache does. The connection ends with the answer: no later request that has another server's
    cookie shall come by it. So it does with each answer to a proxy, which sends requests of many visitors.
    """

    def __init__(self, app: ASGIApp, cookie: str) -> None:
        self.app = app
        self.name, _, self.number = cookie.partition("=")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        is_known = asked.cookies.get(self.name) == self.number
        ends = any(name in asked.headers for name in FROM_PROXIES)

        async def give(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.accept"):
                headers = MutableHeaders(scope=message)
                is_named = not is_known and self.name_server(headers, scope)
                if scope["type"] == "http" and (ends or is_named):
                    headers["Connection"] = "close"
            await send(message)

        await self.app(scope, receive, give)

    def name_server(self, headers: MutableHeaders, scope: Scope) -> bool:
        """Whether the answer is one that does."""
        is_page = headers.get("Content-Type", "").startswith("text/html")
        if scope["type"] == "http" and not is_page and "/_stcore/" not in scope["path"]:
            return False
        headers.append("Set-Cookie", f"{self.name}={self.number}; Path=/; HttpOnly; SameSite=Lax")
        return True


def middleware() -> list[Middleware]:
    """What this server needs besides Streamlit's own: nothing where it is the only one."""
    cookie = os.environ.get(COOKIE)
    if not cookie:
        return []
    end_with_server()
    return [Middleware(KeepsVisitors, cookie=cookie)]
