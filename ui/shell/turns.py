"""Whose page is drawn next, where many visitors act at the same moment.

All pages share Python's one lock. A hundred that are drawn at once are all late; a few at a time, the first
of them are soon done and the last no later. A page that computes what others will ask for too steps aside.
"""

import contextlib
import threading
import time
from collections.abc import Iterator

AT_ONCE = 2
PATIENCE = 10.0  # seconds: nobody waits longer for a slot, whatever the others do

slots = threading.Semaphore(AT_ONCE)
held = threading.local()  # by the thread that draws a page
last = 0.0  # when a slot was taken or given back, by `time.monotonic`


@contextlib.contextmanager
def turn() -> Iterator[None]:
    """Waits for one of the AT_ONCE slots, PATIENCE at most."""
    take()
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
            take()


def take() -> None:
    held.slot = slots.acquire(timeout=PATIENCE)
    note()


def give_back() -> bool:
    """Whether this thread had a slot."""
    had_slot = getattr(held, "slot", False)
    if had_slot:
        slots.release()
    held.slot = False
    note()
    return had_slot


def note() -> None:
    global last
    last = time.monotonic()


def wait_for_quiet(seconds: float, patience: float) -> None:
    """Until no turn has begun or ended for so many seconds, or patience is over; for what can wait."""
    begun = time.monotonic()
    while (now := time.monotonic()) < begun + patience and now < max(last, begun) + seconds:
        time.sleep(min(0.1, seconds, patience))
