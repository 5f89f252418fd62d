"""What a teacher does with a page: copies its link, withholds controls from a class, presents it.

All of it stands in the URL alone, which the sidebar's links carry on: `hide` and `lock` name controls by
their fields, `present=2` shows the second part of the page alone, in larger words and without the sidebar.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from ui.shell import browser, controls, link, navigation
from ui.shell.withheld import BETWEEN, HIDE, LOCK, names

PRESENT = "present"
WANTED = "link for a class wanted"  # in the session
ASKED = {HIDE: "Hide", LOCK: "Lock"}
BOX = "link for a class"  # in the session, before what its check boxes are for
PARTS = r"[1-9]\d{0,2}"  # what the URL says of a presentation: which part of the page
PRESENTED = Path(__file__).with_name("presented.css")


def component(name: str) -> Callable[..., Any]:
    """Of the files of this name in this folder."""
    html, css, js = (Path(__file__).with_name(f"{name}.{kind}").read_text() for kind in ("html", "css", "js"))
    return st.components.v2.component(name, html=html, css=controls.CSS + css, js=js)


mount_copy, mount_presenting = component("copy_link"), component("presenting")


def carried() -> dict[str, str]:
    """What every link within the lab says besides."""
    withheld = {name: st.query_params[name] for name in (HIDE, LOCK) if name in st.query_params}
    return withheld | ({PRESENT: "1"} if PRESENT in st.query_params else {})


def show() -> None:
    """In the sidebar."""
    link_place, more = st.columns(2, gap="small")
    with link_place:
        copy("Copy link", {}, "copy link")
    with more.popover("More", width="stretch"):
        st.button(
            "Link for a class",
            icon=":material/school:",
            on_click=st.session_state.update,
            args=({WANTED: True},),
            width="stretch",
        )
        st.button(
            "Present",
            icon=":material/present_to_all:",
            on_click=browser.write,
            args=({PRESENT: "1"},),
            width="stretch",
            help="Larger words, no sidebar, one thing at a time. Arrow keys go on and back, Escape ends it.",
        )


def copy(label: str, values: Mapping[str, str | None], key: str) -> None:
    """A button that copies the address that the browser shows, with `values` in it, None for none."""
    mount_copy(data={"label": label, "values": values}, key=key, width="stretch")


def ask() -> None:
    """Where it is wanted, opens the dialog; to be called once the page's fields are known."""
    if st.session_state.pop(WANTED, False):
        ask_what_to_withhold()


@st.dialog("Link for a class")
def ask_what_to_withhold() -> None:
    st.markdown(
        "It opens this page as it is. Controls that you hide are left out; those that you lock show what "
        "they say, and nobody can move them. Results stay."
    )
    withheld: dict[str, list[str]] = {"": [], **{way: [] for way in ASKED}}
    for field in link.held():
        if field.is_control and field.place != link.NOWHERE:
            withheld[ask_way(field)].append(field.name)
    presents = st.checkbox("Open as a presentation", key=f"{BOX}: {PRESENT}")
    values = {way: BETWEEN.join(withheld[way]) or None for way in ASKED}
    copy("Copy link for a class", values | {PRESENT: "1" if presents else None}, "copy link for a class")


def ask_way(field: link.Field) -> str:
    """Which way the control is withheld, if any; at first as it is here."""
    hide, lock = st.columns(2, gap="small")
    is_hidden = hide.checkbox(
        f"Hide {field.called}", value=field.name in names(HIDE), key=f"{BOX}: {HIDE} {field.name}"
    )
    is_locked = lock.checkbox(
        f"Lock {field.called}",
        value=field.name in names(LOCK),
        key=f"{BOX}: {LOCK} {field.name}",
        disabled=is_hidden,
    )
    return HIDE if is_hidden else LOCK if is_locked else ""


def present() -> None:
    """Where the URL asks for it, shows one part of the page at a time, in larger words."""
    asked = st.query_params.get(PRESENT)
    if asked is None:
        return
    if not re.fullmatch(PARTS, asked):
        st.warning(f"The URL presents part {link.shortened(asked)}, which is no number. Showing the first.")
    st.html(PRESENTED)
    with st.container(key="presentation", horizontal=True, vertical_alignment="center", gap="small"):
        mount_presenting(data={"page": navigation.here().path}, key="presenting", width="content")
        st.button(
            "End",
            icon=":material/close_fullscreen:",
            key="end-presentation",
            help="Ends the presentation, as Escape does. Arrow keys go on and back.",
            on_click=browser.write,
            args=({PRESENT: None},),
        )
