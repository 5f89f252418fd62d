"""Ways between codes: a walk that can be played, and a - b + c."""

import numpy as np
import streamlit as st

from ae_core.latent import walk
from ui import mosaic, player, show, tradeoffs
from ui.latent_codes import Codes

STEPS = 9
FRAMES = 91  # thirty a second
ENDS = {"From test digit": 4, "to": 9}  # each begins at the first of this class
TERMS = {"minus": 7, "plus": 1}


@st.fragment
def show_walk(codes: Codes) -> None:
    """From a digit or a drawing to a digit, then the same difference between digits added to it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first, second = (ask(codes, label, digit) for label, digit in ENDS.items())
        drawn = ask_drawing()
    images = codes.view.digits.test.images
    beginning, name = (images[first], f"digit {first}") if drawn is None else (drawn, "your drawing")
    start, end = codes.of(beginning), codes.test[second]
    film, steps = st.columns([1, 2], gap="medium", vertical_alignment="center")
    with film:
        show_film(codes, (start, end), (beginning, images[second]))
    with steps:
        show_steps(codes, (start, end), (beginning, images[second]))
    with st.container(horizontal=True):
        minus, plus = (ask(codes, label, digit) for label, digit in TERMS.items())
    answer = codes.decode((start - codes.test[minus] + codes.test[plus])[None])[0]
    parts = [beginning, images[minus], images[plus], answer]
    with st.container(horizontal=True):
        for image, caption in zip(
            parts, [name, f"minus digit {minus}", f"plus digit {plus}", "gives"], strict=True
        ):
            show.picture(mosaic.ink_tiles(image[None])[0], caption, width=110)


def ask(codes: Codes, label: str, digit: int) -> int:
    """The number of a test digit."""
    labels = codes.view.digits.test.labels
    return st.number_input(
        label,
        0,
        len(labels) - 1,
        int(np.argmax(labels == digit)),
        key=f"way {label}",
        persist_state="session",
        width=150,
    )


def ask_drawing() -> np.ndarray | None:
    """The drawing of the Draw page, where there is one and the walk shall begin with it."""
    drawn = tradeoffs.drawing()
    if drawn is None:
        st.page_link("pages/draw.py", label="Draw a digit to begin with it", icon=":material/draw:")
        return None
    wanted = st.toggle("From your drawing instead", key="way drawing", persist_state="session")
    return drawn if wanted else None


def show_film(codes: Codes, ends: tuple, pictures: tuple) -> None:
    player.show(
        {
            "in the code": codes.decode(walk(*ends, FRAMES)),
            "in the pixels": pixel_walk(pictures, FRAMES),
        },
        key="walk",
    )


def show_steps(codes: Codes, ends: tuple, pictures: tuple) -> None:
    show.strip(
        [
            mosaic.ink_tiles(codes.decode(walk(*ends, STEPS))),
            mosaic.ink_tiles(pixel_walk(pictures, STEPS)),
        ],
        ["in the code", "beneath: in the pixels"],
        "A walk",
    )
    st.caption(
        "In the code each step is drawn as something like a digit; in the pixels one picture fades over the "
        "other."
    )


def pixel_walk(pictures: tuple[np.ndarray, np.ndarray], steps: int) -> np.ndarray:
    first, second = (picture.astype(np.float32) / 255 for picture in pictures)
    return walk(first, second, steps)
