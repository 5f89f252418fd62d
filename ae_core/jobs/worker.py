"""What a worker does: one entry for every kind of work, and one end for whatever comes between.

A work ends in a state, with words for the person where something went wrong.
"""

import contextlib
import errno
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ae_core.errors import LabError, RecordDeletedError, TakenOverError
from ae_core.jobs.record import Record
from ae_core.jobs.states import State

LOOK_SECONDS = 0.5  # between looks at what somebody else carries out
DISK_FULL = "The disk is full. Free some space, then resume it."

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kind:
    """A kind of long work: a training, a part of a study, a map.

    address: where it is found, as "module:name". open: its record, from the address of the run store and the
    record's id. carry_out: does the work from where it stands, for the holder it is told, and returns the
    state it ends in. given_up: the state of one that its worker does not survive.
    """

    address: str
    open: Callable[[str, str], Record]
    carry_out: Callable[[Any, str], State]
    given_up: State = State.FAILED

    def work(self, root: str, record_id: str, by: str) -> str:
        """What a worker does. by: the service that has it done; one that takes over from a lost worker goes
        on at once."""
        os.environ.setdefault("AE_RUNS", root)  # own data sets are kept beside the runs
        record = self.open(root, record_id)
        if not record.exists():
            return "deleted while it waited"
        try:
            return "in other hands" if record.is_with_another(by) else self.carry_out(record, by)
        except RecordDeletedError:
            return "deleted while it was carried out"


def carry_out(record: Record, work: Callable[[], State]) -> State:
    """Calls `work`, which writes its own end, and returns the state that it ends in.

    Nothing is raised for what can go wrong with it: it ends as FAILED with a message for the person, or as
    PAUSED where the disk is full. Only what is deleted meanwhile has nothing left to tell it in:
    RecordDeletedError.
    """
    try:
        return work()
    except TakenOverError:
        return record.state()
    except RecordDeletedError:
        raise
    except LabError as error:
        return end(record, State.FAILED, str(error))
    except KeyboardInterrupt:
        return end(record, State.STOPPED)
    except OSError as error:
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        state, message = (State.PAUSED, DISK_FULL) if is_full else (State.FAILED, why_of_file(error))
        with contextlib.suppress(OSError):  # no room even for this: it will be found interrupted
            end(record, state, message)
        return state
    except Exception as error:
        log.exception("%s failed", record.id)
        return end(record, State.FAILED, why_failed(error))


def end(record: Record, state: State, message: str = "", caution: str = "") -> State:
    record.set_state(state, message, caution=caution)
    return state


def why_failed(error: BaseException) -> str:
    if isinstance(error, LabError):  # such as a run store that this worker cannot reach
        return str(error)
    return f"Something unexpected went wrong ({type(error).__name__}: {error})."


def why_of_file(error: OSError) -> str:
    return f"A file cannot be read or written ({error.strerror or error})."


def is_free(record: Record, by: str, is_wanted: Callable[[], bool] = lambda: True) -> bool:
    """Waits as long as somebody else carries it out; whether it is then to be carried out still.

    is_wanted: whether to go on waiting.
    """
    waited = False
    while record.is_with_another(by):
        if not is_wanted():
            return False
        waited = True
        time.sleep(LOOK_SECONDS)
    return not waited or record.state() in (State.QUEUED, State.INTERRUPTED)
