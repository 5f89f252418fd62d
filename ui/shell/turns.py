"""Whose page is drawn next, where many visitors act at the same moment.

All pages share Python's one lock. A hundred that are drawn at once are all late; a few at a time, the first
of them are soon done and the last no later. A page that computes what others will ask for too steps aside.
"""

import contextlib
import threading
from collections.abc import Iterator

AT_ONCE = 2
PATIENCE = 10.0  # seconds: nobody waits longer for a slot, whatever the others do

slots = threading.Semaphore(AT_ONCE)
held = threading.local()  # by the thread that draws a page


@contextlib.contextmanager
def turn() -> Iterator[None]:
    """Waits for one of the AT_ONCE slots, PATIENCE at most."""
    held.slot = slots.acquire(timeout=PATIENCE)
    try:
        yield
    finally:
        give_back()


@contextlib.contextmanager
def aside() -> Iterator[None]:
    """For what takes long: others go on meanwhile."""
    had_slot = give_back()
    try:
        yield
    finally:
        if had_slot:
            held.slot = slots.acquire(timeout=PATIENCE)


def give_back() -> bool:
    """Whether this thread had a slot."""
    had_slot = getattr(held, "slot", False)
    if had_slot:
        slots.release()
    held.slot = False
    return had_slot
