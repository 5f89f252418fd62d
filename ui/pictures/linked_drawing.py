"""The drawing as a field of the URL."""

import streamlit as st

from ae_core.drawing.sketch import MOST_SIGNS, Sketch, unpacked
from ae_core.errors import PictureError
from ui.pictures import canvas
from ui.pictures.canvas_objects import path_object, text_of
from ui.pictures.drawing import image_object, of_picture
from ui.shell import link

ALLOWED = f"as a link of this page says it, in at most {MOST_SIGNS:,} signs"


def field() -> link.Field:
    return link.Field(
        "drawing",
        canvas.DRAWING,
        "The drawing",
        ALLOWED,
        read,
        lambda held: held.linked(text_of),
        put=put,
        is_control=False,
    )


def read(text: str) -> tuple[str, Sketch]:
    try:
        return text, unpacked(text)
    except PictureError as error:
        raise ValueError(str(error)) from error


def put(found: tuple[str, Sketch]) -> None:
    text, sketch = found
    present = of_picture(sketch.rendered(), canvas.drawing().version + 1, "")
    ground = [] if sketch.ground is None else [image_object(of_picture(sketch.ground, 0, "").address)]
    present.strokes = {"objects": ground + [path_object(*each) for each in sketch.strokes]}
    present.link = present.address, text
    present.opened = text
    st.session_state[canvas.DRAWING] = present
