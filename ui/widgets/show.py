"""Small pieces of screen that several pages draw alike."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.pictures import mosaic

# The colours of `mosaic.error_tiles` in words.
ERROR_LEGEND = ":blue[**blue**] too dark · **white** right · :red[**vermillion**] too bright"


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


def title(question: str, answer: str) -> None:
    """A page's title is the question it answers; the answer follows in one line."""
    st.title(question, anchor=False)
    st.markdown(answer)


def shaped(key: str, figure: go.Figure) -> DeltaGenerator:
    """A place for a figure around a picture, of the picture's shape at any width and at most of its size.

    Plotly gives a figure one height, which would leave a phone with empty space beneath the smaller picture.
    """
    width, height = figure.layout.xaxis.range[1], figure.layout.yaxis.range[0]
    frame = f"aspect-ratio: {width} / {height}; max-width: {width}px; height: auto !important; flex: none"
    inside = "position: absolute; inset: 0; height: auto !important; overflow: hidden"
    st.html(
        f"<style>:has(> .st-key-{key}) {{ position: relative; {frame} }} .st-key-{key} {{ {inside} }}</style>"
    )
    return st.container(key=key, height=height, border=False)
