"""Small pieces of screen that several pages draw alike."""

import numpy as np
import streamlit as st

from ui.pictures import mosaic
from ui.shell import navigation

OVER = (
    "over-digit"  # begins the keys of containers whose last picture lies over the one before: see style.css
)


def picture(tiles: np.ndarray, caption: str, *, width: int | str = 140, alt: str | None = None) -> None:
    """One tile [H, W, 3] enlarged without smoothing, with its caption beneath."""
    enlarged = mosaic.grid([tiles[None]], scale=max(1, 280 // tiles.shape[0]))
    st.image(mosaic.data_uri(enlarged), caption=caption, width=width, alt=alt or caption)


def triptych(image: np.ndarray, reconstruction: np.ndarray, full: float, name: str) -> None:
    """One image [1, H, W], called `name`, beside its reconstruction and its signed error.

    full: see `error_scale`.
    """
    tiles = mosaic.ink_tiles(image)[0], mosaic.ink_tiles(reconstruction)[0]
    with st.container(key="triptych"):
        columns = st.columns(3)
        for column, tile, caption in zip(columns, tiles, (name, "reconstruction"), strict=False):
            with column:
                picture(tile, caption, width="stretch")
        with columns[-1], st.container(key=f"{OVER}-triptych", gap=None):
            picture(mosaic.error_tiles(image, reconstruction, full)[0], "signed error", width="stretch")
            lay_over(tiles[0][None])


def strip(
    rows: list[np.ndarray], captions: list[str], alt: str, *, over: np.ndarray | None = None, key: str = ""
) -> None:
    """Rows of tiles [N, H, W, 3] as one picture, with a caption naming the rows, if any.

    A pixel each: the browser enlarges them, and a live view encodes a sixteenth as much. over: tiles of the
    digits that lie over the last row, their errors, as `error_scale` says; key: the strip's own then.
    """
    with st.container(key=f"{OVER}-{key}" if key else None, gap=None):
        st.image(mosaic.data_uri(mosaic.grid(rows, scale=1)), width="stretch", alt=alt)
        if over is not None:
            lay_over(over)
    if captions:
        st.caption(" · ".join(captions))


def lay_over(tiles: np.ndarray) -> None:
    """Tiles over the picture before, as far as the slider beside the legend has them seen: style.css."""
    st.image(mosaic.data_uri(mosaic.grid([tiles], scale=1)), width="stretch", alt="")


def title(answer: str) -> None:
    """A page's title is the question it answers; the answer follows in one line."""
    st.title(navigation.here().question, anchor=False)
    st.markdown(answer)
