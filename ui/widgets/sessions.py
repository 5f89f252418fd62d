"""The end of a session: what a visitor kept for it alone is removed some time after the visitor."""

import contextlib
import time

from ae_core.data.own.record import OwnRecord
from ae_core.data.own.store import OwnData
from ae_core.errors import LabError
from ae_core.runs.provenance import needing
from ui.shell import cached, visitors
from ui.widgets import steering

LOOK_SECONDS = 60


def keep_house() -> None:
    """In a thread, as long as the server lives."""
    while True:
        with contextlib.suppress(LabError, OSError):  # a store that is away for a while
            look_around()
        time.sleep(LOOK_SECONDS)


def look_around() -> None:
    """Says who is here, and removes what was kept for those who are here no more."""
    own = OwnData()
    own.see(visitors.present())
    own.end_sessions(is_needed)


def is_needed(record: OwnRecord) -> bool:
    """Whether a run or a study that learns from it waits or goes on."""
    is_trained_on = any(each.state.is_active for each in needing(record, cached.store()))
    return is_trained_on or steering.store().is_at_work_on(record.fingerprint)
