"""The list of lessons, with what is done of each."""

import streamlit as st

from ae_core.lessons.shelf import Shelved, Words
from ui.lessons import progress
from ui.shell.theme import plain


def show(shelf: list[Shelved], words: dict[str, Words]) -> None:
    """A card a lesson; its translations are buttons in the same card."""
    originals = [each for each in shelf if each.id == each.original]
    for shelved in originals:
        versions = [each for each in shelf if each.original == shelved.id]
        with st.container(border=True, horizontal=True, vertical_alignment="center", gap="medium"):
            show_card(shelved, versions, words)
    for stray in (each for each in shelf if each.original not in {one.id for one in originals}):
        show_fault(stray)


def show_card(shelved: Shelved, versions: list[Shelved], words: dict[str, Words]) -> None:
    with st.container(width="stretch", gap="xxsmall"):
        if shelved.lesson is None:
            show_fault(shelved)
        else:
            st.markdown(f"**{shelved.number} · {plain(shelved.lesson.title)}**")
            st.markdown(plain(shelved.lesson.about))
            st.caption(state_of(shelved, words[shelved.lesson.language]))
        for each in versions:
            if each is not shelved:
                show_translation(each, words)
    with st.container(horizontal=True, width="content"):
        for each in versions:
            if each.lesson is not None:
                show_button(each, words[each.lesson.language], is_original=each is shelved)


def show_translation(shelved: Shelved, words: dict[str, Words]) -> None:
    """What is done of it, if anything."""
    if shelved.lesson is None:
        show_fault(shelved)
    elif progress.done(shelved.id):
        own = words[shelved.lesson.language]
        st.caption(f"{own.name} · {state_of(shelved, own)}")


def state_of(shelved: Shelved, words: Words) -> str:
    assert shelved.lesson is not None
    steps, done = len(shelved.lesson.steps), len(progress.done(shelved.id))
    told = [words.minutes.format(minutes=shelved.lesson.minutes), words.steps.format(steps=steps)]
    if done:
        told.append(f":material/check: {done}/{steps}")
    return " · ".join(told)


def show_button(shelved: Shelved, words: Words, *, is_original: bool) -> None:
    st.button(
        words.start if is_original else words.name,
        key=f"start {shelved.id}",
        on_click=progress.go,
        args=(shelved.id,),
    )


def show_fault(shelved: Shelved) -> None:
    st.error(f"**This lesson cannot be shown.** {plain(shelved.fault)}", icon=":material/error:")
