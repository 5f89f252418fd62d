"""What the URL of the Latent page holds."""

from collections.abc import Callable, Iterable

import numpy as np
import streamlit as st

from ui.latent import figures, plane, sliders, tsne
from ui.latent import map as latent_map
from ui.latent.codes import ADOPTED, FROM, MINUS, NEAR, PLUS, TO, Codes, adopted, digit_key
from ui.latent.walk import DRAWN
from ui.shell import link

ROUNDED = 0.01  # of a range: what a place may lie beyond it
# By the name in the URL: the label, and the class of the digit that is there at first.
DIGITS = {"from": (FROM, 4), "to": (TO, 9), "minus": (MINUS, 7), "plus": (PLUS, 1), "near": (NEAR, None)}


def fields(codes: Codes) -> list[link.Field]:
    kinds, colours = (latent_map.COMPONENTS, latent_map.TSNE), figures.COLOURINGS
    beginning = latent_map.TSNE if codes.size > 2 and tsne.is_under_way(codes) else kinds[0]
    labels = codes.view.digits.test.labels
    digits = [
        link.count(
            name,
            digit_key(codes, label),
            0,
            len(labels) - 1,
            f"{label} (the number of a test digit)",
            0 if digit is None else int(np.argmax(labels == digit)),
        )
        for name, (label, digit) in DIGITS.items()
    ]
    return [
        link.choice("map", latent_map.MAP, kinds, "Map", beginning),
        link.choice("colour", latent_map.COLOUR, colours, "Colour", colours[0]),
        *([plane_field(codes)] if codes.size == 2 else []),
        sliders_field(codes),
        *digits,
        link.switch("drawn", DRAWN, "From your drawing instead", False),
    ]


def sliders_field(codes: Codes) -> link.Field:
    """Those at the end that stand in the middle are left out."""
    found = codes.axes

    def put(given: np.ndarray) -> None:
        sliders.set_sliders(np.pad(given, (0, len(found.axes) - len(given))))

    return places_field(
        "sliders", sliders.MOUNTED, "The sliders", (found.low, found.high), lambda: sliders.places(found), put
    )


def plane_field(codes: Codes) -> link.Field:
    def put(given: np.ndarray) -> None:
        st.session_state[plane.PLACE] = given

    return places_field(
        "place",
        plane.MOUNTED,
        "The place on the plane",
        plane.corners(codes),
        lambda: plane.place(codes),
        put,
    )


def places_field(
    name: str,
    key: str,
    called: str,
    ends: Iterable[np.ndarray],
    get: Callable[[], np.ndarray],
    put: Callable[[np.ndarray], None],
) -> link.Field:
    """ends: the lowest and the highest places, [k] each."""
    low, high = ends

    def read(text: str) -> np.ndarray:
        places = np.array([float(each) for each in text.split(link.BETWEEN, len(low))])
        least, most, margin = (each[: len(places)] for each in (low, high, ROUNDED * (high - low) + 1e-6))
        if len(places) > len(low) or not ((least - margin <= places) & (places <= most + margin)).all():
            raise ValueError(text)
        return places

    def take(places: np.ndarray) -> None:
        st.session_state[ADOPTED] = adopted() + 1
        put(places)

    allowed = f"at most {len(low)} numbers, each within its range in this model"
    return link.Field(name, key, called, allowed, read, written, get=get, put=take, is_control=False)


def written(places: np.ndarray) -> str:
    shown = [f"{place:.4g}" for place in places + 0.0]
    while len(shown) > 1 and float(shown[-1]) == 0:
        shown.pop()
    return link.BETWEEN.join(shown)
