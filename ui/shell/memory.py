"""What is computed once and kept for all visitors, where no visitor can throw it away.

Streamlit's own caches can be emptied by any visitor, with one message over the websocket and as often as they
like; whatever is expensive would then be computed again for everybody. So nothing expensive is kept there.
"""

import functools
from collections.abc import Callable, Hashable
from contextlib import nullcontext
from contextvars import ContextVar
from threading import Condition, Thread
from typing import Any

import cachetools
import streamlit as st

from ui.shell import turns

computing = ContextVar("computing", default=False)
everything: list[Callable[[], None]] = []  # what forgets each function's results


def forget_everything() -> None:
    """For when a name stands for something else: a data set of one's own was replaced or deleted."""
    for clear in everything:
        clear()


def kept(
    entries: int,
    spinner: str = "",
    seconds: float | None = None,
    key: Callable[..., Hashable] = cachetools.keys.hashkey,
) -> Callable:
    """Computes a function once for its arguments, even where several ask at once; the result is read-only.

    entries: how many results are kept at most, those used last. spinner: what is said meanwhile, unless
    something else that is kept is waiting for it. seconds: after these it is computed anew. key: of the
    arguments, where they are not hashable. The decorated function has `clear()`, and
    `begin(...)`, which has it computed while nobody waits.
    """

    def decorate(of: Callable[..., Any]) -> Callable[..., Any]:
        def compute(*arguments: Any) -> Any:
            outer = computing.set(True)
            try:
                return of(*arguments)
            finally:
                computing.reset(outer)

        results = cachetools.LRUCache(entries) if seconds is None else cachetools.TTLCache(entries, seconds)
        look = cachetools.cached(results, key, condition=Condition())(compute)

        @functools.wraps(of)
        def ask(*arguments: Any) -> Any:
            with look.cache_lock:
                is_there = key(*arguments) in results
            if is_there:
                return look(*arguments)
            with turns.aside(), st.spinner(spinner) if spinner and not computing.get() else nullcontext():
                return look(*arguments)

        begun: set[Hashable] = set()

        def begin(*arguments: Any) -> bool:
            """Whether it is known; else it is computed in a thread, and nobody waits."""

            def find_out() -> None:
                try:
                    look(*arguments)
                finally:
                    begun.discard(key(*arguments))

            with look.cache_lock:
                if key(*arguments) in results:
                    return True
                is_begun = key(*arguments) in begun
                begun.add(key(*arguments))
            if not is_begun:
                Thread(target=find_out, daemon=True).start()
            return False

        ask.begin = begin
        ask.clear = look.cache_clear
        everything.append(look.cache_clear)
        return ask

    return decorate
