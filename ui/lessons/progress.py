"""Where a visitor is: which lesson, which step, and what of it is done. The session and the URL say it."""

import streamlit as st

from ae_core.lessons.shelf import Shelved
from ui.shell import browser
from ui.shell.running_lesson import RUNNING

PLACE = "lesson and step"  # in the session: (id, step from 1), or none
LAST = "lesson and step in the URL"
DONE = "steps of lessons that are done"
FINISHED = "lesson that was finished just now"
Place = tuple[str, int]


def place() -> Place | None:
    return st.session_state.get(PLACE)


def go(lesson_id: str | None, step: int = 1) -> None:
    """For callbacks; None: to the list."""
    st.session_state[PLACE] = (lesson_id, step) if lesson_id else None
    if lesson_id is None:
        st.session_state.pop(RUNNING, None)


def settle(shelf: list[Shelved]) -> str:
    """Takes over what the URL asks for, and writes into it what is shown; a complaint, or ""."""
    complaint = adopt({each.id: each for each in shelf})
    found = place()
    lesson, step = (found[0], str(found[1])) if found else (None, None)
    browser.write({"lesson": lesson, "step": step})
    st.session_state[LAST] = lesson, step
    return complaint


def adopt(shelf: dict[str, Shelved]) -> str:
    given = st.query_params.get("lesson"), st.query_params.get("step")
    is_new = given != st.session_state.get(LAST, (None, None))
    if not is_new or (given[0] is None and not st.session_state.get(browser.READY)):
        return ""
    if given[0] is None:
        go(None)
        return ""
    found = shelf.get(given[0])
    if found is None:
        go(None)
        return f"The URL asks for the lesson {given[0][:80]!r}, which is not there. Showing the list instead."
    steps = len(found.lesson.steps) if found.lesson else 1
    if given[1] is not None and not (given[1].isdecimal() and 1 <= int(given[1]) <= steps):
        go(found.id)
        return f"The URL asks for step {given[1][:20]!r}; this lesson has 1 to {steps}. Showing the first."
    go(found.id, int(given[1] or 1))
    return ""


def mark_done(lesson_id: str, step: int) -> None:
    st.session_state.setdefault(DONE, {}).setdefault(lesson_id, set()).add(step)


def done(lesson_id: str) -> set[int]:
    """The steps of a lesson that are done, from 1."""
    return st.session_state.get(DONE, {}).get(lesson_id, set())


def finish(lesson_id: str) -> None:
    """Back to the list, which then says so. For callbacks."""
    go(None)
    st.session_state[FINISHED] = lesson_id


def finished() -> str | None:
    """The lesson that was finished just now, once."""
    return st.session_state.pop(FINISHED, None)
