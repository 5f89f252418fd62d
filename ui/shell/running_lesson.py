"""The lesson that a visitor is in the middle of: kept by the session, and named above the other pages."""

from dataclasses import dataclass

import streamlit as st

from ui.shell import navigation

PLACE = "lesson and step"  # in the session: (id, step from 1), or none
RUNNING = "running lesson"  # there too: its words
PAGE = "lessons"


@dataclass(frozen=True)
class Running:
    """id: of the lesson; step: from 1; label, back: words of its language; task: what is to be done."""

    id: str
    step: int
    label: str
    task: str
    back: str
    leave: str


def place() -> tuple[str, int] | None:
    return st.session_state.get(PLACE)


def running() -> Running | None:
    return st.session_state.get(RUNNING)


def url_values() -> dict[str, str]:
    """What a link to the page of lessons carries besides the view."""
    found = place()
    return {"lesson": found[0], "step": str(found[1])} if found else {"lesson": "none"}


def leave() -> None:
    st.session_state.pop(PLACE, None)
    st.session_state.pop(RUNNING, None)


def remind(page: st.Page, values: dict[str, str]) -> None:
    """Above any other page: the lesson, its task and the way back. values: of the view, for the URL."""
    found = running()
    if found is None or page.url_path == PAGE:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="running-lesson"):
        st.markdown(f":material/school: **{found.label}** {found.task}".strip(), width="stretch")
        st.page_link(
            navigation.PAGES / f"{PAGE}.py",
            label=f"**{found.back}**",
            icon=":material/arrow_back:",
            query_params=values | url_values(),
        )
        st.button(found.leave, icon=":material/close:", type="tertiary", key="leave lesson", on_click=leave)
