"""The gallery of corruptions: the same digits corrupted in every way, as strongly as the visitor likes."""

import numpy as np
import streamlit as st

from ae_core.data.corruptions import CORRUPTIONS, GROUPS, corrupt
from ae_core.data.digits import Digits
from ae_core.glossary import explained
from ui.pictures import mosaic
from ui.shell import cached
from ui.shell.memory import kept

DIGITS = (3, 1, 8, 5)  # classes of the digits that are corrupted
LEAST = 0.05  # severity
CARD = 170  # pixels wide: two beside each other on a phone


def choose_severity() -> float:
    st.session_state.setdefault("severity", 1.0)
    return st.slider(
        "Severity",
        LEAST,
        1.0,
        step=0.05,
        key="severity",
        persist_state="session",
        help=explained("Severity"),
    )


def show_gallery(digits: Digits, severity: float) -> None:
    """Every kind, in the order of its group; a seed leans a digit to the same side at every severity."""
    ordered = sorted(CORRUPTIONS.values(), key=lambda each: GROUPS.index(each.group))
    with st.container(horizontal=True, gap="small"):
        card("unchanged", "The digits as they are.", shown_digits(digits.name))
        for each in ordered:
            card(
                name_of(each.name), each.description, corrupt(shown_digits(digits.name), each.name, severity)
            )


def card(title: str, description: str, images: np.ndarray) -> None:
    with st.container(width=CARD, gap=None):
        st.caption(f"**{title}**", help=description)
        st.image(
            mosaic.data_uri(mosaic.grid([mosaic.ink_tiles(images)], scale=2)),
            width="stretch",
            alt=f"{title}: {description}",
        )


def name_of(name: str) -> str:
    """A corruption's name as people read it."""
    return name.replace("_", " ")


@kept(entries=4)
def shown_digits(dataset: str) -> np.ndarray:
    test = cached.digits(dataset).test
    return test.images[[int(np.argmax(test.labels == digit)) for digit in DIGITS]]
