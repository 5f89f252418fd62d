"""A job: work that a worker is to carry out, and its record; and the queue that jobs stand in.

A job is a run, a part of an experiment, a map. Its record is on file and says how far it is.
"""

import contextlib
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ae_core.errors import RecordDeletedError
from ae_core.jobs.record import Record
from ae_core.jobs.states import State
from ae_core.jobs.worker import Kind

if TYPE_CHECKING:
    from distributed import Future


@dataclass
class Job:
    """A worker is to carry out what `record` is of, see `worker.Kind`.

    root: the address of the run store. by: the service in whose hands it is. priority: jobs of a higher one
    come first.
    """

    record: Record
    kind: Kind
    root: str
    by: str
    priority: int = 0
    only: frozenset[str] = frozenset()  # the workers that its task may go to; none: any
    key: str = ""  # of its task at the scheduler; none before there is one
    task: "Future[object] | None" = None
    submitted: float = 0.0
    number: int = field(default_factory=itertools.count().__next__)

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def arguments(self) -> tuple[str, ...]:
        """For `scheduling.work`."""
        return self.kind.address, self.root, self.id, self.by

    @property
    def turn(self) -> tuple[int, int]:
        return -self.priority, self.number

    def is_wanted(self) -> bool:
        """Whether its record says that a worker should have it."""
        return self.record.exists() and self.record.state() in (
            State.QUEUED,
            State.RUNNING,
            State.INTERRUPTED,
        )

    def wait(self) -> None:
        """Lets its record say that it waits, if it says that a worker has it."""
        if self.record.exists() and self.record.state() in (State.RUNNING, State.INTERRUPTED):
            self.say(State.QUEUED)

    def renew(self) -> None:
        """Lets its record say again that it waits: what is not renewed is in nobody's hands."""
        if self.record.exists() and self.record.state() is State.QUEUED:
            self.say(State.QUEUED)

    def say(self, state: State, message: str = "") -> None:
        by = self.by if state is State.QUEUED else ""
        with contextlib.suppress(OSError, RecordDeletedError):  # no room for it, or deleted just now
            self.record.set_state(state, message, by=by)


@dataclass(frozen=True)
class Queue:
    """Ids of the jobs that the scheduler has or will have: those on a worker, and those waiting, in turn."""

    running: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()

    def place(self, job_id: str) -> int | None:
        """How many jobs are before this one; None if it does not wait."""
        return len(self.running) + self.waiting.index(job_id) if job_id in self.waiting else None


def by_turn(job: Job) -> tuple[int, int]:
    return job.turn


def id_of(key: str) -> str:
    return key.split("/")[1]
