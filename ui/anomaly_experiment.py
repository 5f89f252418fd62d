"""The experiment in view on the Anomaly page: started, watched, steered, and found again by the address."""

from datetime import datetime

import pandas
import streamlit as st

from ae_core.errors import LabError
from ae_core.experiments import Experiment, ExperimentStore
from ae_core.experiments.results import progress
from ae_core.experiments.service import ExperimentService
from ae_core.jobs import shared_service
from ae_core.run_states import State, Wish
from ui import anomaly_ask, cached, earlier, run_label, shell
from ui.anomaly_corruptions import name_of

REFRESH_SECONDS = 1.0
EXPERIMENT = "experiment"
REFUSED, STARTED = "experiment refused", "experiment started"
OVER = (State.FINISHED, State.FAILED)
LISTED = 30


def service() -> ExperimentService:
    return ExperimentService(shared_service())


def store() -> ExperimentStore:
    return ExperimentStore(cached.store())


# -- which one


def current() -> Experiment | None:
    """The experiment that the address names, else the visitor's last."""
    asked = st.query_params.get(EXPERIMENT) or st.session_state.get(EXPERIMENT)
    if not asked:
        return None
    try:
        found = store().get(asked)
    except LabError as error:
        st.warning(str(error))
        st.session_state.pop(EXPERIMENT, None)
        st.session_state.pop(REFUSED, None)  # by a handle on it, in the same words
        st.query_params.pop(EXPERIMENT, None)
        return None
    look_at(found.id)
    return found


def look_at(experiment_id: str) -> None:
    st.session_state[EXPERIMENT] = experiment_id
    if st.query_params.get(EXPERIMENT) != experiment_id:
        st.query_params[EXPERIMENT] = experiment_id


def choose(present: Experiment | None) -> None:
    """A way back to earlier ones."""
    labels = {each.id: label(each) for each in store().list()[:LISTED]}
    earlier.choose("experiment", labels, present and present.id, look_at)


def label(experiment: Experiment) -> str:
    """The last characters of its id make each label the only one."""
    made = datetime.fromtimestamp(experiment.created, run_label.visitor_zone())
    return f"{made:%d %b %H:%M} · {experiment.title()} · {experiment.id[-4:]}"


# -- starting one


@shell.fragment
def ask(view: shell.View) -> None:
    """The form and its button."""
    config = anomaly_ask.ask(view)
    st.button(
        "Start experiment",
        icon=":material/play_arrow:",
        type="primary",
        disabled=config is None,
        on_click=start,
        args=(view,),
    )
    if refusal := st.session_state.pop(REFUSED, ""):
        st.error(refusal)
    if st.session_state.pop(STARTED, False):
        st.rerun()  # the whole page: it has an experiment to show


def start(view: shell.View) -> None:
    """Starts what the form says at the click: an argument would hold what it said before."""
    if try_to(lambda: look_at(service().start(anomaly_ask.wanted(view), shell.visitor()).id)):
        st.session_state[STARTED] = True


def try_to(act) -> bool:
    """Whether it could be done; if not, why is said at the form."""
    try:
        act()
    except LabError as error:
        st.session_state[REFUSED] = str(error)
    except OSError as error:
        st.session_state[REFUSED] = f"The experiment cannot be stored: {error.strerror or error}."
    else:
        return True
    return False


# -- watching one


def show_progress(experiment: Experiment) -> None:
    """How far it is and the handles on it. Refreshes itself; the page, when a part is over."""
    table = progress(store(), experiment)
    st.markdown(f"**{experiment.title()}**")
    show_handles(experiment, table)
    going = experiment.wish is Wish.RUN and over(table) < len(table)
    st.fragment(watch, run_every=REFRESH_SECONDS if going else None)(experiment, over(table))
    for row in table[table["message"] != ""].to_dict("records"):
        st.warning(f"**{name_of(row['part'])}**: {row['message']}", icon=":material/error:")


def watch(experiment: Experiment, shown: int) -> None:
    """Tends what is on file: with what this tab showed last, it would undo what another one has done."""
    if on_file(experiment.id) != experiment:
        st.rerun()  # paused, continued or deleted in another tab: the page around it says so
    service().tend(experiment)
    table = progress(store(), experiment)
    done = over(table)
    if done != shown:
        st.rerun()  # there is a new result
    running = table.loc[table["state"] == State.RUNNING, "part"]
    now = "" if running.empty else f" · now {', '.join(map(name_of, running))}"
    st.progress(done / len(table), text=f"{done} of {len(table)} parts{now}{wished(experiment, table)}")


def on_file(experiment_id: str) -> Experiment | None:
    """None for one that is gone or damaged."""
    try:
        return store().get(experiment_id)
    except LabError:
        return None


def wished(experiment: Experiment, table: pandas.DataFrame) -> str:
    if over(table) == len(table):
        return ""
    return {Wish.PAUSE: " · paused", Wish.STOP: " · stopped"}.get(experiment.wish, "")


def over(table: pandas.DataFrame) -> int:
    return int(table["state"].isin(OVER).sum())


def show_handles(experiment: Experiment, table: pandas.DataFrame) -> None:
    failed = (table["state"] == State.FAILED).any()
    with st.container(horizontal=True):
        if over(table) == len(table):
            if failed:
                handle("Try again", ":material/refresh:", service().go_on, experiment.id)
        elif experiment.wish is Wish.RUN:
            handle("Pause", ":material/pause:", service().pause, experiment.id)
            handle("Stop", ":material/stop:", service().stop, experiment.id)
        else:
            handle("Go on", ":material/play_arrow:", service().go_on, experiment.id)
        if over(table) == len(table) or experiment.wish is not Wish.RUN:
            show_deletion(experiment)


def show_deletion(experiment: Experiment) -> None:
    with st.popover("Delete", icon=":material/delete:"):
        st.markdown("Delete this experiment for good? What others need of it, and its trained models, stay.")
        st.button("Yes, delete it", type="primary", on_click=delete, args=(experiment.id,))


def delete(experiment_id: str) -> None:
    if try_to(lambda: store().delete(experiment_id)):
        st.session_state.pop(EXPERIMENT, None)
        st.query_params.pop(EXPERIMENT, None)


def handle(label: str, icon: str, act, experiment_id: str) -> None:
    """Acts on what is on file at the click: another tab may have changed or deleted it since it was drawn."""
    st.button(
        label,
        icon=icon,
        key=f"experiment {label}",
        on_click=try_to,
        args=(lambda: act(store().get(experiment_id)),),
    )
