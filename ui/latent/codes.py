"""What all parts of the Latent page share: the codes of the model in view, and what is known of them."""

import numpy as np
import streamlit as st

from ae_core.latent import known
from ae_core.latent.geometry import NearestCodeDistance, PrincipalAxes, map_of
from ae_core.models.inference import decode, encode
from ui.shell import cached, shell
from ui.shell.memory import kept
from ui.widgets import numbers

REPRESENTATIVES = 500
ADOPTED = "places adopted from the URL"
FROM, TO, MINUS, PLUS, NEAR = "From test digit", "to", "minus", "plus", "Nearest neighbours of test digit"


@cached.of_model()
def principal_axes(reference: str, dataset: str) -> PrincipalAxes:
    return PrincipalAxes.of(cached.training_codes(reference, dataset))


@cached.of_model("Measuring how near real codes are to each other")
def representatives(reference: str, dataset: str) -> NearestCodeDistance:
    """Training codes chosen by chance, few enough for a browser, and how near they are to each other."""
    codes = cached.training_codes(reference, dataset)
    return NearestCodeDistance.of(codes[np.random.default_rng(0).permutation(len(codes))[:REPRESENTATIVES]])


@cached.of_model("Finding the nearest neighbours of every test digit", entries=48)
def accuracies(reference: str, dataset: str) -> tuple[float, float]:
    """Shares of test digits whose class the nearest codes name, and a linear probe."""
    neighbours, probe = known.accuracies(cached.model(reference).model, cached.digits(dataset))
    return float(neighbours), float(probe)


@kept(entries=4, spinner="Finding the nearest neighbours of every test digit")
def pixel_accuracies(dataset: str) -> tuple[float, float]:
    """The same of the pixels themselves, which no model has touched."""
    neighbours, probe = known.pixel_accuracies(cached.digits(dataset))
    return float(neighbours), float(probe)


class Codes:
    """The codes of the test digits of a view, with the model that made them.

    size: how many values a code has; test: [N, size]; map: [N, 2], where each stands at first.
    """

    def __init__(self, view: shell.View) -> None:
        self.view = view
        self.key = view.reference, view.digits.name
        self.model = view.trained.model
        self.size = view.trained.config.latent_dim
        self.test = cached.test_codes(*self.key)
        self.axes = principal_axes(*self.key)
        self.map = map_of(self.test, self.axes)

    def of(self, image: np.ndarray) -> np.ndarray:
        """The code [size] of an image uint8 [28, 28]."""
        return encode(self.model, image[None])[0]

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """Images [N, 28, 28] of codes [N, size]."""
        return decode(self.model, codes)


def digit_key(codes: Codes, label: str) -> str:
    """Where the session has the number of a digit: in another data set it is another digit's."""
    return f"test digit of {codes.view.digits.name}: {label}"


def ask_digit(codes: Codes, label: str) -> int:
    """Asks for the number of a test digit."""
    most = len(codes.view.digits.test) - 1
    return numbers.nearest(
        codes.view.digits.say(label), digit_key(codes, label), 0, most, persist_state="session", width=160
    )


def adopted() -> int:
    """How often a URL has said a place among the codes: another number, and the browser takes that place."""
    return st.session_state.get(ADOPTED, 0)
