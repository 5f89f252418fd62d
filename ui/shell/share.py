"""What a teacher does with a page: copies its link, withholds controls from a class, presents it.

All of it stands in the URL alone, which the sidebar's links carry on: `hide` and `lock` name controls by
their fields, `present=1` leaves out the sidebar and has larger words.
"""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from ui.shell import browser, controls, link
from ui.shell.withheld import BETWEEN, HIDE, LOCK

PRESENT = "present"
WANTED = "link for a class wanted"  # in the session
ASKED = {HIDE: "Hide", LOCK: "Lock"}
BOX = "link for a class"  # in the session, before what its check boxes are for
READ = {kind: Path(__file__).with_name(f"copy_link.{kind}").read_text() for kind in ("html", "css", "js")}
PRESENTING = Path(__file__).with_name("presenting.css")

mount = st.components.v2.component("copy_link", **READ | {"css": controls.CSS + READ["css"]})


def carried() -> dict[str, str]:
    """What every link within the lab says besides."""
    return {name: st.query_params[name] for name in (HIDE, LOCK, PRESENT) if name in st.query_params}


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
            help="Larger words, no sidebar. Arrow keys change the page, Escape ends it.",
        )


def copy(label: str, values: Mapping[str, str | None], key: str) -> None:
    """A button that copies the address that the browser shows, with `values` in it, None for none."""
    mount(data={"label": label, "values": values}, key=key, width="stretch")


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
    """Which way the control is withheld, if any."""
    hide, lock = st.columns(2, gap="small")
    is_hidden = hide.checkbox(f"Hide {field.called}", key=f"{BOX}: {HIDE} {field.name}")
    is_locked = lock.checkbox(f"Lock {field.called}", key=f"{BOX}: {LOCK} {field.name}", disabled=is_hidden)
    return HIDE if is_hidden else LOCK if is_locked else ""


def present() -> None:
    """Where the URL asks for it, shows the page without the sidebar and in larger words."""
    if st.query_params.get(PRESENT) != "1":
        return
    st.html(PRESENTING)
    st.button(
        "End",
        icon=":material/close_fullscreen:",
        key="end-presentation",
        help="Ends the presentation, as Escape does. Arrow keys change the page.",
        on_click=browser.write,
        args=({PRESENT: None},),
    )
