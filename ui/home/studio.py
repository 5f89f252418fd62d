"""A drawing, its latent code and its reconstruction, which follow the pen in the visitor's own browser."""

import base64
from pathlib import Path

import numpy as np
import streamlit as st

from ae_core.errors import ConfigError
from ae_core.models.portable import portable
from ae_core.runs.film import film_digits
from ui.shell import cached, routes, shell
from ui.shell.memory import kept
from ui.shell.theme import colour

FIRST = 2  # the digit that is there at first: in both data sets one that anybody reads
QUANTILES = 201
READ = {kind: Path(__file__).with_name(f"studio.{kind}").read_text() for kind in ("html", "css", "js")}

mount = st.components.v2.component("studio", **READ)


def show(view: shell.View) -> None:
    if reason := refusal(view.reference, view.version):
        st.info(reason, icon=":material/info:")
        return
    errors = view.evaluation().test["error"].to_numpy()
    mount(
        data={
            "module": routes.code_address(),
            "model": routes.model_address(view.reference, view.trained.model),
            "digits": base64.b64encode(film_digits(view.digits).tobytes()).decode(),
            "labels": list(range(10)),
            "first": FIRST,
            "span": span(view.reference, view.digits.name).tolist(),
            "errors": np.quantile(errors, np.linspace(0, 1, QUANTILES)).tolist(),
            "above": colour("anomaly"),
            "below": colour("training"),
        },
        key="home-studio",
    )


@kept(entries=64)
def refusal(reference: str, version: float) -> str:  # noqa: ARG001
    """Why the browser cannot have a model, in words; empty where it can."""
    try:
        portable(cached.model(reference).model)
    except ConfigError as error:
        return f"{error} The page Draw asks the server."
    return ""


@cached.of_model()
def span(reference: str, dataset: str) -> np.ndarray:
    """How far from zero each value of a code goes, float [latent_dim]: the 99th percentile."""
    return np.maximum(np.quantile(np.abs(cached.test_codes(reference, dataset)), 0.99, axis=0), 1e-6)
