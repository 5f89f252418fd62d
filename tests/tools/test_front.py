"""Several servers behind one address: a visitor stays with one, and bytes pass as they are."""

import asyncio
import contextlib
import http.client
import socket
import threading
from http.cookies import SimpleCookie

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tools.front import Front, Server
from tools.ports import unused_port
from ui.shell.one_of_several import KeepsVisitors

COOKIE = "lab_server_8501"
PATIENCE = 30


def tiny_app(number: int) -> Starlette:
    """A server that says its number."""

    async def page(_):
        return HTMLResponse(str(number))

    async def length(request):
        return PlainTextResponse(f"{number} {len(await request.body())}")

    async def echo(socket):
        await socket.accept()
        await socket.send_text(str(number))
        async for each in socket.iter_bytes():
            await socket.send_bytes(each)

    routes = [Route("/", page), Route("/length", length, methods=["PUT"]), WebSocketRoute("/echo", echo)]
    return Starlette(routes=routes, middleware=[Middleware(KeepsVisitors, cookie=f"{COOKIE}={number}")])


class Lab:
    """A front and two servers, in a thread."""

    def __init__(self) -> None:
        self.port = unused_port()
        self.servers = [Server(1, unused_port()), Server(2, unused_port())]
        self.apps = [
            uvicorn.Server(uvicorn.Config(tiny_app(each.number), port=each.port, lifespan="off"))
            for each in self.servers
        ]
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_until_complete, args=(self.run(),))

    async def run(self) -> None:
        front = Front(COOKIE, self.servers)
        async with await asyncio.start_server(front.meet, "127.0.0.1", self.port):
            await asyncio.gather(*(each.serve() for each in self.apps))

    def end(self, number: int) -> None:
        self.apps[number - 1].should_exit = True

    def ask(self, cookie: str = "", method: str = "GET", path: str = "/", body: bytes = b""):
        """The answer's text, and the server that its cookie names."""
        caller = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        caller.request(method, path, body, headers={"Cookie": cookie})
        answer = caller.getresponse()
        given = SimpleCookie(answer.headers.get("Set-Cookie", ""))
        told = answer.read().decode()
        caller.close()
        return told, f"{COOKIE}={given[COOKIE].value}" if given else ""

    def websocket(self, cookie: str = ""):
        return connect(
            f"ws://127.0.0.1:{self.port}/echo", additional_headers={"Cookie": cookie}, max_size=None
        )


@pytest.fixture
def lab(wait_until):
    lab = Lab()
    lab.thread.start()
    wait_until(lambda: all(each.started for each in lab.apps))
    yield lab
    lab.end(1)
    lab.end(2)
    lab.thread.join(PATIENCE)


def test_visitors_are_shared_out_and_each_stays_whatever_it_sends(lab):
    _, first = lab.ask()
    with lab.websocket(first) as one:
        _, second = lab.ask()
        assert {first, second} == {f"{COOKIE}=1", f"{COOKIE}=2"}
        with lab.websocket(second) as other:
            assert (one.recv(), other.recv()) == (first[-1], second[-1])
            for each in (one, other):
                each.send(b"x" * 2**21)
                assert each.recv() == b"x" * 2**21
            for cookie in (first, second, first):  # however many connections either has
                assert lab.ask(f"a=b; {cookie}") == (cookie[-1], "")
                assert lab.ask(cookie, "PUT", "/length", b"y" * 2**21) == (f"{cookie[-1]} {2**21}", "")


def test_of_a_server_that_has_ended_another_takes_the_visitors_over(lab):
    mine, theirs = f"{COOKIE}=1", f"{COOKIE}=2"
    with lab.websocket(mine) as gone, lab.websocket(theirs) as stays:
        assert (gone.recv(), stays.recv()) == ("1", "2")
        lab.end(1)
        with pytest.raises(ConnectionClosed):
            gone.recv(timeout=PATIENCE)
        assert lab.ask(mine) == ("2", theirs)  # before it is known that the first has ended
        lab.servers[0].port = 0
        assert lab.ask(mine) == ("2", theirs)
        stays.send(b"still there")
        assert stays.recv() == b"still there"
    lab.servers[1].port = 0
    assert "is being started again" in lab.ask(theirs)[0]


def test_a_proxy_that_sends_many_visitors_requests_by_one_connection_reaches_the_server_of_each(lab):
    proxy = http.client.HTTPConnection("127.0.0.1", lab.port, timeout=PATIENCE)
    for number in "121":
        headers = {"Cookie": f"{COOKIE}={number}", "X-Forwarded-For": "192.0.2.1"}
        proxy.request("GET", "/", headers=headers)
        assert proxy.getresponse().read().decode() == number


def test_what_can_be_kept_in_a_cache_names_no_server(lab):
    assert lab.ask("", "PUT", "/length")[1] == ""
    assert lab.ask(f"{COOKIE}=9")[1] in (f"{COOKIE}=1", f"{COOKIE}=2")  # a server that never was


def test_a_client_that_has_said_all_still_gets_its_answer_and_what_is_lost_is_let_go(wait_until):
    """In a server that reads all before it answers; a second client goes away without a word."""
    server = Server(1, unused_port())

    async def answer(reader, writer):
        with contextlib.closing(writer), contextlib.suppress(ConnectionError):
            asked = await reader.read()
            writer.write(b"%d bytes" % len(asked))
            await writer.drain()

    def talk() -> bytes:
        with socket.create_connection(("127.0.0.1", port)) as caller:
            caller.sendall(b"GET / HTTP/1.1\r\n\r\n")
            caller.shutdown(socket.SHUT_WR)
            return caller.recv(100)

    def vanish() -> None:
        with socket.create_connection(("127.0.0.1", port)) as caller:
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            caller.sendall(b"GET / HTTP/1.1\r\n\r\n")

    async def both() -> bytes:
        inner = await asyncio.start_server(answer, "127.0.0.1", server.port)
        outer = await asyncio.start_server(Front(COOKIE, [server]).meet, "127.0.0.1", port)
        async with inner, outer:
            told = await asyncio.to_thread(talk)
            await asyncio.to_thread(vanish)
            await asyncio.to_thread(wait_until, lambda: server.connections == 0)
            return told

    port = unused_port()
    assert asyncio.run(both()) == b"18 bytes"
