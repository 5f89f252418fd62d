"""What surrounds every page: the sidebar with data set and model in view, which the URL has too."""

import contextlib
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas
import streamlit as st

from ae_core.data.digits import Digits
from ae_core.data.overlap import overlap_note
from ae_core.data.own.record import OF_SESSION, spoken_name
from ae_core.data.sources import SHIPPED, is_current
from ae_core.errors import LabError
from ae_core.runs.catalogue import TrainedModel, is_run, references
from ae_core.runs.provenance import fate_of_data, foreign_note
from ae_core.runs.run import Listed, spoken_classes
from ae_core.runs.service import shared_service
from ae_core.scores.table import SCORES
from ae_core.words import counted
from ui.shell import (
    browser,
    cached,
    charts,
    download,
    incoming,
    link,
    navigation,
    of_session,
    run_label,
    running_lesson,
    serving,
    share,
    withheld,
)
from ui.shell.controls import STYLE
from ui.shell.theme import plain

DEFAULT_MODEL = "zoo:dense-32"
CHOICES = {"data": "Data set", "model": "Model in view", "score": "Score"}  # of all pages, as they are called
RUN = "run"
# In the session where the Train page is to fill in the settings of the run in view: what is to be changed
# in its recipe, by the fields' names.
TAKE_OVER = "settings to take over"
RUNS = "listed runs"
WANTED_DATA = "data set wanted"  # by a page that was being drawn, for the next run
DATASET_TITLES = {"embedded": "Embedded, 5,000 digits", "mnist": "Full MNIST, 70,000 digits"}


@dataclass(frozen=True, eq=False)
class View:
    """What the visitor looks at: a data set and a model. version: the model's, see `cached.version`."""

    digits: Digits
    trained: TrainedModel
    version: float = 0.0

    @property
    def is_present(self) -> bool:
        """False once the model has been deleted or trained on since, or the data replaced, in another tab."""
        return cached.version(self.reference) == self.version and is_current(self.digits)

    @property
    def reference(self) -> str:
        return self.trained.reference

    def evaluation(self, score: str = cached.MSE) -> cached.Evaluation:
        return cached.evaluation(self.reference, self.digits.name, score)

    def normal(self, test: pandas.DataFrame) -> pandas.DataFrame:
        """The rows of `Evaluation.test` of the classes that the model was trained on."""
        classes = self.classes
        return test[test["label"].isin(classes)] if classes else test

    @property
    def classes(self) -> tuple[int, ...]:
        """The classes in view that are normal for the model, () for all."""
        return self.trained.classes_in(self.digits)

    @property
    def normal_digits(self) -> str:
        """What those digits are called: "test digits", "test digits of its classes (only 3)"."""
        called = f"test {self.digits.noun}s"
        if not self.classes:
            return called
        return f"{called} of its classes ({spoken_classes(self.classes, self.digits.class_names)})"


def show() -> None:
    """Draws the sidebar, settles the view and writes it into the URL."""
    if wanted := st.session_state.pop(WANTED_DATA, None):
        st.session_state["data"] = wanted
    if not serving.is_beginning.is_set():
        shared_service().warm_up()
    st.html(STYLE)  # a page by an address that the lab does not know comes without it
    st.session_state[RUNS] = cached.store().listed()
    allowed = choices()
    complaints = [
        incoming.refusal(),
        withheld.complaint(),
        *(keep_among(key, values) for key, values in allowed.items()),
    ]
    link.adopt(linked(allowed))
    with st.sidebar:
        further = {"train": url_values_of_run(), running_lesson.PAGE: running_lesson.url_values()}
        navigation.links({"*": url_values()} | {page: url_values() | of for page, of in further.items()})
        st.space("small")
        choose_dataset(allowed["data"])
        choose_model(allowed["model"])
        share.show()
        charts.prepare()
        browser.prepare()
    for key in CHOICES:
        st.session_state[f"last {key}"] = st.session_state[key]
    link.write()  # what the sidebar's links carry is what the URL says
    share.present()
    for complaint in filter(None, complaints):
        st.warning(complaint)
    settle()


def url_values() -> dict[str, str]:
    """What every page's URL says of the view."""
    return chosen() | share.carried()


def chosen() -> dict[str, str]:
    """As URLs say it."""
    return {key: of_session.said(st.session_state[key]) for key in CHOICES}


def url_values_of_run() -> dict[str, str]:
    """What the Train page's URL says besides: the run that the visitor watched last."""
    run_id = st.session_state.get(RUN)
    return {RUN: run_id} if run_id else {}


def view() -> View:
    """The view that `show` settled in this run."""
    return st.session_state["view"]


def choices() -> dict[str, list[str]]:
    data = available_datasets()
    asked_data = (of_session.meant(st.query_params.get("data", "")), st.session_state.get("data"))
    own = [name for name in data if name in asked_data and name not in SHIPPED]
    models = references(listed_runs(), cached.data_state()["mnist"], run_label.LISTED, own)
    asked = {of_session.meant(st.query_params.get("model", "")), st.session_state.get("model", "")}
    models += [each for each in asked if is_run(each) and each not in models and has_model(each)]
    return {"data": data, "model": models, "score": list(SCORES)}


def listed_runs() -> list[Listed]:
    """All runs, newest first, as they were when the page began to be drawn: to look takes a while."""
    return st.session_state[RUNS]


def has_model(run_id: str) -> bool:
    try:
        return cached.store().get(run_id).has_model()
    except LabError:
        return False


def available_datasets() -> list[str]:
    shipped = ["mnist", "embedded"] if cached.data_state()["mnist"] else ["embedded"]
    return [*shipped, *own_titles()]


def own_titles() -> dict[str, str]:
    """What the own data sets are called in lists, by name."""
    return {
        each.name: f"{each.title}{' (only you)' if each.visitor else ''}, {counted(len(each), 'image')}"
        for each in cached.own_data()
    }


def title_of_dataset(name: str) -> str:
    return DATASET_TITLES.get(name) or own_titles().get(name, spoken_name(name))


def keep_among(key: str, allowed: list[str]) -> str:
    """Replaces what was chosen and is gone; a word on it where that is a data set.

    By the last one, where a run was renamed in another tab: this tab then sends a label that is no more.
    """
    if st.session_state.get(key) in allowed:
        return ""
    last = st.session_state.get(f"last {key}")  # nothing, in a new session
    st.session_state[key] = next(value for value in (last, DEFAULT_MODEL, *allowed) if value in allowed)
    if key != "data" or last in (None, *allowed):
        return ""
    shown = spoken_name(st.session_state[key])
    return f"The data set {plain(spoken_name(last))} was deleted. Showing {shown} instead."


def linked(allowed: dict[str, list[str]]) -> list[link.Field]:
    """What the URL of every page holds."""

    def one_of(key: str) -> Callable[[str], str]:
        def read(given: str) -> str:
            value = of_session.meant(given)
            if value not in allowed[key]:
                raise link.RefusedError(why_not(key, value))
            return value

        return read

    return [link.Field(key, key, called, "", one_of(key), of_session.said) for key, called in CHOICES.items()]


def why_not(key: str, given: str) -> str:
    """Why the URL cannot have what it asks for."""
    if key == "model" and is_run(given):
        with contextlib.suppress(LabError):  # no run at all: what follows says it
            run = cached.store().get(given)
            if not run.has_model():
                return (
                    f"The URL asks for the run {plain(repr(run.name))}, which has no model yet: "
                    f"it is {run.state()}."
                )
    asked = f"The URL asks for the {CHOICES[key].lower()} {link.shortened(given)}, which is not there."
    return of_session.why_not(CHOICES[key].lower(), given) or asked


def choose_dataset(allowed: list[str]) -> None:
    titles = DATASET_TITLES | own_titles()
    st.selectbox(
        "Data set",
        allowed,
        key="data",
        format_func=titles.get,
        help="The digits that are shown, trained on and used to calibrate verdicts.",
    )
    if not cached.data_state()["mnist"]:
        download.offer()


def choose_model(allowed: list[str]) -> None:
    st.selectbox(
        "Model in view",
        allowed,
        key="model",
        format_func=title_in_list(),
        help=f"A model that ships with the lab, or one of the newest {run_label.LISTED} finished runs. Runs "
        "finds the others.",
    )


def title_in_list() -> Callable[[str], str]:
    """`title_of`, for many: all runs are looked at once."""
    runs = {each.id: each for each in listed_runs()}
    return lambda each: run_label.label(runs[each]) if each in runs else title_of(each)


def title_of(reference: str) -> str:
    """What a model is called in lists: each title once, for the browser knows the choices by them."""
    if not is_run(reference):
        kind, _, name = reference.partition(":")
        name = OF_SESSION.sub(r"\1", name)
        return f"{name} · shipped" if kind == "zoo" else f"PCA {name.replace('-', ' · ')}"
    try:
        return run_label.label(cached.store().get(reference).listed())
    except LabError:
        return reference


def settle() -> None:
    """Opens what was chosen; a model that cannot be opened is named and replaced by the shipped one."""
    digits = settled_digits()
    try:
        version = cached.version(st.session_state["model"])
        trained = cached.model(st.session_state["model"])
        note = overlap_note(trained.trained_on, digits.name, trained.classes_in(digits))
        note = note or foreign_note(trained, digits)
        fate = fate_of_data(trained.trained_on, trained.fingerprint)
    except LabError as error:
        st.error(f"{plain(str(error))} Showing {DEFAULT_MODEL} instead.")
        trained, version = cached.model(DEFAULT_MODEL), cached.version(DEFAULT_MODEL)
        note = fate = ""
    st.session_state["view"] = View(digits, trained, version)
    if note:
        st.info(plain(note), icon=":material/info:")
    if fate:
        st.warning(f"**{trained.title}.** {plain(fate)}", icon=":material/dataset_linked:")
    if trained.caution:
        st.warning(f"**{trained.title} has learned nothing.** {trained.caution}", icon=":material/warning:")


def settled_digits() -> Digits:
    """Of the data set that was chosen; one that cannot be read is named and replaced."""
    try:
        return cached.digits(st.session_state["data"])
    except LabError as error:
        st.error(f"{plain(str(error))} Showing the embedded digits instead.")
        return cached.digits("embedded")


def fragment(draw: Callable[..., None]) -> Callable[..., None]:
    """As `st.fragment`, for what draws a view, its first argument, or something that has one.

    By itself a fragment would go on with the view of the page's last run. If its model is no longer present,
    or another choice of all pages was made, which the sidebar's links carry, the whole page is run again.
    """

    @st.fragment
    @functools.wraps(draw)
    def of_present_model(what: Any, *more: Any) -> None:
        if not getattr(what, "view", what).is_present or is_chosen_anew():
            st.rerun()
        link.withhold()
        draw(what, *more)
        link.write()

    return of_present_model


def is_chosen_anew() -> bool:
    said = {key: link.said(key) for key in CHOICES}
    return None not in said.values() and said != chosen()


def choose(key: str, value: str) -> None:
    """Puts a data set ("data") or a model ("model") into view; for callbacks."""
    st.session_state[key] = value


def choose_next(dataset: str) -> None:
    """Puts a data set into view and draws the page anew; for a page that is being drawn."""
    st.session_state[WANTED_DATA] = dataset
    st.rerun()


def visitor() -> str:
    """Who owns what is started here."""
    return browser.visitor()
