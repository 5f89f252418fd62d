"""What all sessions share, computed once: models, scores, codes. Everything in here is read-only.

A run that is continued gets another model under the same id, so keys hold the time of its last state too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas
import streamlit as st

from ae_core.catalogue import TrainedModel, is_run, open_model
from ae_core.data import Digits, data_status, load_digits
from ae_core.errors import LabError
from ae_core.models.inference import encode
from ae_core.runs import RunStore
from ae_core.scoring import Calibrator, evaluate


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A model's scores of the test digits, and the calibrator made of its scores of the validation digits."""

    test: pandas.DataFrame
    calibrator: Calibrator


@st.cache_resource(show_spinner=False)
def store() -> RunStore:
    return RunStore()


@st.cache_resource(show_spinner=False, ttl=60)
def data_state() -> dict:
    """Which data is there; looked up again after a minute, or when a download has ended."""
    return data_status()


def model(reference: str) -> TrainedModel:
    """The model called `reference`. Raises LabError where there is none or it is damaged."""
    return read_model(reference, version(reference))


@st.cache_resource(show_spinner=False, max_entries=24)
def read_model(reference: str, version: float) -> TrainedModel:  # noqa: ARG001
    return open_model(reference, store())


def digits(dataset: str) -> Digits:
    return load_digits(dataset)  # kept in memory by ae_core itself


def version(reference: str) -> float:
    if not is_run(reference):
        return 0.0
    try:
        return store().get(reference).status_time()
    except LabError:
        return 0.0


def of_model(spinner: str | bool = False, entries: int = 24) -> Callable:
    """Computes `of(reference, dataset)` once for each model and data set, anew when the model changes."""

    def decorate(of: Callable[[str, str], Any]) -> Callable[[str, str], Any]:
        def kept(reference: str, version: float, dataset: str) -> Any:  # noqa: ARG001
            return of(reference, dataset)

        kept.__module__, kept.__qualname__ = of.__module__, of.__qualname__  # caches are told apart by these
        kept = st.cache_resource(kept, show_spinner=spinner, max_entries=entries)

        def look(reference: str, dataset: str) -> Any:
            return kept(reference, version(reference), dataset)

        look.__doc__, look.clear = of.__doc__, kept.clear
        return look

    return decorate


@of_model(entries=48)
def evaluation(reference: str, dataset: str) -> Evaluation:
    network = model(reference).model
    known = digits(dataset)
    return Evaluation(evaluate(network, known.test), Calibrator.fit(network, known.validation))


@of_model(entries=12)
def training_codes(reference: str, dataset: str) -> np.ndarray:
    """Codes of the training digits, float32 [N, latent_dim]."""
    return encode(model(reference).model, digits(dataset).train.images)


@of_model()
def test_codes(reference: str, dataset: str) -> np.ndarray:
    """Codes of the test digits, float32 [N, latent_dim]."""
    return encode(model(reference).model, digits(dataset).test.images)
