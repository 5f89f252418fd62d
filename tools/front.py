"""One address before several servers: whatever a browser sends goes to the server that has its sessions.

A session lives in one process, and its websocket, uploads and pictures have to reach that one. A cookie,
which the servers set (`ui/shell/one_of_several.py`), names it. It is read in the first request of a
connection; from then on bytes are passed both ways, whatever they mean.
"""

import asyncio
import re
from asyncio import StreamReader, StreamWriter
from dataclasses import dataclass

INNER = "127.0.0.1"  # the servers can be reached from this machine alone
HEAD_BYTES = 65_536  # of a first request; in a longer one the cookie is not looked for
HEAD_SECONDS = 60  # browsers connect in advance; a connection that nothing comes from is closed
CHUNK = 65_536
NOBODY = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nRetry-After: 5\r\n"
    b"Connection: close\r\n\r\nThe lab is being started again: reload this page in a few seconds.\n"
)


@dataclass
class Server:
    """One of them.

    number: from 1, what the cookie names; port: 0 while it does not answer; newcomers: how often it was
    chosen for a connection without its cookie.
    """

    number: int
    port: int = 0
    connections: int = 0
    newcomers: int = 0


class Front:
    """cookie: its name. New visitors go to the server with the fewest connections."""

    def __init__(self, cookie: str, servers: list[Server]) -> None:
        self.servers = servers
        self.named = re.compile(rb"(?im)^cookie:[^\r\n]*\b%s=(\d+)" % re.escape(cookie.encode()))

    async def meet(self, client: StreamReader, answer: StreamWriter) -> None:
        """One connection, from its first byte to its last."""
        try:
            head = await first_head(client)
            if head and not await self.pass_to_one(head, client, answer):
                answer.write(NOBODY)
        except OSError:  # the client is gone, or says nothing
            pass
        finally:
            answer.close()

    async def pass_to_one(self, head: bytes, client: StreamReader, answer: StreamWriter) -> bool:
        """Whether a server has taken it."""
        for server in self.in_turn(head):
            server.connections += 1
            try:
                reply, to_server = await asyncio.open_connection(INNER, server.port)
            except OSError:  # it has just ended
                continue
            else:
                to_server.write(head)
                await join(client, to_server, reply, answer)
                return True
            finally:
                server.connections -= 1
        return False

    def in_turn(self, head: bytes) -> list[Server]:
        """Those that answer: the one that the cookie names, then by how little they have to do."""
        found = self.named.search(head)
        number = int(found[1]) if found else 0
        present = [each for each in self.servers if each.port]
        present.sort(key=lambda each: (each.number != number, each.connections, each.newcomers))
        if present and present[0].number != number:
            present[0].newcomers += 1
        return present


async def first_head(client: StreamReader) -> bytes:
    """All that has come once the first request's head is whole; nothing where it never is."""
    head = b""
    async with asyncio.timeout(HEAD_SECONDS):
        while b"\r\n\r\n" not in head and len(head) < HEAD_BYTES:
            if not (more := await client.read(CHUNK)):
                return b""
            head += more
    return head


async def join(
    client: StreamReader, to_server: StreamWriter, reply: StreamReader, answer: StreamWriter
) -> None:
    """Until the server has said all. A client that has said all may still listen."""
    asking = asyncio.create_task(pass_on(client, to_server))
    try:
        await pass_on(reply, answer)
    finally:
        asking.cancel()
        to_server.close()


async def pass_on(source: StreamReader, target: StreamWriter) -> None:
    """No faster than the target takes it. Where either is lost, so is the target, and with it its answer."""
    try:
        while data := await source.read(CHUNK):
            target.write(data)
            await target.drain()
        target.write_eof()
    except OSError:
        target.transport.abort()
