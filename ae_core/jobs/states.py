"""What is said of long work and to it: its state, and what a person asks of it."""

from dataclasses import dataclass
from enum import StrEnum

HEARTBEAT_SECONDS = 15  # whoever has a work says so more often; silence this long means that they are gone


class State(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"  # never written: a running run whose worker fell silent

    @property
    def is_active(self) -> bool:
        """Whether a worker has it or will have it."""
        return self in (State.QUEUED, State.RUNNING)

    @property
    def can_resume(self) -> bool:
        """Whether it can be put back into the queue."""
        return self in (State.PAUSED, State.STOPPED, State.INTERRUPTED)


class Action(StrEnum):
    RUN = "run"
    PAUSE = "pause"
    STEP = "step"  # one more epoch, then pause
    STOP = "stop"

    @property
    def rest(self) -> State | None:
        """The state that it brings a run to; None for what keeps it going."""
        return {Action.PAUSE: State.PAUSED, Action.STOP: State.STOPPED}.get(self)


@dataclass(frozen=True)
class Status:
    """What is said of a work. caution: of a model that has learned nothing; by: in whose hands it is while it
    waits or runs; share: how much is done, 0 to 1; updated: when this was written, in seconds since 1970.
    """

    state: State
    message: str = ""
    caution: str = ""
    by: str = ""
    share: float = 0.0
    updated: float = 0.0


@dataclass(frozen=True)
class Control:
    """What a person asks of a work."""

    action: Action = Action.RUN
