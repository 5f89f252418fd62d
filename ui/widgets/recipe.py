"""A recipe that another page hands over to the Train page, which fills it into its controls."""

import streamlit as st

from ae_core.models.config import ModelConfig
from ae_core.training.config import TrainConfig
from ui.shell import shell

HANDED = "recipe that is handed over"


def hand_over(model: ModelConfig, recipe: TrainConfig, preset: str) -> None:
    """preset: the title of the one that it is made from. No run is in view then: the settings are."""
    st.session_state[HANDED] = model, recipe, preset
    st.session_state[shell.RUN] = None


def taken() -> tuple[ModelConfig, TrainConfig, str] | None:
    """Once."""
    return st.session_state.pop(HANDED, None)
