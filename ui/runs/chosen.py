"""Which runs are chosen: named by the URL, kept by the session, taken from the table."""

import streamlit as st

from ae_core.errors import LabError
from ae_core.runs.run import Run
from ui.shell import browser, cached
from ui.shell.theme import plain

RUNS = "runs"  # in the URL: ids between commas
CHOSEN = "chosen runs"
LAST = "runs the URL had last"
VERSION = "version of the table of runs"
MOST = 6  # runs side by side


def ids() -> list[str]:
    return st.session_state.setdefault(CHOSEN, [])


def version() -> int:
    """Counts what is chosen elsewhere than in the table, which then begins with it."""
    return st.session_state.setdefault(VERSION, 0)


def adopt_from_url() -> None:
    """Chooses what the visitor put into the URL; a run that is not there is named and left out."""
    given = st.query_params.get(RUNS)
    if given is None or given == st.session_state.get(LAST):
        return
    found = []
    for run_id in dict.fromkeys(given.split(",")):
        try:
            cached.store().get(run_id).config()
            found.append(run_id)
        except LabError as error:
            st.warning(plain(str(error)))
    put(found[:MOST])


def put(run_ids: list[str]) -> None:
    st.session_state[CHOSEN] = run_ids
    st.session_state[VERSION] = version() + 1


def take(shown: list[str], picked: list[str]) -> None:
    """Of the runs shown those picked, and of others those chosen before; each keeps its place."""
    before = [run_id for run_id in ids() if run_id in picked or run_id not in shown]
    st.session_state[CHOSEN] = [*before, *(run_id for run_id in picked if run_id not in before)]


def write() -> None:
    said = ",".join(ids()[:MOST]) or None
    st.session_state[LAST] = said
    browser.write({RUNS: said})


def runs() -> list[Run]:
    """Those chosen that are there still."""
    present = []
    for run_id in ids():
        try:
            run = cached.store().get(run_id)
            run.config()
            present.append(run)
        except LabError:
            continue
    st.session_state[CHOSEN] = [run.id for run in present]
    return present


def names(runs: list[Run]) -> list[str]:
    """What they are called side by side: those of one name with the ends of their ids."""
    called = [run.name for run in runs]
    return [
        f"{name} · {run.id[-4:]}" if called.count(name) > 1 else name
        for name, run in zip(called, runs, strict=True)
    ]
