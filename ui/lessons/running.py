"""A lesson on the screen: where one is in it, the step, and the ways on."""

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
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            own.all_lessons,
            icon=":material/list:",
            type="tertiary",
            key="list",
            on_click=progress.go,
            args=(None,),
        )
        st.space("stretch")
        st.markdown(f":gray[{own.step.format(step=number, steps=len(lesson.steps))}]")
    st.progress(number / len(lesson.steps))
    ShownStep(view, shelved, number, own).show()
    show_ways(shelved, number, own)
    begin_at_top(data={"place": f"{shelved.id} {number}"}, key="top", height=1)


def show_ways(shelved: Shelved, number: int, words: Words) -> None:
    """Never locked: who knows the answer already goes on."""
    assert shelved.lesson is not None
    is_last = number == len(shelved.lesson.steps)
    with st.container(horizontal=True):
        if number > 1:
            st.button(
                words.previous,
                icon=":material/arrow_back:",
                key="previous",
                on_click=progress.go,
                args=(shelved.id, number - 1),
            )
        st.space("stretch")
        if is_last:
            st.button(
                words.finish,
                icon=":material/check:",
                type="primary",
                key="finish",
                on_click=progress.finish,
                args=(shelved.id,),
            )
        else:
            st.button(
                words.next,
                icon=":material/arrow_forward:",
                type="primary",
                key="next",
                on_click=progress.go,
                args=(shelved.id, number + 1),
            )


def title_of(shelved: Shelved) -> str:
    assert shelved.lesson is not None
    return f"{shelved.number} · {plain(shelved.lesson.title)}"
