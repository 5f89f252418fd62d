"""Has works of every kind carried out by workers, passes on what a person asks, and knows where each stands.

Workers of this machine by default; `AE_SCHEDULER=tls://...` names a cluster to use instead, with the
certificates of Dask's own TLS settings. `AE_WORKERS` local workers share the cores.
"""

import secrets
import threading
import time
from collections.abc import Callable

from ae_core.jobs.job import Job, Queue
from ae_core.jobs.queue import JobQueue
from ae_core.jobs.record import Record
from ae_core.jobs.states import HEARTBEAT_SECONDS, Action, State
from ae_core.jobs.worker import Kind


class JobService:
    """Safe to share by threads. root: the address of the run store; clock: seconds since 1970."""

    def __init__(
        self, root: str, jobs: JobQueue | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.root = root
        self.lock = threading.RLock()
        self.name = secrets.token_hex(8)  # several servers may share the run store
        self.jobs = jobs or JobQueue()
        self.clock = clock

    # -- what a person asks

    def submit(self, kind: Kind, record: Record, priority: int = 0) -> None:
        """Puts it at the end of the queue; one that was stopped while it waited keeps its place.

        priority: what has a higher one comes first.
        """
        with self.lock:
            if self.is_being_carried_out(record):  # another tab was quicker
                return
            record.set_state(State.QUEUED, by=self.name)
            self.jobs.give(Job(record, kind, self.root, self.name, priority))

    def is_being_carried_out(self, record: Record) -> bool:
        """Whether a worker has it and is not about to let go of it. The queue hears of it a moment later."""
        state = record.state(self.clock())
        return state is State.RUNNING or (state is State.QUEUED and self.jobs.runs(record.id))

    def rest(self, kind: Kind, record: Record, action: Action) -> None:
        """Pauses or stops it; at once where no worker has it, unless one has to save what it has come to."""
        was = self.state(record)
        record.request(action)
        if was is State.RUNNING:
            return
        if action is Action.STOP and record.keeps_when_stopped():
            if was is not State.QUEUED:
                self.submit(kind, record)
        elif action.rest:
            record.set_state(action.rest)

    def requeue(self, kind: Kind, record: Record, action: Action = Action.RUN, *, priority: int = 0) -> None:
        """Goes on from the last checkpoint, also with what failed or was interrupted."""
        record.request(action)
        self.submit(kind, record, priority)

    # -- where it stands

    def state(self, record: Record) -> State:
        """Its state, with INTERRUPTED for what neither reports nor is known to the scheduler."""
        state = record.state(self.clock())
        if state not in (State.QUEUED, State.INTERRUPTED):
            return state
        if self.jobs.has(record.id):
            is_silent = state is State.INTERRUPTED and self.jobs.runs(record.id)
            return State.RUNNING if is_silent else State.QUEUED
        if self.queue() is None:
            return record.status().state
        fresh = self.clock() - record.status_time() < HEARTBEAT_SECONDS
        return state if state is State.QUEUED and fresh else State.INTERRUPTED

    def waits_elsewhere(self, record: Record) -> bool:
        """Whether it waits in the hands of another server that is alive."""
        status = record.status()
        return (
            status.state is State.QUEUED
            and status.by not in ("", self.name)
            and self.clock() - status.updated < HEARTBEAT_SECONDS
        )

    def place(self, record: Record) -> int | None:
        """How many jobs are before this one in the queue; None if it does not wait."""
        queue = self.queue()
        return None if queue is None else queue.place(record.id)

    def queue(self) -> Queue | None:
        """The queue as it was last seen, with what is still to be submitted; None before it was ever seen."""
        return self.jobs.look()

    # -- the cluster

    def warm_up(self) -> None:
        """Lets a cluster be started or reached, so that the first job need not wait for it."""
        self.jobs.start()

    @property
    def trouble(self) -> str:
        """What keeps jobs from being carried out, in words; empty where nothing does."""
        return self.jobs.trouble

    def close(self) -> None:
        self.jobs.close()
