"""The formulas of a score, its p-value, losses and layers, with one image's own numbers in them."""

import numpy as np
import streamlit as st

from ae_core.scores.detector import Detector
from ae_core.scores.formulas.kinds import formulas

KEY = "formulas"


def offer(detector: Detector, image: np.ndarray, whose: str) -> None:
    """Folded; computed only while it is open. image: uint8 [28, 28]; whose: "this digit", "your drawing"."""
    part = st.expander(
        f"The formulas, with the numbers of {whose}", icon=":material/function:", key=KEY, on_change="rerun"
    )
    if part.open:
        with part:
            for title, formula in formulas(detector, image).items():
                st.markdown(f"**{title}**")
                st.latex(formula.latex)
