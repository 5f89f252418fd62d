"""What stands on the Train page before the first start: the network, and digits as it is yet untrained."""

import numpy as np
import streamlit as st

from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.inference import reconstruct
from ae_core.runs.film import film_digits
from ae_core.training.config import TrainConfig
from ui.pictures import mosaic
from ui.shell import cached, shell
from ui.shell.memory import kept
from ui.train import network
from ui.widgets import error_scale, show

NETWORK_WIDTH = 480  # pixels


def invite(view: shell.View, chosen: tuple[ModelConfig, TrainConfig] | None) -> None:
    """chosen: None where the settings are not allowed."""
    st.info(
        "Press **Start training**: loss curves appear here at once, and these ten digits change while the "
        "network learns.",
        icon=":material/play_arrow:",
    )
    if chosen is None:
        return
    model, recipe = chosen
    originals, made = film_digits(view.digits), untrained(model, recipe.seed, view.digits.name)
    scale, tiles = error_scale.of(view), mosaic.ink_tiles(originals)
    show.strip(
        [tiles, mosaic.ink_tiles(made), mosaic.error_tiles(originals, made, scale.full)],
        [f"Test {view.digits.noun}s", "what the untrained network makes of them", "signed error"],
        alt="Ten test digits above what the untrained network makes of them, and its signed error",
        over=tiles,
        key="beginning",
    )
    error_scale.show_legend(view, scale)
    with st.container(width=NETWORK_WIDTH):
        network.show(model)


@kept(entries=32)
def untrained(model: ModelConfig, seed: int, dataset: str) -> np.ndarray:
    """What a training begins from, float32 [10, 28, 28]."""
    return reconstruct(build_model(model, seed), film_digits(cached.digits(dataset)))
