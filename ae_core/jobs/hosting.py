"""A scheduler or a worker that this process keeps until it is asked to end, for a cluster of machines.

Both are Dask's own, with the settings that the lab's own cluster has: one job at a time for each worker, and
no job handed out before a worker is free.
"""

import asyncio
import contextlib
import logging
import os
import signal
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import dask
from distributed import Nanny, Scheduler
from distributed.comm.addressing import parse_address, parse_host_port, unparse_host_port
from distributed.node import ServerNode
from distributed.security import Security

from ae_core.jobs.cluster import ANSWER_SECONDS, ClusterError
from ae_core.jobs.dask_cluster import SATURATION, WORKER, check_scheduler, connected, describe
from ae_core.jobs.local import KEEPS_MEMORY, KEPT
from ae_core.jobs.parent_watch import end_with_server

DEFAULT_PORT = 8786
RETRY_SECONDS = 1.0
CLOSE_SECONDS = 10.0
PROTOCOLS = ("tcp", "tls")
EXAMPLE = "one looks like tcp://192.168.0.10:8786, as `autoencoder-lab scheduler` prints it."
STOPPING = (signal.SIGINT, signal.SIGTERM)
Part = TypeVar("Part", bound=ServerNode)
Tell = Callable[[str], None]


def host_scheduler(host: str, port: int, tls: Security | None, tell: Tell) -> None:
    """Keeps a scheduler until Ctrl-C. Raises ClusterError where it cannot start."""
    keep_quiet()
    if KEPT in os.environ:
        end_with_server()
    dask.config.set(SATURATION)

    def make() -> Scheduler:
        return Scheduler(
            host=host or None,
            port=port,
            protocol="tls" if tls else "tcp",
            security=tls or Security(),
            dashboard=False,
            dashboard_address=":0",
        )

    def started(scheduler: Scheduler) -> None:
        tell(f"Scheduler at {scheduler.address}; Ctrl-C stops it.")
        tell(f"A worker joins with `autoencoder-lab worker {scheduler.address}`.")
        tell(f"The lab trains there with AE_SCHEDULER={scheduler.address} in its environment.")
        if not tls:
            tell("Whoever reaches this port can run code here: keep it in a network of your own, or use TLS.")

    asyncio.run(keep(make, started, f"A scheduler at {host or 'this machine'}, port {port}"))


def host_worker(address: str, host: str, tls: Security | None, tell: Tell) -> None:
    """Keeps a worker for the scheduler at `address` until Ctrl-C, and joins it again where it was lost.

    Raises ClusterError for what is no address, and for a scheduler of another version.
    """
    address = full_address(address, tls)
    keep_quiet()
    if KEPT in os.environ:
        end_with_server()
    for name, value in (KEEPS_MEMORY | {"AE_WORKER_THREADS": str(os.cpu_count() or 1)}).items():
        os.environ.setdefault(name, value)

    def make() -> Nanny:
        return Nanny(address, host=host or None, nthreads=1, security=tls or Security(), **WORKER)

    def started(worker: Nanny) -> None:
        tell(f"Worker at {worker.worker_address}, for the scheduler at {address}; Ctrl-C stops it.")

    with contextlib.suppress(KeyboardInterrupt):  # while it waits
        await_scheduler(address, tls, tell)
        while not asyncio.run(keep(make, started, "A worker")):
            tell(f"The scheduler at {address} let this worker go.")
            await_scheduler(address, tls, tell)


def keep_quiet() -> None:
    """Leaves Dask's news out, unless the person has settings of their own for it; a worker inherits it."""
    level = os.environ.setdefault("DASK_LOGGING__DISTRIBUTED", "warning")
    logging.getLogger("distributed").setLevel(level.upper())


async def keep(make: Callable[[], Part], started: Callable[[Part], None], what: str) -> bool:
    """Whether it was asked to end, rather than ended by itself. Raises ClusterError where it cannot start."""
    stopped = asyncio.Event()
    for number in STOPPING:
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    part = make()
    try:
        await part
    except (OSError, RuntimeError, ValueError, TypeError) as error:
        reason = error.__cause__ or error
        why = getattr(reason, "strerror", None) or describe(reason)
        raise ClusterError(f"{what} cannot start ({why}): try another --host or --port.") from error
    started(part)
    ends = [asyncio.ensure_future(each) for each in (ServerNode.finished(part), stopped.wait())]
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    with contextlib.suppress(Exception):  # the other side may be gone already
        await asyncio.wait_for(part.close(), CLOSE_SECONDS)
    for end in ends:
        end.cancel()
    return stopped.is_set()


def await_scheduler(address: str, tls: Security | None, tell: Tell) -> None:
    """Returns once the scheduler answers and has this version. Raises ClusterError where it has another."""
    is_told = False
    while True:
        try:
            client = connected(address, ANSWER_SECONDS, tls)
            break
        except ClusterError as error:
            if not is_told:
                tell(f"Waiting for the scheduler at {address} ({error}); Ctrl-C stops it.")
            is_told = True
            time.sleep(RETRY_SECONDS)
    with client:
        check_scheduler(client, address)


def full_address(address: str, tls: Security | None) -> str:
    """With its protocol, and with Dask's own port where it names none. Raises ClusterError for no address."""
    protocol, place = parse_address(address if "://" in address else f"{'tls' if tls else 'tcp'}://{address}")
    try:
        host, port = parse_host_port(place, DEFAULT_PORT)
    except ValueError:
        host, port = "", 0
    if protocol not in PROTOCOLS or not host or not 0 < port < 2**16:
        raise ClusterError(f"{address!r} is no address of a scheduler; {EXAMPLE}")
    return f"{protocol}://{unparse_host_port(host, port)}"


def tls_settings(role: str, ca_file: str, cert: str, key: str) -> Security | None:
    """What was given, and else what Dask's own settings name; None where neither names any.

    role: "scheduler" or "worker", whose settings of Dask's count. Raises ClusterError for files that are
    missing or hold no certificate.
    """
    base = "distributed.comm.tls"
    ca_file = ca_file or dask.config.get(f"{base}.ca-file", None) or ""
    cert = cert or dask.config.get(f"{base}.{role}.cert", None) or ""
    key = key or dask.config.get(f"{base}.{role}.key", None) or ""
    named = {"--tls-ca-file": ca_file, "--tls-cert": cert, "--tls-key": key}
    if not any(named.values()):
        return None
    for option, path in named.items():
        if path and "\n" not in path and not Path(path).is_file():
            raise ClusterError(f"There is no file {path} for {option}.")
    if not ca_file or not cert:
        raise ClusterError("TLS needs both --tls-ca-file and --tls-cert, or the same in Dask's settings.")
    files = {"cert": cert, "key": key or None}
    each = {f"tls_{of}_{name}": path for of in (role, "client") for name, path in files.items()}
    security = Security(require_encryption=True, tls_ca_file=ca_file, **each)
    try:
        security.get_connection_args(role)
    except (OSError, ssl.SSLError) as error:
        raise ClusterError(f"{cert} or {ca_file} is no certificate for TLS ({describe(error)}).") from error
    return security
