"""A model at work in the visitor's browser: what it is told for that, and what is said where it cannot.

A component whose browser cannot run the network sets its trigger "cannot", with `give_up` to be called then;
from there on `why_not` has the page do it on the server, as long as the session lasts.
"""

import base64
from typing import Any

import numpy as np
import streamlit as st

from ae_core.errors import ConfigError
from ae_core.models.portable import portable
from ui.pictures import mosaic
from ui.shell import cached, routes, shell
from ui.shell.memory import kept

QUANTILES = 201
CANNOT = "browser cannot"
INSTEAD = "The server does it instead, after each change."


def why_not(view: shell.View) -> str:
    """Why the visitor's browser cannot have the model in view, in words; empty where it can."""
    if st.session_state.get(CANNOT):
        return "This browser cannot run the network itself."
    return refusal(view.reference, view.version)


def give_up() -> None:
    """For the callbacks of components.

    A model that was deleted or trained on meanwhile has no address any more, which is no browser's fault.
    """
    if shell.view().is_present:
        st.session_state[CANNOT] = True


@kept(entries=64)
def refusal(reference: str, version: float) -> str:  # noqa: ARG001
    try:
        portable(cached.model(reference).model)
    except ConfigError as error:
        return str(error)
    return ""


def model_for(view: shell.View) -> dict[str, Any]:
    """What every component needs that runs the model in view."""
    return {
        "module": routes.code_address(),
        "model": routes.model_address(view.reference, view.trained.model),
        "colours": mosaic.COLOURS,
    }


def errors_of(view: shell.View) -> dict[str, Any]:
    """What an error is compared with: quantiles of the test digits' own, and what those are called."""
    errors = view.normal(view.evaluation().test)["error"].to_numpy()
    return {
        "errors": np.quantile(errors, np.linspace(0, 1, QUANTILES)).tolist(),
        "among": view.normal_digits,
    }


def floats(values: np.ndarray) -> str:
    """Numbers as `floats` of network.js reads them, in 32 bits; their shape is not told."""
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode()


def image(pixels: np.ndarray) -> str:
    """uint8 images as `bytes` of network.js reads them."""
    return base64.b64encode(np.ascontiguousarray(pixels, dtype=np.uint8).tobytes()).decode()
