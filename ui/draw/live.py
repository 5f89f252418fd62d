"""What the network sees of a drawing, and what it makes of it, follow the pen in the browser itself."""

from pathlib import Path

import numpy as np
import streamlit as st

from ae_core.models.inference import reconstruct
from ui.shell import shell
from ui.widgets import error_scale, in_browser, show

READ = {kind: Path(__file__).with_name(f"live.{kind}").read_text() for kind in ("html", "css", "js")}
CAPTION = "as the network sees it"

mount = st.components.v2.component("live_drawing", **READ)


def show_drawing(view: shell.View, image: np.ndarray | None) -> None:
    """image: uint8 [28, 28], what the server read from the drawing and judges; None where there is none.

    Until the next stroke the browser shows that; while the pen moves, what it reads itself.
    """
    scale = error_scale.of(view)
    if reason := in_browser.why_not(view):
        if image is not None:
            show.triptych(image[None], reconstruct(view.trained.model, image[None]), scale.full, CAPTION)
        st.caption(f"{reason} {in_browser.INSTEAD}")
    else:
        mount(
            data={
                **in_browser.model_for(view),
                **in_browser.errors_of(view),
                "full_error": scale.full,
                "judged": None if image is None else in_browser.image(image),
            },
            key="live-drawing",
            on_cannot_change=in_browser.give_up,
        )
    error_scale.show_legend(view, scale)
