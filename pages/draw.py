"""Draw: a drawing of one's own, as the network sees it, and the verdict on it."""

import secrets

import streamlit as st

from ae_core.drawing import samples
from ae_core.drawing.ink import digit_from_drawing
from ae_core.drawing.picture import MAX_BYTES, open_picture
from ae_core.errors import LabError
from ui.draw import verdict
from ui.pictures import canvas, linked_drawing
from ui.shell import link, shell
from ui.shell.theme import plain
from ui.widgets import show, upload
from ui.widgets.false_alarms import RATE

BRUSH = (4, 40)  # pixels of the canvas, least and most
FIELDS = (
    link.count("brush", "brush", *BRUSH, "Brush width", 20),
    link.switch("alone", verdict.ALONE, "Score the largest alone", False),
    RATE,
    linked_drawing.field(),
)


def show_board() -> canvas.Drawing:
    """The canvas with brush and eraser; what is on it."""
    st.caption("**Your canvas**")  # the room that the canvas's own tools, undo among them, appear in
    drawn = canvas.ask(st.session_state["brush"])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.slider("Brush width", *BRUSH, format="%d px", key="brush", persist_state="session")
        st.button("Clear", icon=":material/delete:", on_click=canvas.clear)
    return drawn


def show_samples(view: shell.View) -> None:
    """What a drawing can start from."""
    starts = {
        "A digit": lambda: samples.real_digit(view.digits.test.images, secrets.randbits(32)),
        "A letter": lambda: samples.letter(secrets.randbits(32)),
        "A scribble": lambda: samples.scribble(secrets.randbits(32)),
    }
    with st.container(horizontal=True, gap="small"):
        for label, make in starts.items():
            st.button(label, on_click=lambda make=make: canvas.put(make()))


def show_upload() -> None:
    upload.ask(
        "Or a picture: PNG or JPEG, dark on light or light on dark",
        key="upload",
        megabytes=MAX_BYTES // 2**20,
        take=take_upload,
        refuse=canvas.refuse,
    )


def take_upload(file: bytes | None) -> None:
    """Puts the uploaded picture on the canvas, its ink white on black."""
    try:
        if file is not None:
            read = digit_from_drawing(open_picture(file))
            canvas.put(samples.on_canvas(read), " ".join(read.remarks_on_paper))
    except LabError as error:
        canvas.refuse(plain(str(error)))
    else:
        canvas.refuse("")


@shell.fragment
def draw_and_judge(view: shell.View) -> None:
    """The canvas, what it can start from, and the verdict; style.css says where.

    What it can start from comes last, for a verdict should not wait for what no stroke changes.
    """
    with st.container(key="studio"):
        board, answer, starts, own = (
            st.container(key=part) for part in ("board", "answer", "samples", "own-picture")
        )
    with board:
        drawn = show_board()
    with answer:
        verdict.show_verdict(view, drawn)
    with starts:
        show_samples(view)
    with own:
        show_upload()
        canvas.remember()


link.adopt(FIELDS)
show.title(
    "Draw with mouse, pen or finger. As you draw, the model reconstructs it from its latent code; "
    "what it cannot reconstruct is unusual.",
)
draw_and_judge(shell.view())
