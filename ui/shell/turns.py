"""Whose page is drawn next, where many visitors act at the same moment.

All pages share Python's one lock. A hundred that are drawn at once are all late; a few at a time, the first
of them are soon done and the last no later. A page that computes or waits for long keeps nobody: after a
while the next one begins beside it.
"""

import contextlib
import threading
from collections.abc import Iterator

AT_ONCE = 2
PATIENCE = 2.0  # seconds

slots = threading.Semaphore(AT_ONCE)


@contextlib.contextmanager
def turn() -> Iterator[None]:
    """Waits for one of the AT_ONCE slots, PATIENCE at most."""
    has_slot = slots.acquire(timeout=PATIENCE)
    try:
        yield
    finally:
        if has_slot:
            slots.release()
