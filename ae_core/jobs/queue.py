"""The jobs of this process on their way to workers, and the thread that sees to it that they get there.

Jobs are given here, and only the thread talks to the scheduler. So whoever asks is answered at once, whatever
has become of scheduler and workers, and what they lose is handed out again.
"""

import atexit
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from ae_core.jobs import worker
from ae_core.jobs.cluster import (
    ANSWER_SECONDS,
    Cluster,
    ClusterError,
    Look,
    SchedulerEndedError,
    UnfitError,
    foreign_cluster,
    own_cluster,
)
from ae_core.jobs.job import Job, Queue, by_turn, id_of
from ae_core.jobs.local import KEPT
from ae_core.jobs.states import HEARTBEAT_SECONDS, State

LOST_TOO_OFTEN = (
    "Its worker ended unexpectedly several times while it had this: it may need more memory than there is."
)
WORKER_LOST = (
    "The training worker was lost; a new one is being started. What it had under way goes on from where it "
    "was last saved."
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pace:
    """How long the queue waits for what, in seconds.

    look, idle: between looks at the scheduler, with jobs and without; settle: in which the scheduler may not
    know yet what was submitted; silence: in which a scheduler may not answer, on a busy machine; worker: for
    a nanny's worker to come before all is started anew, doubled each time in vain; renew: what waits says so
    again; retry: between attempts to start or to reach a cluster.
    """

    look: float = 0.5
    idle: float = 2.0
    settle: float = 2.0
    silence: float = 8.0
    worker: float = 300.0
    renew: float = HEARTBEAT_SECONDS / 3
    retry: float = 5.0


class JobQueue:
    """Safe to share by threads. own, foreign: start a cluster, and reach the one at an address."""

    def __init__(
        self,
        pace: Pace = Pace(),
        own: Callable[[], Cluster] = own_cluster,
        foreign: Callable[[str], Cluster] = foreign_cluster,
    ) -> None:
        self.pace, self.own, self.foreign = pace, own, foreign
        self.lock = threading.RLock()  # never held while the scheduler is asked
        self.jobs: dict[str, Job] = {}
        self.seen: Look | None = None
        self.trouble = ""  # what keeps jobs from being carried out, in words
        self.cluster: Cluster | None = None
        self.address = ""  # of a cluster that this process has not started; none: one of its own
        self.is_kept = False  # by the lab itself, for several servers
        self.heard = self.had_worker = self.renewed = 0.0
        self.patience = self.pace.worker
        self.woken = threading.Event()
        self.closed = threading.Event()
        self.thread: threading.Thread | None = None

    # -- for whoever asks

    def start(self) -> None:
        """Begins to look for workers, unless it does so already."""
        with self.lock:
            if self.thread is None and not self.closed.is_set():
                self.address = os.environ.get("AE_SCHEDULER", "").strip()
                self.is_kept = KEPT in os.environ
                self.thread = threading.Thread(target=self.watch, daemon=True, name="watch-cluster")
                self.thread.start()
                atexit.register(self.close)

    def give(self, job: Job) -> None:
        """Hands the job out when its turn comes; one of its id that waits already keeps its turn."""
        with self.lock:
            if self.waits(job.id):
                return
            self.jobs[job.id] = job
        self.start()
        self.woken.set()

    def look(self) -> Queue | None:
        """What waits and what runs; None before anything is known of the scheduler."""
        with self.lock:
            if self.seen is None:
                return None
            present = self.seen.present
            to_come = sorted((job for job in self.jobs.values() if job.key not in present), key=by_turn)
            return Queue(
                tuple(map(id_of, self.seen.running)),
                (*map(id_of, self.seen.waiting), *(job.id for job in to_come)),
            )

    def has(self, job_id: str) -> bool:
        """Whether a worker has the job, or one is going to have it."""
        with self.lock:
            return job_id in self.jobs or (self.seen is not None and job_id in map(id_of, self.seen.present))

    def runs(self, job_id: str) -> bool:
        with self.lock:
            return self.seen is not None and job_id in map(id_of, self.seen.running)

    def waits(self, job_id: str) -> bool:
        with self.lock:
            job = self.jobs.get(job_id)
            if self.seen is None or job is None:
                return job is not None
            return job.key not in self.seen.running

    def close(self) -> None:
        """Ends the cluster if it is this machine's own; what was under way stays as it is on file."""
        self.closed.set()
        self.woken.set()
        cluster, self.cluster = self.cluster, None
        if cluster is not None:
            cluster.close()

    # -- the thread

    def watch(self) -> None:
        while not self.closed.is_set():
            self.woken.clear()
            try:
                pause = self.step()
            except Exception:
                if not self.closed.is_set():
                    log.exception("Watching the training workers failed; it goes on")
                pause = self.pace.retry
            self.woken.wait(pause)

    def step(self) -> float:
        """One look at the scheduler and what follows from it; seconds until the next."""
        cluster = self.cluster or self.connect()
        if cluster is None:
            return self.pace.retry
        try:
            look = cluster.look()
        except ClusterError as error:
            is_dead = isinstance(error, SchedulerEndedError)
            if not self.closed.is_set() and (is_dead or time.monotonic() - self.heard > self.pace.silence):
                self.give_up(cluster)
            return self.pace.look
        self.heard = time.monotonic()
        self.take_in(look)
        cluster.mend()
        if cluster.is_own and self.is_out_of_patience(look):
            self.give_up(cluster)
            return self.pace.look
        self.submit(cluster)
        self.renew()
        return self.pace.look if self.jobs else self.pace.idle

    def connect(self) -> Cluster | None:
        try:
            cluster = self.foreign(self.address) if self.address else self.own()
        except UnfitError as error:
            self.trouble = str(error)
            return None
        except ClusterError as error:
            self.trouble = self.why_not(str(error))
            return None
        self.heard = self.had_worker = time.monotonic()
        self.cluster = cluster
        if self.trouble != WORKER_LOST:
            self.trouble = ""
        if self.closed.is_set():  # meanwhile
            self.close()
            return None
        return cluster

    def give_up(self, cluster: Cluster) -> None:
        """Lets go of a cluster that is of no more use, for another to be started or reached."""
        self.cluster = None
        cluster.close()
        if not cluster.is_own:  # its workers may live, and its scheduler come back with all it has
            self.trouble = WORKER_LOST if self.is_kept else self.why_not()
            return
        self.trouble = WORKER_LOST
        with self.lock:
            self.seen = Look()
            jobs = list(self.jobs.values())
        for job in jobs:
            job.wait()

    def is_out_of_patience(self, look: Look) -> bool:
        """A nanny starts its worker again; where none has come for long, everything is."""
        if look.workers:
            self.had_worker, self.patience = time.monotonic(), self.pace.worker
        elif time.monotonic() - self.had_worker > self.patience:
            self.patience *= 2
            return True
        return False

    def take_in(self, look: Look) -> None:
        """What a look at the scheduler says of each job: lost ones are to be submitted again."""
        with self.lock:
            before, self.seen = self.seen, look
            jobs = list(self.jobs.values())
        has_lost_workers = before is not None and not before.workers <= look.workers
        if has_lost_workers or look.workers or self.is_foreign:
            self.trouble = look.refused or ("" if look.workers else self.without_workers())
        for job in jobs:
            if job.key in look.waiting and job.only and job.only.isdisjoint(look.workers):
                self.withdraw(job)
            elif job.key in look.present:
                if has_lost_workers and job.key in look.waiting:
                    job.wait()
            elif job.key:
                self.take_back(job)

    def take_back(self, job: Job) -> None:
        """What becomes of a job that the scheduler does not have any more, or not yet."""
        if not job.is_wanted():
            self.forget(job)
        elif self.was_with_unfit(job):
            job.key = ""
        elif job.task is not None and job.task.status == "error":
            self.forget(job)
            job.say(job.kind.given_up, why_failed(job.task.exception(timeout=ANSWER_SECONDS)))
        elif time.monotonic() - job.submitted > self.pace.settle and job.record.state() is not State.RUNNING:
            job.wait()
            job.key = ""

    def was_with_unfit(self, job: Job) -> bool:
        """Whether a worker had it that is refused by now, and so could not begin with it."""
        failed = job.task is not None and job.task.status == "error"
        return failed and bool(self.seen and self.seen.refused) and job.record.state() is State.QUEUED

    def withdraw(self, job: Job) -> None:
        """Takes back what waits for workers that are all gone, for it to be given to others."""
        if job.task is not None:
            job.task.cancel(force=True)
        job.key = ""

    def forget(self, job: Job) -> None:
        with self.lock:
            if self.jobs.get(job.id) is job:  # and not given anew
                del self.jobs[job.id]

    def submit(self, cluster: Cluster) -> None:
        with self.lock:
            jobs = sorted((job for job in self.jobs.values() if not job.key), key=by_turn)
            look = self.seen or Look()
        if look.refused and not look.workers:
            return  # there they would fail
        for job in jobs:
            if not job.is_wanted():
                self.forget(job)
                continue
            # A key of its own for each submission: under an old key Dask would hand back the old result.
            job.key = f"job/{job.id}/{secrets.token_hex(6)}"
            job.only = look.workers if look.refused else frozenset()
            job.task = cluster.submit(job.arguments, job.key, job.priority, job.only)
            job.submitted = time.monotonic()

    def renew(self) -> None:
        """Tells whoever shares the run store that what waits here is in this server's hands."""
        now = time.monotonic()
        if now - self.renewed < self.pace.renew:
            return
        self.renewed = now
        with self.lock:
            running = self.seen.running if self.seen else ()
            waiting = [job for job in self.jobs.values() if job.key not in running]
        for job in waiting:
            job.renew()

    # -- in words

    @property
    def is_foreign(self) -> bool:
        """Whether somebody else keeps the cluster, and must see to it."""
        return bool(self.address) and not self.is_kept

    def why_not(self, reason: str = "") -> str:
        if self.is_foreign:
            return (
                f"The scheduler at {self.address} does not answer; the lab tries again and again, and what "
                "was started waits. Check AE_SCHEDULER, or start the lab without it to train on this machine."
            )
        return f"The training worker cannot be started ({reason}). The lab tries again every few seconds."

    def without_workers(self) -> str:
        if self.is_foreign:
            return f"The cluster at {self.address} has no worker: what was started waits until one joins it."
        return WORKER_LOST


def why_failed(error: BaseException) -> str:
    from ae_core.jobs.dask_cluster import has_killed_workers

    if has_killed_workers(error):
        return LOST_TOO_OFTEN
    return worker.why_failed(error)
