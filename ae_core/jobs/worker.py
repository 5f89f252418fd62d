"""How a work is carried out: whatever comes between ends in a state, with words for the person."""

import contextlib
import errno
import logging
import time
from collections.abc import Callable

from ae_core.errors import LabError, RecordDeletedError, TakenOverError
from ae_core.jobs.record import Record
from ae_core.jobs.states import State

LOOK_SECONDS = 0.5  # between looks at what somebody else carries out
DISK_FULL = "The disk is full. Free some space, then resume it."

log = logging.getLogger(__name__)


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


def is_free(record: Record, by: str) -> bool:
    """Waits as long as somebody else carries it out; whether it is then to be carried out still."""
    waited = False
    while record.is_with_another(by):
        waited = True
        time.sleep(LOOK_SECONDS)
    return not waited or record.state() in (State.QUEUED, State.INTERRUPTED)
