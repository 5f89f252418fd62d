"""A few pages are drawn at once; one that takes long, or fails, keeps nobody."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ui.shell import turns


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(turns, "slots", threading.Semaphore(turns.AT_ONCE))


def test_no_more_than_a_few_are_drawn_at_once():
    drawn, most, lock = 0, 0, threading.Lock()

    def draw(_: int) -> None:
        nonlocal drawn, most
        with turns.turn():
            with lock:
                drawn += 1
                most = max(most, drawn)
            threading.Event().wait(0.005)
            with lock:
                drawn -= 1

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(draw, range(40)))
    assert 1 <= most <= turns.AT_ONCE


def test_a_page_that_fails_gives_its_slot_back():
    for _ in range(turns.AT_ONCE + 1):
        with pytest.raises(ZeroDivisionError), turns.turn():
            raise ZeroDivisionError
    assert turns.slots.acquire(blocking=False)


def test_who_steps_aside_keeps_nobody_and_comes_back():
    with turns.turn(), turns.aside():
        assert [turns.slots.acquire(blocking=False) for _ in range(turns.AT_ONCE)] == [True] * turns.AT_ONCE
        for _ in range(turns.AT_ONCE):
            turns.slots.release()
    assert [turns.slots.acquire(blocking=False) for _ in range(turns.AT_ONCE)] == [True] * turns.AT_ONCE


def test_outside_a_turn_there_is_nothing_to_step_aside_from():
    with turns.aside():
        pass
    assert [turns.slots.acquire(blocking=False) for _ in range(turns.AT_ONCE + 1)][-1] is False


def test_pages_that_take_long_keep_nobody(monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE", 0.05)
    for _ in range(turns.AT_ONCE):
        turns.slots.acquire()
    with turns.turn():
        pass
    assert not turns.slots.acquire(blocking=False)  # who had no slot gives none back


def test_what_can_wait_begins_once_no_page_was_drawn_for_a_while():
    done = []
    with turns.turn():
        waiting = threading.Thread(target=lambda: done.append(turns.wait_for_quiet(0.2, 30)))
        waiting.start()
        before = time.monotonic()
    waiting.join(30)
    assert done
    assert time.monotonic() - before >= 0.2


def test_what_can_wait_does_not_wait_for_ever():
    turns.note()
    turns.wait_for_quiet(3600, 0.05)
