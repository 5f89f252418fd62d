"""A line of images with a caption."""

import re

import numpy as np
import streamlit as st

from ui.pictures import mosaic

MOST = 12  # images a strip
TILE = 48  # pixels wide


def show_strip(images: np.ndarray, caption: str) -> None:
    """The first ones. images: uint8 [N, 28, 28]."""
    images = images[:MOST]
    st.caption(caption)
    st.image(
        mosaic.data_uri(mosaic.grid([mosaic.ink_tiles(images)], scale=2)),
        width=len(images) * TILE,
        alt=read_out(caption),
    )


def read_out(caption: str) -> str:
    """A caption without its Markdown, to be read out: ":red[anomaly]" is "anomaly", "\\*" is "*"."""
    return re.sub(r"\\(.)|:\w+\[(.*?)\]|\*\*", r"\1\2", caption)
