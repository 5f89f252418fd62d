"""A film of digits that is played in the browser: Play, Pause, and a slider to move through it by hand."""

from pathlib import Path

import numpy as np
import streamlit as st

from ui.pictures import mosaic

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
button {
  min-width: 5rem; padding: 0.4rem 0.75rem; font: inherit; color: inherit; cursor: pointer;
  background: var(--st-background-color); border: 1px solid var(--st-border-color);
  border-radius: var(--st-button-radius);
}
button:hover, button:focus-visible { color: var(--st-primary-color); border-color: var(--st-primary-color); }
input {
  flex: 1; min-width: 0; height: 4px; border-radius: 2px; cursor: pointer;
  appearance: none; background: var(--st-border-color);
}
input::-webkit-slider-thumb {
  appearance: none; width: 14px; height: 14px; border-radius: 50%; background: var(--st-primary-color);
}
input::-moz-range-thumb {
  border: 0; width: 14px; height: 14px; border-radius: 50%; background: var(--st-primary-color);
}
"""
mount = st.components.v2.component(
    "film_player", html=HTML, css=CSS, js=Path(__file__).with_name("player.js").read_text()
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
