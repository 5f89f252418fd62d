"""The drawing canvas: one place for all that must be known about the component.

It sends on pointer-up only, and a page switch drops it. So the last picture and its strokes wait in the
session, and the strokes go back in when the canvas is made anew. What it was made with it is told as long as
it lives: anything else would overwrite what is being drawn. After a page switch the component reports no
picture until the next stroke, which is why the picture is kept too.
"""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from streamlit_drawable_canvas import CanvasResult, st_canvas

from ae_core.errors import PictureError
from ae_core.picture import open_picture
from ui import mosaic

SIDE = 280
DRAWING = "drawing"


@dataclass
class Drawing:
    """What is on the canvas. version: another number makes another canvas."""

    version: int = 0
    strokes: dict | None = None
    first: dict | None = None  # the strokes that the canvas in view was made with
    picture: np.ndarray | None = None  # RGBA [280, 280, 4]


def drawing() -> Drawing:
    return st.session_state.setdefault(DRAWING, Drawing())


def clear() -> None:
    put(None)


def put(picture: np.ndarray | None) -> None:
    """Replaces what is on the canvas by a picture uint8 RGBA [280, 280, 4], or by nothing."""
    present = drawing()
    strokes = None if picture is None else {"objects": [image_object(picture)]}
    st.session_state[DRAWING] = Drawing(present.version + 1, strokes=strokes, picture=picture)


def image_object(picture: np.ndarray) -> dict:
    """A picture as an object of the canvas, so that strokes can be added and undone on top of it."""
    return {
        "type": "Image",
        "version": "6.0.0",
        "left": 0,
        "top": 0,
        "originX": "left",
        "originY": "top",
        "width": picture.shape[1],
        "height": picture.shape[0],
        "scaleX": 1,
        "scaleY": 1,
        "src": mosaic.data_uri(picture),
    }


def ask(brush: int) -> np.ndarray | None:
    """Shows the canvas; the picture on it, RGBA [280, 280, 4], or None while nothing was drawn."""
    present = drawing()
    key = f"canvas {present.version}"
    if key not in st.session_state:  # it is being made: at first, and after a change of page
        present.first = present.strokes
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
        picture = sent(result)
    except PictureError as error:
        st.error(f"The canvas sent no picture: clear it and draw again. {error}")
        return None
    if picture is not None:
        present.picture = picture
        present.strokes = result.json_data
    return present.picture


def sent(result: CanvasResult) -> np.ndarray | None:
    """The picture that came from the browser, checked as an upload is; None if none came."""
    try:
        data = result.image_bytes
    except (AttributeError, ValueError) as error:
        raise PictureError(f"It is no PNG ({error}).") from error
    return None if data is None else open_picture(data)
