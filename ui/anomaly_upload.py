"""A visitor's own images for an experiment: read, kept beside the runs, and a word on what was read."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from ae_core.data.uploads import MAX_BYTES, from_upload
from ae_core.errors import LabError
from ae_core.experiments import ExperimentStore
from ui import cached
from ui.theme import plain

KEPT, REFUSED, LEFT_OUT = "upload kept", "images refused", "uploads left out"
PREVIEW = 12
MOST_NAME = 100  # characters that an experiment keeps of a file's name


@dataclass(frozen=True, eq=False)
class Kept:
    """stored: its name in the store; preview: its first images, uint8 [N, 28, 28]."""

    name: str
    stored: str
    summary: str
    preview: np.ndarray


def ask() -> None:
    st.file_uploader(
        "Your own images: a ZIP archive of pictures, one picture, an IDX file or a NumPy array",
        key=field(),
        on_change=take,
        max_upload_size=MAX_BYTES // 2**20,
    )
    if refusal := st.session_state.get(REFUSED):
        st.error(f"{refusal} An experiment started now would be without these images.")


def field() -> str:
    """Key of the uploader: another one after each upload left out, for only a new uploader is empty."""
    return f"images {st.session_state.get(LEFT_OUT, 0)}"


def take() -> None:
    """Reads what was uploaded; whatever is wrong with it is said in the library's words."""
    state, file = st.session_state, st.session_state[field()]
    state[KEPT], state[REFUSED] = None, ""
    if file is None:
        return
    try:
        upload = from_upload(file.name, file.getvalue())
        stored = ExperimentStore(cached.store()).keep_upload(upload.images)
    except LabError as error:
        state[REFUSED] = plain(str(error))
    except OSError as error:
        state[REFUSED] = f"The images cannot be stored: {error.strerror or error}."
    else:
        state[KEPT] = Kept(upload.name[:MOST_NAME], stored, upload.summary, upload.images[:PREVIEW].copy())


def kept() -> Kept | None:
    return st.session_state.get(KEPT)


def offer_to_leave_out() -> None:
    """A button: what is kept outlives the uploader, which is empty again when the visitor comes back."""
    st.button("Leave these out", icon=":material/close:", on_click=leave_out)


def leave_out() -> None:
    state = st.session_state
    state[KEPT], state[LEFT_OUT] = None, state.get(LEFT_OUT, 0) + 1
