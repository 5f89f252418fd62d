"""Many digits in one picture, each above its reconstruction and its signed error; one of them is chosen."""

from pathlib import Path

import numpy as np
import streamlit as st

from ui.pictures import mosaic
from ui.shell import link

COLUMNS = 10
CHOSEN = "digit"  # in the session: the chosen one's index among the test digits
MOUNTED = "gallery"
READ = {kind: Path(__file__).with_name(f"gallery.{kind}").read_text() for kind in ("html", "css", "js")}

mount = st.components.v2.component("gallery", **READ)


def choose(
    indices: np.ndarray,
    images: np.ndarray,
    reconstructions: np.ndarray,
    full_error: float,
    captions: list[str],
    alt: str,
    called: str,
) -> int:
    """Shows images uint8 [N, H, W] of these indices; returns the chosen one's, at first that of the first.

    full_error: see `error_scale`.
    """
    keep(st.session_state.get(MOUNTED, {}).get("digit"))
    picture = mosaic.triptychs(images, reconstructions, full_error, COLUMNS)
    height, width = images.shape[1:]
    block = (width, 3 * (height + mosaic.GAP) - mosaic.GAP)
    digits = indices.tolist()
    chosen = st.session_state.get(CHOSEN)
    if chosen not in digits:  # none was, or other choices took it off the page
        st.session_state[CHOSEN] = None
        link.object_to(CHOSEN, f"Digit {chosen} is not on this page of the gallery: here is its first one.")
        chosen = digits[0]
    data = {
        "picture": mosaic.data_uri(picture),
        "over": mosaic.data_uri(mosaic.over_errors(images, COLUMNS)),
        "alt": alt,
        "called": called,
        "digits": digits,
        "captions": captions,
        "chosen": chosen,
        "columns": COLUMNS,
        "block": block,
        "step": (block[0] + mosaic.GAP, block[1] + mosaic.LINE_GAP),
        "size": picture.shape[1::-1],
    }
    # What the browser tells is read when the page is drawn; style.css keeps room for two lines.
    with st.container(key="two-lines" if len(digits) > COLUMNS else "one-line"):
        mount(data=data, key=MOUNTED, on_digit_change=lambda: None)
    return chosen


def keep(told: object) -> None:
    """What a browser says of its digit: any browser can say anything."""
    if link.is_news(MOUNTED, told) and isinstance(told, int):
        st.session_state[CHOSEN] = told
