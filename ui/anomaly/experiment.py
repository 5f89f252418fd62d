"""An experiment of the visitor's own on the Anomaly page: started, and how far it is."""

import pandas
import streamlit as st

from ae_core.jobs.states import State
from ae_core.studies.experiment import Experiment
from ae_core.studies.results import OVER, done_share, progress
from ui.anomaly import form
from ui.anomaly.corruptions import name_of
from ui.shell import shell
from ui.shell.theme import plain
from ui.widgets.steering import Steering, service, show_bar, store

STARTED = "experiment started"


STEERING = Steering(Experiment, "What others need of it, and its trained models, stay.")


# -- starting one


@shell.fragment
def ask(view: shell.View, present: Experiment | None) -> None:
    """The form and its button."""
    config = form.ask(view, present)
    st.button(
        "Start experiment",
        icon=":material/play_arrow:",
        type="primary",
        disabled=config is None,
        on_click=start,
        args=(view,),
    )
    if refusal := STEERING.refusal():
        st.error(refusal)
    if st.session_state.pop(STARTED, False):
        st.rerun()  # the whole page: it has an experiment to show


def start(view: shell.View) -> None:
    """Starts what the form says at the click: an argument would hold what it said before."""
    owner = shell.visitor()
    if STEERING.begin(lambda: service().start(form.wanted(view), owner), owner):
        st.session_state[STARTED] = True


# -- watching one


def show_progress(experiment: Experiment) -> None:
    """How far it is and its buttons. Refreshes itself; the page, when a part is over."""
    table = progress(store(), experiment)
    st.markdown(f"**{plain(experiment.title())}**")
    STEERING.show_buttons(experiment, over(table) == len(table), (table["state"] == State.FAILED).any())
    STEERING.keep_watch(watch, experiment, over(table), len(table))
    for row in table[table["message"] != ""].to_dict("records"):
        st.warning(f"**{name_of(row['part'])}**: {plain(row['message'])}", icon=":material/error:")


def watch(experiment: Experiment, shown: int) -> None:
    """Tends what is on file: with what this tab showed last, it would undo what another one has done."""
    if STEERING.has_changed(experiment):
        st.rerun()  # the page around it says how
    service().reconcile(experiment)
    table = progress(store(), experiment)
    done = over(table)
    show_bar(experiment, done_share(experiment, table), done, len(table), "part", at_work(experiment, table))
    if done != shown:
        st.rerun()  # there is a new result; the page takes a while to get here again


def at_work(experiment: Experiment, table: pandas.DataFrame) -> list[str]:
    """What the workers are at: parts, or at first what all parts of a given model need."""
    running = table.loc[table["state"] == State.RUNNING, "part"]
    if len(running) and not experiment.config.trains and not over(table):
        return ["fitting the scores"]
    return [name_of(part) for part in running]


def over(table: pandas.DataFrame) -> int:
    return int(table["state"].isin(OVER).sum())
