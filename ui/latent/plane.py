"""The plane of all codes of two values: what each is decoded to, and under the pointer in the browser."""

from pathlib import Path

import numpy as np
import streamlit as st

from ae_core.latent.geometry import plane
from ui.latent import figures
from ui.latent.codes import Codes, adopted, representatives
from ui.pictures.figures import QUIET
from ui.shell import controls, link, shell
from ui.shell.theme import colour
from ui.widgets import in_browser

SIDE = 18  # tiles
DOTS = 1500  # more would hide the tiles
PLACE = "place on the plane"
MOUNTED = "decoded-plane"
READ = {kind: Path(__file__).with_name(f"plane.{kind}").read_text() for kind in ("html", "js")}
CSS = controls.CSS + Path(__file__).with_name("decoder.css").read_text()

mount = st.components.v2.component("decoded_plane", css=CSS, **READ)


@shell.fragment
def show_plane(codes: Codes) -> None:
    low, high = corners(codes)
    if reason := in_browser.why_not(codes.view):
        st.caption(f"{reason} It decodes no place of its own here.")
        show_by_server(codes, low, high)
    else:
        show_in_browser(codes, low, high)
    told = caption(len(codes.test), codes.view.trained.config.architecture)
    st.caption(codes.view.digits.say(told))


def corners(codes: Codes) -> np.ndarray:
    """The lowest and the highest place, [2, 2]."""
    return np.percentile(codes.test, (0.5, 99.5), axis=0)


def place(codes: Codes) -> np.ndarray:
    return np.clip(st.session_state.get(PLACE, codes.axes.mean), *corners(codes))


def show_in_browser(codes: Codes, low: np.ndarray, high: np.ndarray) -> None:
    keep(st.session_state.get(MOUNTED, {}).get("place"))
    around = representatives(*codes.key)
    mount(
        data={
            **in_browser.model_for(codes.view),
            "side": SIDE,
            "low": low.tolist(),
            "high": high.tolist(),
            "place": place(codes).tolist(),
            "adopted": adopted(),
            "dots": in_browser.floats(codes.test[:DOTS]),
            "dot": colour("validation"),
            "known": in_browser.floats(around.codes),
            "usual": around.usual,
        },
        key=MOUNTED,
        on_place_change=lambda: None,  # its state is read when the page is drawn
        on_cannot_change=in_browser.give_up,
    )


def keep(told: object) -> None:
    """What a browser says of its place: any browser can say anything."""
    if (
        link.is_news(MOUNTED, told)
        and isinstance(told, list)
        and len(told) == 2
        and all(isinstance(each, int | float) for each in told)
    ):
        st.session_state[PLACE] = np.nan_to_num(np.array(told, float))


def show_by_server(codes: Codes, low: np.ndarray, high: np.ndarray) -> None:
    with st.container(width=680):  # about square, as its tiles are
        st.plotly_chart(
            figures.decoded_plane(plane(codes.model, low, high, SIDE), SIDE, low, high, codes.test[:DOTS]),
            key="plane",
            config=QUIET,
            alt="Digits decoded over the plane of codes, with real codes as points",
        )


def caption(count: int, architecture: str) -> str:
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
