"""A film of digits that is played in the browser: Play, Pause, and a slider to move through it by hand."""

from pathlib import Path

import numpy as np
import streamlit as st

from ui.pictures import mosaic
from ui.shell import controls

HTML = """
<div class="player">
  <div class="screens"></div>
  <div class="controls">
    <button type="button">Play</button>
    <input type="range" min="0" max="0" value="0" aria-label="Place in the film">
  </div>
</div>
"""
CSS = """
.player { max-width: 420px; font: 0.875rem var(--st-font); color: var(--st-text-color); }
.screens { display: flex; gap: 1rem; }
figure { margin: 0; flex: 1; }
canvas { display: block; width: 100%; aspect-ratio: 1; image-rendering: pixelated; border-radius: 2px; }
figcaption { margin-top: 0.25rem; text-align: center; }
.controls { display: flex; gap: 1rem; align-items: center; margin-top: 0.75rem; }
button { min-width: 5rem; }
"""
mount = st.components.v2.component(
    "film_player", html=HTML, css=controls.CSS + CSS, js=Path(__file__).with_name("player.js").read_text()
)


def show(films: dict[str, np.ndarray], key: str) -> None:
    """Films of equal length side by side, each under its name: images [N, 28, 28], first to last."""
    rows = [mosaic.ink_tiles(images) for images in films.values()]
    mount(
        data={
            "film": mosaic.data_uri(mosaic.grid(rows, scale=1, gap=0)),
            "frames": len(rows[0]),
            "names": list(films),
        },
        key=key,
    )
