"""Several server processes behind one address, over one run store and one set of workers.

Python's one lock lets a process answer on one core. Here a few of them do, each for its own visitors, and
`front.py` tells whose is whose. They end together; one that ends by itself is started again.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from dataclasses import dataclass, field

from ae_core.jobs.local import KEPT, prepare, workers_wanted
from tools.front import INNER, Front, Server
from tools.ports import answers, listening, unused_port

COOKIE = "AE_SERVER_COOKIE"  # in a server's environment: the cookie that leads visitors to it
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE = 4  # seconds that the servers get to end their sessions
LOOKING = 0.05  # seconds between two looks whether a server answers
STEADY, FIRST_PAUSE, LONGEST_PAUSE = 60, 0.5, 30  # in seconds: who has lived so long is started again at once
# As `autoencoder-lab scheduler` and `worker`, without what these tell.
SCHEDULER = "from ae_core.jobs.hosting import host_scheduler as host; host('{host}', {port}, None, str)"
WORKER = "from ae_core.jobs.hosting import host_worker as host; host('{address}', '{host}', None, str)"


class EndedError(Exception):
    """A process of the lab ended as it was to start; the text says which."""


@dataclass
class Part:
    """A process in a session of its own: a Ctrl-C in the terminal is for the front alone."""

    name: str
    arguments: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: Process | None = None

    async def live(self) -> int:
        """From its start to its end; what it ends with."""
        return await self.run(self.arguments)

    async def run(self, arguments: list[str]) -> int:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            env=os.environ | self.environment,
            stdin=DEVNULL,
            start_new_session=True,
        )
        return await self.process.wait()

    def send(self, number: int) -> None:
        """To it and to those that it has started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


@dataclass
class ServerPart(Part):
    server: Server = field(default_factory=lambda: Server(1))
    has_answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def live(self) -> int:
        port = unused_port()  # another each time: the last may not be free yet
        finding_out = asyncio.create_task(self.find_out(port))
        try:
            return await self.run([*self.arguments, f"--server.port={port}"])
        finally:
            finding_out.cancel()
            self.server.port = 0

    async def find_out(self, port: int) -> None:
        while not await asyncio.to_thread(answers, port):
            await asyncio.sleep(LOOKING)
        self.server.port = port
        self.has_answered.set()


def serve(port: int, processes: int) -> None:
    """Until it is asked to end; tells why where it cannot start."""
    try:
        workers = workers_wanted()
    except ValueError as error:
        sys.exit(str(error))
    prepare(workers)
    with contextlib.suppress(asyncio.CancelledError):
        try:
            asyncio.run(Lab(port, processes, workers).serve())
        except* EndedError as ended:
            sys.exit(str(ended.exceptions[0]))


class Lab:
    """All that runs behind one port."""

    def __init__(self, port: int, processes: int, workers: int) -> None:
        self.port = port
        self.cookie = f"lab_server_{port}"  # cookies know no ports: two labs of one machine must not share it
        self.servers = [server_part(self.cookie, each) for each in range(1, processes + 1)]
        self.cluster = [] if os.environ.get("AE_SCHEDULER", "").strip() else cluster_parts(workers)
        self.has_begun = False

    async def serve(self) -> None:
        """Until it is asked to end, which cancels it. Raises EndedErrors where it cannot start."""
        end_when_asked()
        try:
            with listening(self.port) as listener:
                async with asyncio.TaskGroup() as group:
                    for each in (*self.cluster, *self.servers):
                        group.create_task(self.keep(each))
                    group.create_task(self.begin(listener))
        finally:
            await self.end()

    async def begin(self, listener: socket.socket) -> None:
        """Once all servers answer, so does the lab."""
        await asyncio.gather(*(each.has_answered.wait() for each in self.servers))
        self.has_begun = True
        front = Front(self.cookie, [each.server for each in self.servers])
        await asyncio.start_server(front.meet, sock=listener)
        print(f"Autoencoder Lab: http://localhost:{self.port}  (Ctrl-C stops it)", flush=True)

    async def keep(self, part: Part) -> None:
        """Starts it again whenever it ends. Raises EndedError where it does before the lab has begun."""
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            status = await part.live()
            part.send(signal.SIGKILL)  # to what it leaves behind
            if not self.has_begun:
                raise EndedError(f"{part.name} cannot start ({status}).")
            pause = FIRST_PAUSE if time.monotonic() - began > STEADY else min(2 * pause, LONGEST_PAUSE)
            tell(f"{part.name} has ended ({status}) and is started again in {pause:g} s.")
            await asyncio.sleep(pause)

    async def end(self) -> None:
        """Servers politely; workers can lose nothing, for files are replaced whole."""
        for each in self.servers:
            each.send(signal.SIGTERM)
        ending = [asyncio.create_task(each.process.wait()) for each in self.servers if each.process]
        if ending:
            await asyncio.wait(ending, timeout=PATIENCE)
        for part in (*self.servers, *self.cluster):
            part.send(signal.SIGKILL)


def end_when_asked() -> None:
    """Cancels the present task at a first signal; further ones change nothing."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None

    def end() -> None:
        for each in STOPPING:
            loop.add_signal_handler(each, lambda: None)
        task.cancel()

    for each in STOPPING:
        loop.add_signal_handler(each, end)


def server_part(cookie: str, number: int) -> ServerPart:
    told = {"server.address": INNER, "server.headless": "true", "logger.hideWelcomeMessage": "true"}
    options = [f"--{name}={value}" for name, value in told.items()]
    return ServerPart(
        f"Server {number}",
        ["-m", "streamlit", "run", "app.py", *options],
        {COOKIE: f"{cookie}={number}"},
        server=Server(number),
    )


def cluster_parts(workers: int) -> list[Part]:
    """One scheduler for all servers, which find it in their environment, and its workers."""
    port = unused_port()
    address = f"tcp://{INNER}:{port}"
    os.environ |= {"AE_SCHEDULER": address, KEPT: "1"}
    scheduler = Part("The scheduler", ["-c", SCHEDULER.format(host=INNER, port=port)])
    worker = ["-c", WORKER.format(host=INNER, address=address)]
    return [scheduler, *(Part(f"Worker {number}", worker) for number in range(1, workers + 1))]


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
