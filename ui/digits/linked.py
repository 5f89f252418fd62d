"""What the URL of the Digits page holds, and the range of scores, whose ends are the model's."""

import numpy as np
import pandas
import streamlit as st

from ae_core.config import whole
from ae_core.data.digits import Digits
from ui.digits.gallery import CHOSEN
from ui.shell import link
from ui.widgets import classes, numbers
from ui.widgets.false_alarms import RATE

ORDERS = ("Hardest first", "Easiest first")
RANGE = "range"
ENDS = "ends of the score range"  # in the session, of the scores that the range was chosen of
ASKED = "score range of the URL"  # until the scores are there
ALL = "all"
STEPS = 200


def fields(digits: Digits) -> list[link.Field]:
    """digits: the data set in view."""
    return [
        link.choice("order", "order", ORDERS, "Order", ORDERS[0]),
        link.several("labels", classes.key_of(digits, "labels"), digits.classes, "Digits", []),
        link.Field(
            "range",
            RANGE,
            "Score range",
            f"{ALL}, or the lowest and the highest score",
            read_range,
            written_range,
            put=lambda ends: st.session_state.update({ASKED: ends}),
        ),
        link.count("page", "page", 1, 100_000, "Page", 1),
        link.count("digit", CHOSEN, 0, len(digits.test) - 1, "Test digit", is_control=False),
        RATE,
    ]


def page_among(pages: int) -> int:
    """The page of the gallery that the visitor chose, or the nearest that there is."""
    asked = st.session_state.get("page")
    st.session_state["page"] = shown = numbers.clamped(asked, 1, pages)
    if asked != shown:
        link.object_to("page", f"Page must be {whole(1, pages).text}, and the URL says {asked}.")
    return shown


def read_range(text: str) -> tuple[float, ...] | None:
    """None for all."""
    if text == ALL:
        return None
    least, most = map(float, text.split(link.BETWEEN))
    if not -np.inf < least <= most < np.inf:
        raise ValueError(text)
    return least, most


def written_range(ends: tuple[float, float]) -> str:
    return ALL if ends == st.session_state.get(ENDS) else link.BETWEEN.join(f"{end:.6g}" for end in ends)


def in_range(values: pandas.Series) -> pandas.Series:
    """Which scores lie in the range that the visitor chose; all of them where they do not differ."""
    finite = values[np.isfinite(values)]
    low, high = float(finite.min()), float(finite.max())
    if low == high:
        return values.notna()
    begin_with(low, high)
    least, most = st.slider(
        "Score range",
        low,
        high,
        step=(high - low) / STEPS,
        format="%.3g",
        key=RANGE,
        persist_state="session",
        width=260,
    )
    half_step = (high - low) / STEPS / 2  # the slider's ends are rounded; the extreme digits must stay in
    return values.between(least - half_step, most + half_step)


def begin_with(low: float, high: float) -> None:
    """The range is what the URL asks for, what it was, or all where it was of other scores."""
    is_asked = ASKED in st.session_state
    asked = st.session_state.pop(ASKED, None)
    if not is_asked and st.session_state.get(ENDS) == (low, high) and RANGE in st.session_state:
        return
    least, most = asked or (low, high)
    if least > high or most < low:
        st.caption(f":red[No score lies from {least:.3g} to {most:.3g}: here are all.]")
        least, most = low, high
    st.session_state[ENDS] = low, high
    st.session_state[RANGE] = max(least, low), min(most, high)
