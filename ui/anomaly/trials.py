"""Scores of the Anomaly page, computed once for all sessions, and what the visitor tries them on."""

import streamlit as st

from ae_core.errors import LabError
from ae_core.lessons import trials
from ae_core.lessons.trials import Trial
from ae_core.scores.detector import Detector
from ae_core.scores.table import SCORES
from ui.shell import cached, shell

ANOMALIES = "strange"
CALIBRATION = 5000  # validation digits: a threshold at 0.1 % is then set by five of them


@cached.of_model(entries=96)
def detector_of(reference: str, dataset: str, name: str) -> Detector:
    """One score alone: the others of a model cost seconds."""
    return cached.detector_of(reference, dataset, name, CALIBRATION)


@cached.of_model(entries=96)
def trial(reference: str, dataset: str, name: str, source: str) -> Trial:
    """Raises DataError where the source's images have not been fetched."""
    return trials.try_out(
        detector_of(reference, dataset, name),
        name,
        cached.digits(dataset),
        source,
        classes=cached.model(reference).classes_in(cached.digits(dataset)),
    )


def title(name: str) -> str:
    return SCORES[name].title


def choose_source(view: shell.View) -> str:
    sources, names = trials.sources_for(view.digits), view.digits.class_names
    if st.session_state.get(ANOMALIES) not in sources:  # a class of another data set
        st.session_state[ANOMALIES] = sources[0]
    return st.selectbox(
        "Anomalies",
        sources,
        format_func=lambda each: trials.title_among(each, names),
        key=ANOMALIES,
        persist_state="session",
        help="The images that the score is to detect among normal digits.",
    )


def attempted(view: shell.View, name: str, source: str) -> Trial | None:
    """The trial, or None where it cannot be had, which is then said."""
    try:
        return trial(view.reference, view.digits.name, name, source)
    except LabError as error:
        st.info(str(error), icon=":material/info:")
        return None
