"""A selected region of the map: which of its digits are shown, and what is said of them."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from ae_core.words import with_article
from ui.latent.codes import Codes
from ui.pictures import mosaic
from ui.shell.theme import plain

SELECTED, SELECTED_A_ROW = 40, 20
TILE = 57  # pixels


def show(codes: Codes, selected: list[int]) -> None:
    """selected: numbers of test digits."""
    if not selected:
        st.caption(
            "Point at a digit to see it; draw around a region, or click a point, to keep its digits in view."
        )
        return
    digits = codes.view.digits
    labels = digits.test.labels
    some = spread_out(np.array(selected), labels)
    more = f"; {len(some)} of them, evenly chosen" if len(some) < len(selected) else ""
    counts = class_counts(labels[selected], digits.class_name)
    st.caption(f"**{len(selected):,}** selected: {plain(counts)}{more}. Each above its reconstruction.")
    for start in range(0, len(some), SELECTED_A_ROW):
        shown = some[start : start + SELECTED_A_ROW]
        images = codes.view.digits.test.images[shown]
        rows = [mosaic.ink_tiles(images), mosaic.ink_tiles(codes.decode(codes.test[shown]))]
        st.image(
            mosaic.data_uri(mosaic.grid(rows, scale=2)),
            width=TILE * len(shown),
            alt=alternative(shown, labels, digits.one_of),
        )


def spread_out(selected: np.ndarray, labels: np.ndarray) -> list[int]:
    """SELECTED at most of the selected digits, class by class, of each as many as its share."""
    by_class = selected[np.argsort(labels[selected], kind="stable")]
    places = np.linspace(0, len(by_class) - 1, min(len(by_class), SELECTED)).round().astype(int)
    return by_class[places].tolist()


def class_counts(labels: np.ndarray, name: Callable[[int], str] = str) -> str:
    """How many of each class: "12 of 4, 3 of 9", the most first."""
    classes, counts = np.unique(labels, return_counts=True)
    return ", ".join(
        f"{counts[each]:,} of {name(classes[each])}" for each in np.argsort(-counts, kind="stable")
    )


def alternative(shown: list[int], labels: np.ndarray, one_of: Callable[[int], str] = with_article) -> str:
    """A row of pictures in words. shown: numbers of test digits; labels: of all of them."""
    digits = ", ".join(f"{number} ({one_of(labels[number])})" for number in shown)
    return f"Selected test digits, each above its reconstruction: {digits}"
