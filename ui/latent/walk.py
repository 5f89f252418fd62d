"""Ways between codes: a walk that can be played, and a - b + c."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from ae_core.latent.geometry import walk
from ae_core.models.config import ModelConfig
from ae_core.models.description import is_linear
from ae_core.models.linear_baseline import BaselineConfig
from ui.latent.codes import FROM, MINUS, PLUS, TO, Codes, ask_digit
from ui.pictures import canvas, mosaic, player
from ui.shell import navigation, shell
from ui.widgets import show

STEPS = 9
FRAMES = 91  # thirty a second
DRAWN = "way drawing"


@dataclass(frozen=True, eq=False)
class Way:
    """From one picture uint8 [28, 28] to another, and from code [d] to code; name: what the first one is."""

    name: str
    pictures: tuple[np.ndarray, np.ndarray]
    codes: tuple[np.ndarray, np.ndarray]

    def in_pixels(self, steps: int) -> np.ndarray:
        first, second = (picture.astype(np.float32) / 255 for picture in self.pictures)
        return walk(first, second, steps)

    def in_code(self, codes: Codes, steps: int) -> np.ndarray:
        return codes.decode(walk(*self.codes, steps))


@shell.fragment
def show_walk(codes: Codes) -> None:
    """From a digit or a drawing to a digit, as a film and in steps; then a - b + c from the same start."""
    way = ask_way(codes)
    film, steps = st.columns([1, 2], gap="medium", vertical_alignment="center")
    with film:
        player.show(
            {"in the code": way.in_code(codes, FRAMES), "in the pixels": way.in_pixels(FRAMES)}, key="walk"
        )
    with steps:
        show_steps(codes, way)
    show_arithmetic(codes, way)


def ask_way(codes: Codes) -> Way:
    images = codes.view.digits.test.images
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = ask_digit(codes, FROM)
        second = ask_digit(codes, TO)
        drawn = ask_drawing()
    name, beginning = (f"digit {first}", images[first]) if drawn is None else ("your drawing", drawn)
    return Way(name, (beginning, images[second]), (codes.of(beginning), codes.of(images[second])))


def ask_drawing() -> np.ndarray | None:
    """The drawing of the Draw page, where there is one and the walk shall begin with it."""
    drawn = canvas.digit()
    if drawn is None:
        st.page_link(
            navigation.PAGES / "draw.py", label="Draw a digit to begin with it", icon=":material/draw:"
        )
        return None
    wanted = st.toggle("From your drawing instead", key=DRAWN, persist_state="session")
    return drawn if wanted else None


def show_steps(codes: Codes, way: Way) -> None:
    show.strip(
        [mosaic.ink_tiles(way.in_code(codes, STEPS)), mosaic.ink_tiles(way.in_pixels(STEPS))],
        [],
        "The interpolation in steps: in the latent code, and beneath in the pixels",
    )
    st.caption(
        f"Above, interpolation in the latent code: {in_code_caption(codes.view.trained.config)}. Beneath, "
        "in the pixels: one picture fades over the other."
    )


def in_code_caption(config: ModelConfig | BaselineConfig) -> str:
    """What an interpolation of codes shows: a decoder that is linear can only fade."""
    if is_linear(config):
        return "one reconstruction fades over the other too, for this decoder is linear"
    return "each step is decoded from a code between the two"


def show_arithmetic(codes: Codes, way: Way) -> None:
    images = codes.view.digits.test.images
    st.markdown(f"**Latent arithmetic, a − b + c**: {way.name}, changed as the third differs from the second")
    with st.container(horizontal=True):
        minus, plus = ask_digit(codes, MINUS), ask_digit(codes, PLUS)
    answer = codes.decode((way.codes[0] - codes.test[minus] + codes.test[plus])[None])[0]
    terms = {
        way.name: way.pictures[0],
        f"minus digit {minus}": images[minus],
        f"plus digit {plus}": images[plus],
        "gives": answer,
    }
    with st.container(horizontal=True):
        for caption, image in terms.items():
            show.picture(mosaic.ink_tiles(image[None])[0], caption, width=110)
