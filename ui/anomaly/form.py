"""The form of an experiment on the Anomaly page: what is normal, what is the anomaly, what it will take."""

import numpy as np
import streamlit as st

from ae_core.data.digits import Digits
from ae_core.errors import LabError
from ae_core.studies.experiment import MAX_PARTS, Experiment, ExperimentConfig, Kind, check_there_are_others
from ae_core.words import counted
from ui.anomaly import images_form, training_form
from ui.anomaly.images_form import ImagesForm
from ui.anomaly.training_form import TrainingForm
from ui.shell import link, shell
from ui.shell.theme import plain
from ui.widgets import cost

KIND = "kind"
KINDS = {
    Kind.HELD_OUT: ("Held-out digit", "Trained on **nine digits**; the tenth is the anomaly."),
    Kind.ONE_CLASS: ("One class", "Trained on **one digit**; the nine others are the anomalies."),
    Kind.CORRUPTIONS: (
        "Corruptions",
        "The model in view scores test digits and **the same ones, corrupted**.",
    ),
    Kind.FOREIGN: ("Foreign images", "The model in view scores test digits and **images from elsewhere**."),
}
OWN_KINDS = {
    Kind.HELD_OUT: "Trained on **all classes but one**, which is the anomaly.",
    Kind.ONE_CLASS: "Trained on **one class**; all others are the anomalies.",
}
# What all scores of a part take on two cores: to be fitted, and for each image. An estimate, no promise.
FITTING_SECONDS, SCORING_SECONDS = 2.0, 0.7e-3


def ask(view: shell.View, present: Experiment | None) -> ExperimentConfig | None:
    """The whole form; what it asks for, or None where that cannot be, which is then said.

    present: the experiment in view.
    """
    begin_with(present, view.digits)
    kind = Kind(
        st.segmented_control(
            "What is the anomaly?",
            [str(each) for each in KINDS],
            format_func=lambda each: KINDS[Kind(each)][0],
            required=True,
            key=KIND,
            persist_state="session",
        )
    )
    is_own = bool(view.digits.class_names)
    st.markdown(OWN_KINDS[kind] if is_own and kind in OWN_KINDS else KINDS[kind][1])
    (training_form if kind.trains else images_form).ask(view, kind)
    try:
        config = wanted(view)
    except LabError as error:
        st.error(plain(str(error)))
        return None
    show_cost(view, config)
    return config


def begin_with(present: Experiment | None, digits: Digits) -> None:
    """Fills in the fields that hold nothing yet; with what `present` was started with, as after a reload.

    digits: the data set in view.
    """
    if present and KIND not in st.session_state:
        config = present.config
        st.session_state[KIND] = config.kind
        if config.trains:
            TrainingForm.of(config).fill_in(training_form.keys(Kind(config.kind), digits))
        else:
            ImagesForm.of(config).fill_in(images_form.KEYS)
    st.session_state[KIND] = st.session_state.get(KIND) or str(Kind.HELD_OUT)
    for kind in Kind:
        if kind.trains:
            of_kind = TrainingForm.usual(kind, len(digits.train), digits.classes)
            of_kind.fill_in(training_form.keys(kind, digits))
    ImagesForm.usual().fill_in(images_form.KEYS)


def linked(digits: Digits) -> list[link.Field]:
    """The fields of the URL: the kind, and those of whichever kind is chosen."""
    return [
        link.choice("kind", KIND, map(str, Kind), "What is the anomaly?"),
        *training_form.linked(chosen_kind, digits),
        *images_form.linked(chosen_kind),
    ]


def chosen_kind() -> Kind:
    return Kind(st.session_state[KIND])


def wanted(view: shell.View) -> ExperimentConfig:
    """What the form says now. Raises LabError for what cannot be."""
    kind = Kind(st.session_state[KIND])
    if not kind.trains:
        return ImagesForm.entered(images_form.KEYS).config(kind, view)
    check_there_are_others(view.digits)
    form = TrainingForm.entered(training_form.keys(kind, view.digits))
    return form.config(kind, view.digits.name, len(view.digits.train))


def show_cost(view: shell.View, config: ExperimentConfig) -> None:
    count = f"{counted(config.part_count, 'training')} of at most {MAX_PARTS}"
    if not config.trains:
        count = f"{counted(config.part_count, 'kind')} of images, nothing to train"
    trainings, more = trainings_of(view.digits, config), judging_seconds(view.digits, config)
    cost.show(f"**{count}** · {{time}}", trainings, more=more)


def trainings_of(digits: Digits, config: ExperimentConfig) -> list[cost.Training]:
    if not config.trains:
        return []
    parts = Experiment("", config, digits.fingerprint, class_names=digits.class_names).parts
    labels = digits.train.labels
    counts = [int(np.isin(labels, part.classes).sum()) for part in parts]
    return [
        (part.model, part.train.with_changes(seed=0), count)
        for part, count in zip(parts, counts, strict=True)
    ]


def judging_seconds(digits: Digits, config: ExperimentConfig) -> float:
    """Seconds that all scores of all parts take."""
    if not config.trains:
        images = len(digits.validation) + config.images * (1 + config.part_count)
        return FITTING_SECONDS + SCORING_SECONDS * images
    images = len(digits.test) + len(digits.validation)
    return config.part_count * (FITTING_SECONDS + SCORING_SECONDS * images)
