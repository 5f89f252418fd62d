"""The Dask scheduler and the workers that jobs are carried out on, this machine's own or another cluster.

Whatever is asked of a scheduler has an end: it may be dead or beyond reach, and then nothing answers.
"""

import asyncio
import contextlib
from dataclasses import replace
from typing import Any

import dask
import psutil
from distributed import Client, Future, KilledWorker, fire_and_forget
from distributed.deploy.spec import SpecCluster
from distributed.deploy.subprocess import Subprocess, SubprocessCluster
from distributed.security import Security

from ae_core.jobs.cluster import ANSWER_SECONDS, ClusterError, Look, SchedulerEndedError, UnfitError
from ae_core.jobs.local import prepare, workers_wanted
from ae_core.jobs.scheduling import calling, list_jobs
from ae_core.jobs.versions import VERSION, ask, is_fit, refusal

START_SECONDS = 10.0  # for one that has just been started here, on a busy machine
CLOSE_SECONDS = 1.0
# As few tasks as possible handed out in advance: a waiting run goes to the first worker that is free.
SATURATION = {"distributed.scheduler.worker-saturation": 1.0}
WORKER: dict[str, Any] = {
    "preload": ["ae_core.runs.worker_setup"],
    "preload_nanny": ["ae_core.jobs.nanny_setup"],
    "memory_limit": 0,  # arrays are small; Dask's guard would pause workers on small machines
    "dashboard": False,
}


class DaskCluster:
    """A scheduler that can be asked, and its workers."""

    is_own = False

    def __init__(self, client: Client) -> None:
        self.client = client

    def look(self) -> Look:
        """Raises ClusterError where the scheduler does not answer in time."""
        try:
            running, waiting, workers = self.client.run_on_scheduler(
                list_jobs, callback_timeout=ANSWER_SECONDS
            )
        except Exception as error:  # of the network, of time, of a connection that is closed meanwhile
            raise ClusterError(describe(error)) from error
        return Look(running, waiting, frozenset(workers))

    def submit(
        self, arguments: tuple[str, ...], key: str, priority: int, only: frozenset[str] = frozenset()
    ) -> Future[object]:
        """Has a worker do `scheduling.work(*arguments)` in its turn, whatever becomes of this process.

        only: the workers that may; none: any.
        """
        task = self.client.submit(
            *calling(arguments), key=key, pure=False, priority=priority, workers=sorted(only) or None
        )
        fire_and_forget(task)
        return task

    def mend(self) -> None:
        """Starts again what has ended of it."""

    def close(self) -> None:
        with contextlib.suppress(Exception):  # the other side may be dead already
            self.client.close(timeout=CLOSE_SECONDS)


class ForeignCluster(DaskCluster):
    """A cluster that somebody else keeps going, at an address such as tls://host:8786.

    Its machines may have another version of the lab, or none. Such a scheduler is refused (UnfitError), and
    such a worker gets no job.
    """

    def __init__(self, address: str) -> None:
        super().__init__(connected(address, ANSWER_SECONDS))
        self.address = address
        self.versions: dict[str, object] = {}  # of the workers that have told theirs, by address
        try:
            check_scheduler(self.client, address)
        except ClusterError:
            self.close()
            raise

    def look(self) -> Look:
        look = super().look()
        self.versions = {worker: found for worker, found in self.versions.items() if worker in look.workers}
        if unknown := sorted(look.workers - self.versions.keys()):
            self.versions |= self.ask(unknown)
        unfit = [worker for worker, found in sorted(self.versions.items()) if not is_fit(found)]
        return replace(look, workers=look.workers.difference(unfit), refused=self.refusal(unfit))

    def ask(self, workers: list[str]) -> dict[str, object]:
        """The versions of those that answer in time; None for a worker without the lab."""
        try:
            found_on = self.client.run(
                ask, VERSION, workers=workers, on_error="return", callback_timeout=ANSWER_SECONDS
            )
        except Exception:  # of the network, of time: it is asked again
            return {}
        return {
            worker: None if isinstance(found, Exception) else found
            for worker, found in found_on.items()
            if not isinstance(found, OSError)  # it has gone meanwhile
        }

    def refusal(self, unfit: list[str]) -> str:
        if not unfit:
            return ""
        more = f" So it is with {len(unfit) - 1} more." if len(unfit) > 1 else ""
        why = refusal(f"The worker at {unfit[0]}", self.versions[unfit[0]], f"worker {self.address}")
        return f"{why}{more}"


class OwnCluster(DaskCluster):
    """A scheduler and workers of this machine, reachable from it alone, ending when this process does."""

    is_own = True

    def __init__(self) -> None:
        try:
            self.parts = start_cluster()
        except (OSError, RuntimeError, ValueError) as error:
            raise ClusterError(describe(error)) from error
        try:
            super().__init__(connected(self.parts, START_SECONDS))
        except ClusterError:
            end_parts(self.parts)
            raise

    def look(self) -> Look:
        if has_ended(self.parts.scheduler):
            raise SchedulerEndedError("its scheduler has ended")
        return super().look()

    def mend(self) -> None:
        """Replaces nannies that have ended; a nanny takes its worker with it."""

        async def drop_ended() -> int:
            ended = [name for name, nanny in self.parts.workers.items() if has_ended(nanny)]
            for name in ended:
                await self.parts.workers.pop(name).close()
            return len(ended)

        if self.parts.sync(drop_ended, callback_timeout=ANSWER_SECONDS):
            self.parts.scale(len(self.parts.worker_spec))

    def close(self) -> None:
        super().close()
        end_parts(self.parts)


def connected(to: str | SpecCluster, seconds: float, security: Security | None = None) -> Client:
    """security: Dask's own settings unless it is given. Raises ClusterError where no answer comes in time."""
    try:
        return Client(to, set_as_default=False, timeout=seconds, security=security)
    except (OSError, RuntimeError, ValueError) as error:  # no answer, no encryption, no address
        raise ClusterError(describe(error)) from error


def check_scheduler(client: Client, address: str) -> None:
    """Raises UnfitError where it has another version of the lab, ClusterError where it does not answer."""
    try:
        found = client.run_on_scheduler(ask, VERSION, callback_timeout=ANSWER_SECONDS)
    except Exception as error:  # of the network, of time
        raise ClusterError(describe(error)) from error
    if not is_fit(found):
        raise UnfitError(refusal(f"The scheduler at {address}", found, "scheduler"))


def describe(error: BaseException) -> str:
    return str(error) or type(error).__name__


def has_killed_workers(error: BaseException) -> bool:
    """Whether a job failed with this because its workers ended under it, again and again."""
    return isinstance(error, KilledWorker)


def has_ended(part: Subprocess | None) -> bool:
    return part is None or part.process is None or part.process.returncode is not None


def end_parts(cluster: SpecCluster) -> None:
    """Kills its processes: to be asked, as Dask does, a scheduler must be alive and a worker be idle."""

    async def kill() -> None:
        parts = [*cluster.workers.values(), cluster.scheduler]
        cluster.workers.clear()
        cluster.worker_spec.clear()
        cluster.shutdown_scheduler = False
        await asyncio.gather(*map(end, parts))

    with contextlib.suppress(Exception):
        cluster.sync(kill, callback_timeout=ANSWER_SECONDS)
        cluster.close(timeout=CLOSE_SECONDS)


async def end(part: Subprocess) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):  # it has just ended by itself
        await part.close()


def start_cluster(port: int = 0) -> SpecCluster:
    """The processes of this machine: a scheduler, and nannies with a worker each. port: 0 for any.

    Raises ValueError where AE_WORKERS is no number of workers.
    """
    workers = workers_wanted()
    prepare(workers)
    dask.config.set(SATURATION)
    watch = ["ae_core.jobs.parent_watch"]
    return SubprocessCluster(
        host="127.0.0.1",
        scheduler_port=port,
        dashboard_address=":0",
        n_workers=workers,
        threads_per_worker=1,
        scheduler_kwargs={"preload": watch, "dashboard": False},
        worker_kwargs=WORKER | {"preload_nanny": watch + WORKER["preload_nanny"]},
        silence_logs=40,
    )
