"""What a teacher does with a page: copies its link, hides controls from a class, presents it.

All of it stands in the URL alone, which the sidebar's links carry on: `hide` names controls by their fields,
`present=1` leaves out the sidebar and has larger words.
"""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from ui.shell import browser, controls, link
from ui.shell.hidden import BETWEEN, EVERYWHERE, HIDE

PRESENT = "present"
TAKEN = "controls left out of the class's link"  # in the session, by their check boxes
READ = {kind: Path(__file__).with_name(f"copy_link.{kind}").read_text() for kind in ("html", "css", "js")}
PRESENTING = Path(__file__).with_name("presenting.css")

mount = st.components.v2.component("copy_link", **READ | {"css": controls.CSS + READ["css"]})


def carried() -> dict[str, str]:
    """What every link within the lab says besides."""
    return {name: st.query_params[name] for name in (HIDE, PRESENT) if name in st.query_params}


def show() -> None:
    """In the sidebar."""
    link_place, more = st.columns(2, gap="small")
    with link_place:
        copy("Copy link", {}, "copy link")
    with more.popover("More", width="stretch"):
        if st.button("Link for a class", icon=":material/school:", width="stretch"):
            ask_what_to_hide()
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


@st.dialog("Link for a class")
def ask_what_to_hide() -> None:
    st.markdown("It opens this page as it is, without the controls that you choose. What they say stays.")
    controls = EVERYWHERE | {field.name: field.called for field in link.held() if field.is_control}
    chosen = []
    with st.container(horizontal=True, gap="small"):
        for name, called in controls.items():
            if st.checkbox(f"Hide {called}", key=f"{TAKEN}: {name}"):
                chosen.append(name)
    presents = st.checkbox("Open as a presentation", key=f"{TAKEN}: {PRESENT}")
    values = {HIDE: BETWEEN.join(chosen) or None, PRESENT: "1" if presents else None}
    copy("Copy link for a class", values, "copy link for a class")


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
