"""What the server's process does besides pages: it gets ready, and ends when it is told to."""

import contextlib
import importlib
import os
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit import runtime

GRACE_SECONDS = 1.0  # for pages that are being drawn to come to their ends
_lock = threading.Lock()
_prepared = False


@contextlib.asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[None]:
    """Of the server: what the first visitor would wait for is begun before there is one."""
    threading.Thread(target=get_ready, daemon=True, name="get-ready").start()
    yield


def get_ready() -> None:
    """In a thread, and imported there: what it imports takes seconds."""
    from ui.shell import readiness

    readiness.get_ready()


def answer(name: str) -> Callable[[Request], Response]:
    """What `routes` answers, imported by the first who asks: not before the server listens."""

    def ask(request: Request) -> Response:
        return getattr(importlib.import_module("ui.shell.routes"), name)(request)

    return ask


ROUTES = [
    Route("/lab/network-{version}.js", answer("send_code")),
    Route("/lab/models/{reference}/{fingerprint}", answer("send_model")),
    Route("/home", answer("send_home")),
]


def prepare() -> None:
    """Starts the workers with the first page that is shown, and sees to the end."""
    from ae_core.runs.service import shared_service

    global _prepared
    shared_service().warm_up()
    with _lock:
        if _prepared or not runtime.exists():  # without a server, in tests, the process is not ours to end
            return
        _prepared = True
    threading.Thread(target=end_with_main, daemon=True, name="end-with-server").start()


def end_with_main() -> None:
    """Ends the process when its main thread has: Python by itself waits for every page that is being drawn.

    Then it clears away PyTorch's modules one by one, for seconds. Files are replaced whole: there is nothing
    to lose.
    """
    from ae_core.runs.service import shared_service

    main = threading.main_thread()
    main.join()
    shared_service().close()
    deadline = time.monotonic() + GRACE_SECONDS
    for thread in threading.enumerate():
        if not thread.daemon and thread is not main:
            thread.join(max(0.0, deadline - time.monotonic()))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
