"""Draw: a drawing of one's own, as the network sees it, and the verdict on it."""

import secrets

import numpy as np
import streamlit as st

from ae_core import samples
from ae_core.errors import LabError
from ae_core.ink import digit_from_drawing
from ae_core.picture import MAX_BYTES, open_picture
from ui import canvas, incoming, navigation, shell, show, verdict
from ui.theme import plain

BRUSH = 20  # pixels of the canvas


def show_board() -> np.ndarray | None:
    """The canvas with brush and eraser; the picture on it."""
    st.caption("**Your canvas**")  # the room that the canvas's own tools, undo among them, appear in
    drawn = canvas.ask(st.session_state.get("brush", BRUSH))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.slider("Brush width", 4, 40, BRUSH, format="%d px", key="brush", persist_state="session")
        st.button("Clear", icon=":material/delete:", on_click=canvas.clear)
    return drawn


def show_starts(view: shell.View) -> None:
    """What a drawing can start from: samples, or an upload."""
    starts = {
        "A digit": lambda: samples.real_digit(view.digits, secrets.randbits(32)),
        "A letter": lambda: samples.letter(secrets.randbits(32)),
        "A scribble": lambda: samples.scribble(secrets.randbits(32)),
    }
    with st.container(horizontal=True, gap="small"):
        for label, make in starts.items():
            st.button(label, on_click=lambda make=make: canvas.put(make()))
    st.file_uploader(
        "Or a picture: PNG or JPEG, dark on light or light on dark",
        type=["png", "jpg", "jpeg"],
        key="upload",
        on_change=take_upload,
        max_upload_size=MAX_BYTES // 2**20,
    )
    refusal = st.session_state.get("upload refused")
    if refusal:
        st.error(refusal)


def take_upload() -> None:
    """Puts the uploaded picture on the canvas, its ink white on black."""
    upload = st.session_state["upload"]
    st.session_state["upload refused"] = ""
    if upload is None:
        return
    try:
        canvas.put(samples.on_canvas(digit_from_drawing(open_picture(incoming.taken(upload))).ink))
    except LabError as error:
        st.session_state["upload refused"] = plain(str(error))


@shell.fragment
def draw_and_judge(view: shell.View) -> None:
    """In this order on a phone; the verdict beside the other two where there is room.

    The starts come last, for a verdict should not wait for what no stroke changes.
    """
    with st.container(key="studio"):
        board, answer, starts = (st.container(key=part) for part in ("board", "answer", "starts"))
    with board:
        drawn = show_board()
    with answer:
        verdict.show_verdict(view, drawn)
    with starts:
        show_starts(view)


navigation.guard()
show.title(
    "Is your drawing a digit it knows?",
    "Draw with mouse, pen or finger. After each stroke the model draws it again from its code; "
    "what it cannot draw is unusual.",
)
draw_and_judge(shell.view())
