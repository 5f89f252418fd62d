"""Where a visitor is: which lesson, which step, and what of it is done. The session and the URL say it."""

import streamlit as st

from ae_core.lessons.shelf import Shelved
from ui.shell import link, running_lesson
from ui.shell.running_lesson import PLACE, place

DONE = "steps of lessons that are done"
FINISHED = "lesson that was finished just now"


def go(lesson_id: str | None, step: int = 1) -> None:
    """For callbacks; None: to the list."""
    if lesson_id is None:
        running_lesson.leave()
    else:
        st.session_state[PLACE] = lesson_id, step


def fields(shelf: list[Shelved]) -> list[link.Field]:
    """Of the URL. The list has a name there too: a lesson is a step from it, and Back leads to it."""
    known = {each.id: each for each in shelf}

    def read_step(text: str) -> int:
        found = place()
        steps = steps_of(known[found[0]]) if found else 1
        if not text.isdecimal() or not 1 <= int(text) <= steps:
            raise link.RefusedError(
                f"This lesson has the steps 1 to {steps}, and the URL says {link.shortened(text)}."
            )
        return int(text)

    def put_step(step: int) -> None:
        if found := place():
            go(found[0], step)

    names = dict.fromkeys([link.NOTHING]) | {each: each for each in known}
    return [
        link.Field(
            "lesson",
            PLACE,
            "Lesson",
            link.among(names),
            link.of_one(names),
            str,
            get=lambda: (place() or (link.NOTHING,))[0],
            put=go,
            is_control=False,
        ),
        link.Field(
            "step",
            PLACE,
            "Step",
            "",
            read_step,
            str,
            get=lambda: (place() or (None, None))[1],
            put=put_step,
            is_control=False,
        ),
    ]


def steps_of(shelved: Shelved) -> int:
    return len(shelved.lesson.steps) if shelved.lesson else 1


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
