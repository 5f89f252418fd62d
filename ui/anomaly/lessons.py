"""The lessons of the Anomaly page, each with a figure, live from the model in view or the shipped ones."""

from dataclasses import replace

import pandas
import plotly.graph_objects as go
import streamlit as st

from ae_core.config import DEFAULT_SCORE
from ae_core.lessons import findings, ink, trials
from ae_core.lessons.ink import EMPTY, InkStudy
from ae_core.models.inference import reconstruct
from ae_core.runs.catalogue import trained_on_class
from ae_core.scores.metrics import flagged_share, plain_auroc
from ae_core.scores.table import KNOWN_CODES, MSE, PER_INK, SCORES
from ae_core.studies.experiment import Experiment
from ae_core.words import percent, three_digits
from ui.anomaly import lesson_figures, published
from ui.anomaly import threshold as anomaly_threshold
from ui.anomaly import trials as anomaly_trials
from ui.anomaly.published import TRAP
from ui.pictures import mosaic
from ui.pictures.figures import QUIET
from ui.shell import cached, shell
from ui.shell.memory import kept
from ui.shell.theme import by_theme, plain
from ui.widgets import false_alarms, scores, show

FALSE_ALARM_RATE = 0.05  # of the answer
ANOMALIES = "letters"  # they need no download
SIZES = (2, 4, 8, 16, 32, 64)  # of the shipped dense models
BY_SIZE = (MSE, PER_INK, KNOWN_CODES)
TAB = "lesson"  # in the session
LESSONS = {
    "A low score is not a normal digit": lambda view, _: show_ink(view),
    f"Digit {TRAP} held out": lambda _, experiment: published.show_trap(experiment),
    "More code, better detector?": lambda view, _: show_sizes(view),
}


# -- which threshold, and does it work?


def show_answer(view: shell.View) -> None:
    rate = view.evaluation().calibrator.possible_rate(FALSE_ALARM_RATE)
    found = {name: detected(view, name, rate) for name in (DEFAULT_SCORE, KNOWN_CODES)}
    show.title(
        f"Take one that may flag **{percent(rate)}** of normal digits. By error and outline it "
        f"finds **{percent(found[DEFAULT_SCORE])}** of letters, which the model has never seen; by how far "
        f"their codes are from known ones, **{percent(found[KNOWN_CODES])}**. Move it below. Model in view: "
        f"{view.trained.title}.",
    )


def detected(view: shell.View, name: str, rate: float) -> float:
    trial = anomaly_trials.trial(view.reference, view.digits.name, name, ANOMALIES)
    return flagged_share(trial.anomalous, trial.calibrator, rate)


@shell.fragment
def show_threshold(view: shell.View) -> None:
    with st.container(horizontal=True, gap="medium"):
        with st.container():
            scores.choose(view)
        source = anomaly_trials.choose_source(view)
        slider = st.container()
    name = scores.chosen(view)
    trial = anomaly_trials.attempted(view, name, source)
    if trial is None:
        return
    with slider:
        rate = false_alarms.choose_rate(trial.calibrator)
    threshold = trial.calibrator.threshold(rate)
    figure, numbers = st.columns([5, 3], gap="medium", vertical_alignment="center")
    with figure:
        anomaly_threshold.show_histograms(trial, threshold, anomaly_trials.title(name), "threshold")
    with numbers:
        anomaly_threshold.show_four_numbers(trial, threshold, "four")
    tell_what_was_learned(view, source)
    anomaly_threshold.show_mistakes(trial, threshold)
    judge = "No network" if SCORES[name].is_baseline else view.trained.title
    st.caption(
        f"{judge} on {len(trial.normal):,} test {view.digits.noun}s of {view.digits.name} and "
        f"{len(trial.anomalous):,} anomalies. Threshold {three_digits(threshold)}, set on "
        f"{len(trial.calibrator.scores):,} validation digits, all normal. True negatives: normal, not "
        "flagged. The last bar counts all that lies beyond."
    )


def tell_what_was_learned(view: shell.View, source: str) -> None:
    digit = trials.class_of(source, len(view.digits.classes))
    told = "" if digit is None else trained_on_class(view.trained, view.digits, digit)
    if told:
        st.warning(plain(told), icon=":material/school:")


# -- the lessons


def show_lessons(view: shell.View, experiment: Experiment | None) -> None:
    """One at a time: those that are folded away are not computed."""
    tabs = st.tabs(list(LESSONS), key=TAB, on_change="rerun")
    for tab, show_lesson in zip(tabs, LESSONS.values(), strict=True):
        if tab.open:
            with tab:
                show_lesson(view, experiment)


def show_ink(view: shell.View) -> None:
    """A low score is not a normal digit."""
    studies = {name: ink_study(view.reference, view.digits.name, name) for name in (MSE, PER_INK)}
    for column, (name, study) in zip(st.columns(2, gap="medium"), studies.items(), strict=True):
        with column:
            st.markdown(
                f"**{anomaly_trials.title(name)}**: correlation with the ink **{study.correlation:.2f}**"
            )
            show_study(view, name)
    pictures, words = st.columns([1, 3], gap="medium", vertical_alignment="center")
    with pictures:
        show_nearly_empty(view)
    with words:
        st.markdown(findings.ink_in_errors(studies[MSE], studies[PER_INK]))


def show_nearly_empty(view: shell.View) -> None:
    images = ink.nearly_empty()
    rows = [mosaic.ink_tiles(images), mosaic.ink_tiles(reconstruct(view.trained.model, images))]
    st.image(mosaic.data_uri(mosaic.grid(rows, scale=4)), width=228, alt=" and ".join(EMPTY))
    st.caption(f"{' and '.join(EMPTY)}, above their reconstructions".capitalize())


@cached.of_model(entries=48)
def ink_study(reference: str, dataset: str, name: str) -> InkStudy:
    """Of test digits of the classes that the model was trained on: no other is normal for it."""
    digits = cached.digits(dataset)
    normal = digits.test.only(cached.model(reference).classes_in(digits))
    study = ink.study_ink(anomaly_trials.detector_of(reference, dataset, name), name, normal)
    return replace(study, by_class=study.by_class.rename(index=digits.class_name))


@cached.of_model(entries=48, key=by_theme)
def study_figure(reference: str, dataset: str, name: str) -> go.Figure:
    return lesson_figures.against_ink(ink_study(reference, dataset, name), anomaly_trials.title(name))


def show_study(view: shell.View, name: str) -> None:
    st.plotly_chart(
        study_figure(view.reference, view.digits.name, name),
        key=f"ink {name}",
        config=QUIET,
        alt=f"{anomaly_trials.title(name)} of test digits against their ink",
    )


def show_sizes(view: shell.View) -> None:
    """What the size of the code does to the error, and to what is detected by it."""
    table = by_size(view.digits.name)
    areas = table.set_index("latent_dim")[list(BY_SIZE)]
    error, area = st.columns(2, gap="medium")
    with error:
        st.markdown("**It reconstructs better and better**")
        st.plotly_chart(
            lesson_figures.error_by_dimension(table),
            key="error by size",
            config=QUIET,
            alt="Test error against latent dimension",
        )
    with area:
        st.markdown(f"**Detection by its error** {findings.course(areas[MSE])}")
        st.plotly_chart(
            lesson_figures.auroc_by_dimension(table, {name: anomaly_trials.title(name) for name in BY_SIZE}),
            key="auroc by size",
            config=QUIET,
            alt="AUROC for letters against latent dimension",
        )
    errors = table["test_error"]
    st.markdown(
        f"From {areas.index[0]} to {areas.index[-1]} latent dimensions the test error falls "
        f"**{errors.iloc[0] / errors.iloc[-1]:.0f} times**. {findings.detection_by_size(areas)}"
    )
    if told := findings.below_chance(by_score_and_size(areas)):
        st.caption(told)
    st.caption(
        f"The shipped dense models, {trials.IMAGES:,} test digits of {view.digits.name}, as many letters. "
        "AUROC: how often a letter scores above a digit; 0.5 is chance."
    )


def by_score_and_size(areas: pandas.DataFrame) -> pandas.Series:
    found = areas.unstack()
    found.index = [f"{anomaly_trials.title(name)} with {size} dimensions" for name, size in found.index]
    return found


@kept(entries=4, spinner="Trying six sizes of the code")
def by_size(dataset: str) -> pandas.DataFrame:
    """A row for each shipped dense model: latent_dim, test_error, and an AUROC a score."""
    rows = []
    for size in SIZES:
        reference = f"zoo:dense-{size}"
        tried = {name: anomaly_trials.trial(reference, dataset, name, ANOMALIES) for name in BY_SIZE}
        areas = {name: plain_auroc(each.normal, each.anomalous) for name, each in tried.items()}
        error = float(tried[MSE].normal.mean())
        rows.append({"latent_dim": size, "test_error": error} | areas)
    return pandas.DataFrame(rows)
