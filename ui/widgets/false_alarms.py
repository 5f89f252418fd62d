"""The false-alarm rate: a slider, and one choice for all pages that use its usual key."""

import numpy as np
import streamlit as st

from ae_core.glossary import explained
from ae_core.scores.calibration import Calibrator
from ui.shell import link

KEY = "rate"
LEAST, MOST, USUAL = 0.1, 20.0, 5.0  # percent
RATE = link.number("rate", KEY, LEAST, MOST, "False-alarm rate", USUAL)  # of the URL


def choose_rate(calibrator: Calibrator, key: str = KEY, most: float = MOST) -> float:
    """The share of normal digits that may be flagged, 0 to 1. most: in percent."""
    least = finest_rate(calibrator)
    if least >= most:
        told = f"With only {len(calibrator.scores)} validation images, no finer rate can be told."
        st.caption(f"False-alarm rate: **{least:g} %**. {told}")
        return least / 100
    asked = st.session_state.setdefault(key, USUAL)
    if asked < least:  # chosen where there were more digits to calibrate with
        st.session_state[key] = least
        told = f"False-alarm rate must be at least {least:g} with so few digits, and the URL says {asked:g}."
        link.object_to(key, told)
    return (
        st.slider(
            "False-alarm rate",
            least,
            most,
            step=LEAST,
            format="%.1f %%",
            key=key,
            persist_state="session",
            help=explained("False-alarm rate", "Lower: fewer false alarms, more misses."),
        )
        / 100
    )


def chosen(calibrator: Calibrator) -> float:
    """The rate of all pages, 0 to 1, as fine as the calibration digits can tell."""
    return max(st.session_state.get(KEY, USUAL), finest_rate(calibrator)) / 100


def finest_rate(calibrator: Calibrator) -> float:
    """The smallest rate in percent, in steps of 0.1, that the calibration digits can tell from none."""
    return float(np.ceil(1000 / (len(calibrator.scores) + 1)) / 10)
