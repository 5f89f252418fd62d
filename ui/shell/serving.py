"""What the server's process does besides pages: it gets ready, and ends when it is told to."""

import contextlib
import gc
import importlib
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator

import psutil
from starlette.requests import Request
from starlette.responses import Response

HOUSEKEEPING = "ui.widgets.sessions"  # by its name, as pages are: it stands above this
is_beginning = threading.Event()  # workers are not to be started by whoever draws a page


@contextlib.asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[None]:
    """Of the server: what the first visitor would wait for is begun before there is one.

    At its end the process ends too. Python by itself would wait for every page that is being drawn, then
    clear away PyTorch's modules one by one, for seconds. Files are replaced whole: nothing can be lost.
    """
    send_at_once()
    is_beginning.set()
    threading.Thread(target=get_ready, daemon=True, name="get-ready").start()
    yield
    services = sys.modules.get("ae_core.runs.service")
    if hasattr(services, "shared_service"):  # unless it ends as it begins, before all is imported
        services.shared_service().close()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def send_at_once() -> None:
    """Lets each connection send what is small without waiting for an answer to what it sent before.

    An answer's head and body are sent one after the other, and a browser may confirm the head 40 ms late.
    asyncio sees to this, but not for a socket that names no protocol, as Streamlit's does. A connection has
    it from the socket it came to.
    """
    for each in psutil.Process().net_connections("tcp"):
        if each.status == psutil.CONN_LISTEN and each.fd >= 0:
            with socket.socket(fileno=os.dup(each.fd)) as listening:
                listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def get_ready() -> None:
    """In a thread, and imported there: what it imports takes seconds."""
    try:
        with without_collections():
            from ui.shell import readiness

            readiness.prepare()
        readiness.start_workers()
    finally:
        is_beginning.clear()
    importlib.import_module(HOUSEKEEPING).keep_house()


@contextlib.contextmanager
def without_collections() -> Iterator[None]:
    """What is made meanwhile is there to stay, and Python does not look through it for what is not.

    It would again and again as modules are imported, and later on while all pages wait.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def answer(module: str, name: str) -> Callable[[Request], Response]:
    """What that function answers, imported by the first who asks: not before the server listens."""

    def ask(request: Request) -> Response:
        from ui.shell import visitors

        with visitors.by_request(request):
            return getattr(importlib.import_module(module), name)(request)

    return ask
