"""Lessons: ten of them, the glossary, and the contest's table."""

from dataclasses import replace

import streamlit as st

from ae_core.errors import LabError
from ae_core.glossary import terms
from ui.lessons import catalogue, contest, glossary, progress, running, shelf
from ui.shell import cached, link, shell
from ui.shell.theme import plain
from ui.widgets import show

WIDTH = 780  # pixels: longer lines are hard to read


def of_digits(view: shell.View) -> shell.View:
    """Lessons speak of MNIST's digits, whatever data set of one's own is in view."""
    if not view.digits.class_names:
        return view
    st.info(f"Lessons are about MNIST's digits, not about {plain(view.digits.name)}.", icon=":material/info:")
    return replace(view, digits=cached.digits("embedded"))


def show_list(view: shell.View, found: shelf.Shelf) -> None:
    show.title(
        "Short lessons with the lab's own parts: **predict**, try it, see why. They can be left at any time.",
    )
    if finished := progress.finished():
        st.success(found.finished_words(finished), icon=":material/celebration:")
    lessons, words, table = st.tabs(["Lessons", "Glossary", "Contest"], key="lessons tab", on_change="rerun")
    if lessons.open:
        with lessons:
            catalogue.show(found.lessons, found.words)
    if words.open:
        with words:
            glossary.show(terms())
    if table.open:
        with table:
            contest.show(view)


def show_page(view: shell.View) -> None:
    found = shelf.read()
    link.adopt(progress.fields(found.lessons))
    place = progress.place()
    chosen = found.get(place[0]) if place else None
    if place is None or chosen is None:
        show_list(view, found)
    elif chosen.lesson is None:
        catalogue.show_fault(chosen)
        st.button("All lessons", icon=":material/list:", on_click=progress.go, args=(None,))
    else:
        st.title(running.title_of(chosen), anchor=False)
        running.show(view, chosen, place[1], found.words)


with st.container(width=WIDTH, key="lesson"):
    try:
        show_page(of_digits(shell.view()))
    except LabError as error:
        st.error(plain(str(error)))
