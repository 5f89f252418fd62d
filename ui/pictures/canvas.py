"""The drawing canvas: one place for all that must be known about the component.

It sends on pointer-up only, and a page switch drops it. So the last picture and its strokes wait in the
session, and the strokes go back in when the canvas is made anew. What it was made with it is told as long as
it lives: anything else would overwrite what is being drawn. After a page switch the component reports no
picture until the next stroke, which is why the picture is kept too.

A reload ends the session. So the browser's tab keeps the drawing as well, and a new session asks for it.
"""

import base64
from pathlib import Path

import numpy as np
import streamlit as st
from streamlit_drawable_canvas import CanvasResult, st_canvas

from ae_core.drawing.ink import digit_from_drawing
from ae_core.errors import LabError, PictureError
from ui.pictures.canvas_objects import text_of
from ui.pictures.drawing import PNG, SIDE, Drawing, decoded, of_picture, unpacked

DRAWING = "drawing"
KEPT = "kept drawing"
mount_keeper = st.components.v2.component(
    "kept_drawing", js=Path(__file__).with_name("kept_drawing.js").read_text()
)


def drawing() -> Drawing:
    return st.session_state.setdefault(DRAWING, Drawing())


def clear() -> None:
    put(None)


def put(picture: np.ndarray | None, remark: str = "") -> None:
    """Replaces what is on the canvas by a picture uint8 RGBA [280, 280, 4], or by nothing.

    remark: what there is to say of how the picture was read.
    """
    version = drawing().version + 1
    st.session_state[DRAWING] = Drawing(version) if picture is None else of_picture(picture, version, remark)


def refuse(why: str) -> None:
    """Says instead of a verdict why an upload did not come onto the canvas; "" takes that back."""
    drawing().refusal = why


def ask(brush: int) -> Drawing:
    """Shows the canvas; what is on it."""
    present = drawing()
    if present.opened:  # the tab may have it more exactly: a canvas made now would be made again at once
        st.html(f'<div style="height: {SIDE}px"></div>')
        return present
    key = f"canvas {present.version}"
    if key not in st.session_state:  # it is being made: at first, and after a change of page
        present.first, present.refusal = present.strokes, ""
    result = st_canvas(
        stroke_width=brush,
        stroke_color="#FFFFFF",
        background_color="#000000",
        initial_drawing=present.first,  # the same as long as it lives: another would replace what is on it
        height=SIDE,
        width=SIDE,
        return_image_data=True,
        key=key,
    )
    try:
        address = sent(result)
        if address and address != present.address:  # a stroke, or one undone
            present.picture, present.address = decoded(address), address
            present.strokes, present.refusal = result.json_data, ""
    except PictureError as error:
        st.error(f"The canvas sent no picture: clear it and draw again. {error}")
        return Drawing()
    return present


def sent(result: CanvasResult) -> str:
    """The picture that came from the browser, as a data: address; "" if none came."""
    try:
        data = result.image_bytes
    except (AttributeError, ValueError) as error:
        raise PictureError(f"It is no PNG ({error}).") from error
    return "" if data is None else PNG + base64.b64encode(data).decode()


def remember() -> None:
    """Has the tab keep the drawing, or bring back what it kept; to be called after `ask`. Shows nothing."""
    present = drawing()
    asks, is_linked = present.is_untouched or present.opened, bool(present.opened)
    data = {"ask": True, "linked": is_linked} if asks else {"drawing": present.packed()}
    mount_keeper(data=data, key=KEPT, on_kept_change=bring_back, height=1)


def bring_back() -> None:
    """A drawing that came from a link is replaced by the tab's if that is the same: a link is coarser."""
    kept, present = unpacked(st.session_state[KEPT]["kept"]), drawing()
    if kept and (present.is_untouched or kept.linked(text_of) == present.opened):
        kept.version = present.version + 1
        st.session_state[DRAWING] = kept
    present.opened = ""


def digit() -> np.ndarray | None:
    """What is on the canvas of the Draw page, as the network sees it."""
    picture = drawing().picture
    try:
        return None if picture is None else digit_from_drawing(picture, on_black=True).image
    except LabError:
        return None
