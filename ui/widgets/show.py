"""Small pieces of screen that several pages draw alike."""

import numpy as np
import streamlit as st

from ae_core.words import percent
from ui.pictures import mosaic
from ui.shell import navigation

# The colours of `mosaic.error_tiles` in words.
ERROR_LEGEND = (
    ":blue[**blue**] too dark · **white** right · :red[**vermillion**] too bright, "
    f"full colour: off by {percent(mosaic.FULL_ERROR)} or more"
)


def picture(tiles: np.ndarray, caption: str, *, width: int | str = 140, alt: str | None = None) -> None:
    """One tile [H, W, 3] enlarged without smoothing, with its caption beneath."""
    enlarged = mosaic.grid([tiles[None]], scale=max(1, 280 // tiles.shape[0]))
    st.image(mosaic.data_uri(enlarged), caption=caption, width=width, alt=alt or caption)


def triptych(image: np.ndarray, reconstruction: np.ndarray, name: str) -> None:
    """One image [1, H, W], called `name`, beside its reconstruction and its signed error."""
    tiles = {
        name: mosaic.ink_tiles(image),
        "reconstruction": mosaic.ink_tiles(reconstruction),
        "signed error": mosaic.error_tiles(image, reconstruction),
    }
    with st.container(key="triptych"):
        for column, (caption, tile) in zip(st.columns(3), tiles.items(), strict=True):
            with column:
                picture(tile[0], caption, width="stretch")


def strip(rows: list[np.ndarray], captions: list[str], alt: str) -> None:
    """Rows of tiles [N, H, W, 3] as one picture, with a caption naming the rows, if any.

    A pixel each: the browser enlarges them, and a live view encodes a sixteenth as much.
    """
    st.image(mosaic.data_uri(mosaic.grid(rows, scale=1)), width="stretch", alt=alt)
    if captions:
        st.caption(" · ".join(captions))


def title(answer: str) -> None:
    """A page's title is the question it answers; the answer follows in one line."""
    st.title(navigation.here().question, anchor=False)
    st.markdown(answer)
