"""What is kept for all visitors: computed once, bounded, and out of every visitor's reach."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import numpy as np
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.state import SessionState
from streamlit.testing.v1 import AppTest

from ui.shell import cached
from ui.shell.memory import kept


class Visitor(AppSession):
    """A visitor's session as far as the message needs it."""

    def __init__(self) -> None:
        self._session_state = SessionState()

    def __del__(self) -> None:
        """There is nothing to shut down."""


def test_no_visitor_can_throw_it_away():
    """By the message that Streamlit's own menu sends, whoever sends it."""
    before = cached.evaluation("zoo:dense-8", "embedded")
    Visitor().handle_backmsg(BackMsg(clear_cache=True))
    assert cached.evaluation("zoo:dense-8", "embedded") is before


def test_it_is_computed_once_where_many_ask_at_once():
    calls, together, resume = [], Barrier(5), Event()

    @kept(entries=2)
    def slow(name: str) -> list[str]:
        calls.append(name)
        resume.wait(30)
        return [name]

    def ask() -> list[str]:
        together.wait(30)
        return slow("same")

    with ThreadPoolExecutor() as threads:
        asked = [threads.submit(ask) for _ in range(4)]
        together.wait(30)
        resume.set()
        results = [each.result(30) for each in asked]
    assert calls == ["same"]
    assert all(each is results[0] for each in results)


def test_one_that_is_slow_holds_up_none_that_is_asked_for_otherwise():
    resume = Event()

    @kept(entries=2)
    def slow_or_not(name: str) -> str:
        if name == "slow":
            resume.wait(30)
        return name

    with ThreadPoolExecutor() as threads:
        slow = threads.submit(slow_or_not, "slow")
        assert slow_or_not("quick") == "quick"
        assert not slow.done()
        resume.set()
        assert slow.result(30) == "slow"


@pytest.fixture
def squares():
    calls = []

    @kept(entries=2)
    def square(number: int) -> int:
        calls.append(number)
        if number < 0:
            raise ValueError("negative")
        return number**2

    return square, calls


def test_those_used_last_are_kept_and_no_more(squares):
    square, calls = squares
    assert [square(number) for number in (1, 2, 1, 3, 1, 2)] == [1, 4, 1, 9, 1, 4]
    assert calls == [1, 2, 3, 2]


def test_a_failure_is_not_kept(squares):
    square, calls = squares
    for _ in range(2):
        with pytest.raises(ValueError, match="negative"):
            square(-1)
    assert calls == [-1, -1]


def test_cleared_it_is_computed_anew(squares):
    square, calls = squares
    square(1)
    square.clear()
    assert square(1) == 1
    assert calls == [1, 1]


def test_after_its_time_it_is_computed_anew():
    calls = []

    @kept(entries=1, seconds=0)
    def now() -> int:
        calls.append(now)
        return len(calls)

    assert (now(), now()) == (1, 2)


def test_what_has_no_hash_is_told_apart_by_a_key():
    calls = []

    @kept(entries=2, key=lambda name, values: (name, values.tobytes()))
    def total(name: str, values: np.ndarray) -> float:
        calls.append(name)
        return float(values.sum())

    assert (total("a", np.ones(2)), total("a", np.ones(2)), total("a", np.ones(3))) == (2, 2, 3)
    assert len(calls) == 2


def test_a_spinner_stands_where_it_is_waited_for_and_only_the_outermost():
    def script():
        from contextlib import contextmanager
        from unittest.mock import patch

        import streamlit as st

        from ui.shell.memory import kept

        told = []

        @contextmanager
        def spinner(text):
            told.append(text)
            yield

        @kept(entries=1, spinner="inner")
        def inner() -> int:
            return 1

        @kept(entries=1, spinner="outer")
        def outer() -> int:
            return inner()

        with patch.object(st, "spinner", spinner):
            outer(), outer(), inner()
        st.text(told)

    assert AppTest.from_function(script).run(timeout=30).text[0].value == "['outer']"


def test_what_is_begun_keeps_nobody_waiting_and_is_computed_once(wait_until):
    calls, resume = [], Event()

    @kept(entries=2)
    def slow(name: str) -> str:
        calls.append(name)
        resume.wait(30)
        return name

    assert [slow.begin("it") for _ in range(3)] == [False] * 3
    resume.set()
    wait_until(lambda: slow.begin("it"))
    assert slow("it") == "it"
    assert calls == ["it"]
