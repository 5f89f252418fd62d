"""What all sessions share, computed once: models, scores, codes. Everything in here is read-only.

A run that is continued gets another model under the same id, so keys hold the time of its last state too.
"""

from dataclasses import dataclass

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


def evaluation(reference: str, dataset: str) -> Evaluation:
    return compute_evaluation(reference, version(reference), dataset)


def training_codes(reference: str, dataset: str) -> np.ndarray:
    """Codes of the training digits, float32 [N, latent_dim]."""
    return compute_codes(reference, version(reference), dataset)


def digits(dataset: str) -> Digits:
    return load_digits(dataset)  # kept in memory by ae_core itself


def version(reference: str) -> float:
    if not is_run(reference):
        return 0.0
    try:
        return store().get(reference).status_time()
    except LabError:
        return 0.0


@st.cache_resource(show_spinner=False, max_entries=24)
def read_model(reference: str, version: float) -> TrainedModel:  # noqa: ARG001
    return open_model(reference, store())


@st.cache_resource(show_spinner=False, max_entries=48)
def compute_evaluation(reference: str, version: float, dataset: str) -> Evaluation:
    network = read_model(reference, version).model
    digits = load_digits(dataset)
    return Evaluation(evaluate(network, digits.test), Calibrator.fit(network, digits.validation))


@st.cache_resource(show_spinner=False, max_entries=12)
def compute_codes(reference: str, version: float, dataset: str) -> np.ndarray:
    return encode(read_model(reference, version).model, load_digits(dataset).train.images)
