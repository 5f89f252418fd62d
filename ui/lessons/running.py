"""A lesson on the screen: where one is in it, the step, and the ways on."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from ae_core.lessons.shelf import Shelved, Words
from ui.lessons import progress
from ui.lessons.step import ShownStep
from ui.shell import shell
from ui.shell.theme import plain

begin_at_top = st.components.v2.component("step_top", js=Path(__file__).with_name("top.js").read_text())


def show(view: shell.View, shelved: Shelved, number: int, words: dict[str, Words]) -> None:
    """number: of the step, from 1."""
    lesson = shelved.lesson
    assert lesson is not None
    own = words[lesson.language]
    top, step, ways = st.container(), st.container(), st.container(horizontal=True)
    with (
        ways
    ):  # before the step, which takes longer: a press meanwhile would be the last step's Next, or Back
        show_ways(shelved, number, own)
    with top:
        show_place(number, len(lesson.steps), own)
    with step:
        ShownStep(view, shelved, number, own).show()
    begin_at_top(data={"place": f"{shelved.id} {number}"}, key="top", height=1)


def show_place(number: int, steps: int, words: Words) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        button(words.all_lessons, "list", "list", "tertiary", progress.go, None)
        st.space("stretch")
        st.markdown(f":gray[{words.step.format(step=number, steps=steps)}]")
    st.progress(number / steps)


def show_ways(shelved: Shelved, number: int, words: Words) -> None:
    """Never locked: who knows the answer already goes on."""
    assert shelved.lesson is not None
    if number > 1:
        button(words.previous, "arrow_back", "previous", "secondary", progress.go, shelved.id, number - 1)
    st.space("stretch")
    if number == len(shelved.lesson.steps):
        button(words.finish, "check", "finish", "primary", progress.finish, shelved.id)
    else:
        button(words.next, "arrow_forward", "next", "primary", progress.go, shelved.id, number + 1)


def button(label: str, icon: str, key: str, kind: str, go: Callable[..., None], *where: object) -> None:
    st.button(label, icon=f":material/{icon}:", key=key, type=kind, on_click=go, args=where)


def title_of(shelved: Shelved) -> str:
    assert shelved.lesson is not None
    return f"{shelved.number} · {plain(shelved.lesson.title)}"
