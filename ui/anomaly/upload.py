"""A visitor's own images for an experiment: read, kept beside the runs, and a word on what was read.

What of them is in use stands beside the field at all times, for a file that the browser itself refuses is
never heard of here, and an earlier one stays.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from ae_core.data.uploads.reading import MAX_BYTES, Ink, ReadAs, from_upload
from ae_core.drawing.levels import AUTO, FULL
from ae_core.errors import LabError, SeveralArraysError
from ae_core.studies.uploads import Uploads
from ui.shell import cached, incoming
from ui.shell.theme import plain

KEPT, REFUSED, LEFT_OUT, ARRAYS = (
    "upload kept",
    "images refused",
    "uploads left out",
    "arrays to choose among",
)
PREVIEW = 12
MOST_NAME = 100  # characters that an experiment keeps of a file's name
VALUES = {
    AUTO: "as recognised",
    "0:1": "0 and 1",
    "0:15": "0 and 15",
    "0:16": "0 and 16",
    "0:100": "0 and 100",
    "0:255": "0 and 255",
    "0:1023": "0 and 1,023",
    "0:4095": "0 and 4,095",
    "0:65535": "0 and 65,535",
    "-1:1": "-1 and 1",
    FULL: "the lowest and the highest",
}
INKS = {Ink.AUTO: "as recognised", Ink.LIGHT: "light on dark", Ink.DARK: "dark on light"}


@dataclass(frozen=True, eq=False)
class Kept:
    """stored: its name in the store; preview: its first images, uint8 [N, 28, 28]."""

    name: str
    stored: str
    summary: str
    preview: np.ndarray
    is_array: bool


def ask() -> None:
    """The field, what became of the file in it, and where it holds several arrays, which one is meant."""
    with st.container(key="own-images"):
        st.file_uploader(
            "Your own images: a ZIP archive of pictures, one picture, an IDX file or a NumPy array",
            key=field(),
            on_change=take,
            max_upload_size=MAX_BYTES // 2**20,
        )
        with st.container(key="own-images-unread"):  # style.css shows it while the field refuses a file
            allowed = f"one file of at most {MAX_BYTES // 2**20} MB is allowed"
            st.error(f"A file marked with ! was not taken: {allowed}. {in_use()}")
    state = st.session_state
    if refusal := state.get(REFUSED):
        st.error(f"{refusal} {in_use()}")
    if arrays := state.get(ARRAYS):
        st.selectbox(
            "Which array?",
            list(arrays),
            index=None,
            placeholder=f"The file holds {len(arrays)} arrays of images: choose one",
            format_func=lambda name: f"{name}, {arrays.get(name, '')}",
            key=choice("array"),
            on_change=read,
        )
        if not kept():
            st.caption(in_use())


def in_use() -> str:
    present = kept()
    return f"In use: {plain(present.name)}." if present else "No images of yours are in use."


def field() -> str:
    """Key of the uploader: another one after each upload left out, for only a new uploader is empty."""
    return f"images {st.session_state.get(LEFT_OUT, 0)}"


def choice(what: str) -> str:
    """Key of what a person says of the file in the field."""
    return f"{field()} {what}"


def take() -> None:
    """Reads what was uploaded, as nobody has said anything of it yet."""
    read(ReadAs())


def read(read_as: ReadAs | None = None) -> None:
    """Reads the file in the field as the person says; whatever is wrong is said in the library's words."""
    state, file = st.session_state, incoming.held(st.session_state[field()])
    found = {KEPT: None, REFUSED: "", ARRAYS: state.get(ARRAYS) if read_as is None else None}
    if file is not None:
        found |= result_of(file.name, file.getvalue(), chosen() if read_as is None else read_as)
    if read_as is not None:
        for what in ("array", "values", "ink"):
            state.pop(choice(what), None)
    state.update(found)


def chosen() -> ReadAs:
    """What the form says of the file in the field."""
    state = st.session_state
    return ReadAs(
        array=state.get(choice("array")) or "",
        values=state.get(choice("values")) or AUTO,
        ink=Ink(state.get(choice("ink")) or Ink.AUTO),
    )


def result_of(name: str, data: bytes, read_as: ReadAs) -> dict[str, Any]:
    """What the session has to keep of reading a file."""
    try:
        upload = from_upload(name, data, read_as=read_as)
        stored = Uploads(cached.store()).keep(upload.images)
    except SeveralArraysError as error:
        return {ARRAYS: error.arrays}
    except LabError as error:
        return {REFUSED: plain(str(error))}
    except OSError as error:
        return {REFUSED: f"The images cannot be stored: {error.strerror or error}."}
    preview = upload.images[:PREVIEW].copy()
    return {KEPT: Kept(upload.name[:MOST_NAME], stored, upload.summary, preview, bool(upload.assumed))}


def kept() -> Kept | None:
    return st.session_state.get(KEPT)


def offer_to_change() -> None:
    """How the images are to be read, while the file is at hand, and a button that leaves them out.

    What is kept outlives the uploader, which is empty again when the visitor comes back. What was said of the
    file can be taken back, though it was refused for that.
    """
    present, state = kept(), st.session_state
    if state.get(field()) is not None and (present or chosen() != ReadAs(array=chosen().array)):
        is_array = present.is_array if present else choice("values") in state
        ask_how_to_read(is_array)
    elif present:
        st.caption("To have them turned or scaled, upload the file again.")
    if present:
        st.button("Leave these out", icon=":material/close:", on_click=leave_out)


def ask_how_to_read(is_array: bool) -> None:
    ink, values = st.columns(2)
    ink.selectbox(
        "Their ink is",
        list(INKS),
        format_func=lambda each: INKS[each],
        key=choice("ink"),
        on_change=read,
        help="The lab shows light ink on dark, as MNIST has it: dark ink on light is turned around.",
    )
    if is_array:
        values.selectbox(
            "Black and white are",
            list(VALUES),
            format_func=lambda each: VALUES[each],
            key=choice("values"),
            on_change=read,
            help="Which numbers of the array stand for black and for white.",
        )


def leave_out() -> None:
    state = st.session_state
    state.update({KEPT: None, REFUSED: "", ARRAYS: None, LEFT_OUT: state.get(LEFT_OUT, 0) + 1})
