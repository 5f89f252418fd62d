"""A drawing, its latent code and its reconstruction, which follow the pen in the visitor's own browser."""

from pathlib import Path

import numpy as np
import streamlit as st

from ae_core.runs.film import film_places
from ui.home import linked
from ui.shell import cached, link, shell
from ui.shell.theme import colour
from ui.widgets import in_browser

MOUNTED = "home-studio"
READ = {kind: Path(__file__).with_name(f"studio.{kind}").read_text() for kind in ("html", "css", "js")}

mount = st.components.v2.component("studio", **READ)


@shell.fragment
def show(view: shell.View) -> None:
    if reason := in_browser.why_not(view):
        st.info(f"{reason} On the pages Draw and Latent the server does it instead.", icon=":material/info:")
        return
    told = st.session_state.get(MOUNTED, {}).get("shown")
    if link.is_news(MOUNTED, told):
        linked.keep(told, view.trained.config.latent_dim)
    places = film_places(view.digits)
    mount(
        data={
            **in_browser.model_for(view),
            **in_browser.errors_of(view),
            "digits": in_browser.image(view.digits.test.images[places]),
            "labels": [view.digits.class_name(label) for label in view.digits.test.labels[places]],
            "shown": linked.shown().in_browser(),
            "span": span(view.reference, view.digits.name).tolist(),
            "above": colour("anomaly"),
            "below": colour("training"),
        },
        key=MOUNTED,
        on_shown_change=lambda: None,  # its state is read when the page is drawn
        on_cannot_change=in_browser.give_up,
    )


@cached.of_model()
def span(reference: str, dataset: str) -> np.ndarray:
    """How far from zero each value of a code goes, float [latent_dim]: the 99th percentile."""
    return np.maximum(np.quantile(np.abs(cached.test_codes(reference, dataset)), 0.99, axis=0), 1e-6)
