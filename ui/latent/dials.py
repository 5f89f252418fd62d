"""Codes that a person makes up: the decoded plane of two values, sliders along the principal components."""

import numpy as np
import streamlit as st

from ae_core.latent.geometry import PrincipalAxes, plane
from ae_core.words import percent, three_digits
from ui.latent import figures
from ui.latent.codes import Codes, nearest_code_distance
from ui.pictures import mosaic
from ui.pictures.figures import QUIET
from ui.shell import shell
from ui.widgets import show

PLANE_SIDE = 18
DIALS_A_ROW = 4
DOTS = 2000  # more would hide the tiles


def show_plane(codes: Codes) -> None:
    low, high = np.percentile(codes.test, (0.5, 99.5), axis=0)
    with st.container(width=680):  # about square, as its tiles are
        st.plotly_chart(
            figures.decoded_plane(
                plane(codes.model, low, high, PLANE_SIDE), PLANE_SIDE, low, high, codes.test[:DOTS]
            ),
            key="plane",
            config=QUIET,
            alt="Digits decoded over the plane of codes, with real codes as points",
        )
    st.caption(plane_caption(len(codes.test), codes.view.trained.config.architecture))


def plane_caption(count: int, architecture: str) -> str:
    """What the plane shows. count: of the test digits."""
    dot = "a test digit" if count <= DOTS else f"one of the first {DOTS:,} test digits"
    if architecture == "variational":
        between = "the decoder was trained on codes sampled around each digit's own, so between the dots too."
    elif architecture == "pca":
        between = (
            "the tiles are sums of the mean image and two principal components too, which need not look like "
            "digits."
        )
    else:
        between = "the tiles are often no digits: nothing has taught the decoder what belongs there."
    return (
        f"Each tile is decoded from the latent code at its centre; each dot is the code of {dot}. Where "
        f"there are no dots, {between}"
    )


@shell.fragment
def show_sliders(codes: Codes) -> None:
    found = codes.axes
    count = len(found.axes)
    with st.container(horizontal=True):
        st.button(
            "Centre", icon=":material/filter_center_focus:", on_click=set_sliders, args=(np.zeros(count),)
        )
        st.button(
            "Near a real digit",
            icon=":material/shuffle:",
            help=near_help(count, codes.size),
            on_click=lambda: set_sliders(
                found.places(codes.test[np.random.default_rng().integers(len(codes.test))][None])[0]
            ),
        )
    picture, controls = st.columns([1, 3], gap="medium")
    with controls:
        places: list[float] = []
        for start in range(0, count, DIALS_A_ROW):  # row by row, so that a phone shows them in their order
            row = range(start, min(start + DIALS_A_ROW, count))
            columns = st.columns(min(DIALS_A_ROW, count))
            places += [slider(found, number, columns[number - start]) for number in row]
    code = found.codes(np.array([places]))[0]
    with picture:
        show.picture(mosaic.ink_tiles(codes.decode(code[None]))[0], "decoded", width="stretch")
        around = nearest_code_distance(*codes.key)
        distance = around.distance(code)
        if distance > around.usual:
            st.warning(
                f"Far from every real code: {three_digits(distance)} to the nearest, at most "
                f"{three_digits(around.usual)} is usual."
            )
        else:
            st.caption(
                f"Nearest real code at {three_digits(distance)}; up to {three_digits(around.usual)} is usual."
            )


def near_help(dials: int, size: int) -> str:
    """What is lost between a digit's code, of `size` numbers, and the dials."""
    told = "The latent code of a random test digit. What lies beyond a slider's range is put at its end."
    if dials < size:
        return f"{told} Its code has {size} values; what these {dials} components do not hold is the mean's."
    return told


def slider(found: PrincipalAxes, number: int, column) -> float:
    low, high = float(found.low[number]), float(found.high[number])
    if high - low < 1e-6:  # a component that no digit uses
        return 0.0
    key = f"direction {number}"
    st.session_state[key] = float(np.clip(st.session_state.get(key, 0.0), low, high))
    return column.slider(
        f"PC {number + 1}: {percent(found.share[number])}",
        low,
        high,
        step=(high - low) / 100,
        key=key,
        format="%.2f",
    )


def set_sliders(places: np.ndarray) -> None:
    for number, place in enumerate(places):
        st.session_state[f"direction {number}"] = float(place)
