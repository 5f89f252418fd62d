"""Which run the Train page shows: named by the URL, kept by the session, chosen from a list."""

import streamlit as st

from ae_core.errors import LabError
from ae_core.jobs.states import State
from ae_core.runs.run import Run
from ae_core.runs.service import shared_service
from ui.shell import cached, link, run_label, shell
from ui.shell.theme import plain
from ui.widgets import earlier


def current() -> Run | None:
    """The run that the URL names, else the one watched last, else the visitor's that is under way."""
    link.adopt([link.on_file(shell.RUN, "Run in view", opened)])
    run_id = st.session_state.get(shell.RUN) or under_way()
    look_at(run_id)
    if not run_id:
        return None
    try:
        return opened(run_id)
    except LabError as error:
        st.warning(plain(str(error)))
        look_at(None)
        return None


def opened(run_id: str) -> Run:
    """Raises LabError; a damaged one is named here, once for the whole page."""
    run = cached.store().get(run_id)
    run.config()
    return run


def under_way() -> str | None:
    """The newest run that this visitor has begun and that is not over."""
    service, visitor = shared_service(), shell.visitor()
    store = cached.store()
    mine = (store.at(each.id) for each in shell.listed_runs() if each.config.owner == visitor)
    return next((run.id for run in mine if not is_over(service.state(run))), None)


def is_over(state: State) -> bool:
    return state in (State.FINISHED, State.STOPPED, State.FAILED)


def look_at(run_id: str | None) -> None:
    """Brings a run into view, or none."""
    st.session_state[shell.RUN] = run_id


def choose(run: Run | None) -> None:
    """A way back to the newest runs; to others by Runs, or their URL."""
    runs = shell.listed_runs()
    labels = {each.id: run_label.label(each) for each in runs[: run_label.LISTED]}
    if run is not None and run.id not in labels:
        labels[run.id] = run_label.label(run.listed())
    more = (
        f"The newest {len(labels)} of {len(runs):,} runs. Runs finds the others."
        if len(runs) > len(labels)
        else None
    )
    earlier.choose("run", labels, run and run.id, look_at, more)
