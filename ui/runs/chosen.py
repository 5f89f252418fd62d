"""Which runs are chosen: named by the URL, kept by the session, taken from the table."""

import streamlit as st

from ae_core.errors import LabError
from ae_core.runs.run import Run
from ui.shell import cached, link
from ui.shell.theme import plain

RUNS = "runs"  # in the URL: ids between commas
CHOSEN = "chosen runs"
VERSION = "version of the table of runs"
MOST = 6  # runs side by side


def ids() -> list[str]:
    return st.session_state.setdefault(CHOSEN, [])


def version() -> int:
    """Counts what is chosen elsewhere than in the table, which then begins with it."""
    return st.session_state.setdefault(VERSION, 0)


def field() -> link.Field:
    """Of the URL."""
    allowed = f"{link.NOTHING}, or ids of runs between commas"
    return link.Field(
        RUNS, CHOSEN, "The chosen runs", allowed, read, written, get=ids, put=put, is_control=False
    )


def read(text: str) -> list[str]:
    """A run that is not there is named and left out."""
    asked = [] if text == link.NOTHING else list(dict.fromkeys(text.split(",")))[:MOST]
    missing = {run_id: error for run_id in asked if (error := why_not(run_id))}
    if missing:
        raise link.RefusedError(" ".join(missing.values()), [each for each in asked if each not in missing])
    return asked


def written(run_ids: list[str]) -> str:
    return ",".join(run_ids[:MOST]) or link.NOTHING


def why_not(run_id: str) -> str:
    """Why there is no such run; "" where there is."""
    try:
        cached.store().get(run_id).config()
    except LabError as error:
        return plain(str(error))
    return ""


def put(run_ids: list[str]) -> None:
    st.session_state[CHOSEN] = run_ids
    st.session_state[VERSION] = version() + 1


def take(shown: list[str], picked: list[str]) -> None:
    """Of the runs shown those picked, and of others those chosen before; each keeps its place."""
    before = [run_id for run_id in ids() if run_id in picked or run_id not in shown]
    st.session_state[CHOSEN] = [*before, *(run_id for run_id in picked if run_id not in before)]


def runs() -> list[Run]:
    """Those chosen that are there still."""
    st.session_state[CHOSEN] = [run_id for run_id in ids() if not why_not(run_id)]
    return [cached.store().at(run_id) for run_id in ids()]


def names(runs: list[Run]) -> list[str]:
    """What they are called side by side: those of one name with the ends of their ids."""
    called = [run.name for run in runs]
    return [
        f"{name} · {run.id[-4:]}" if called.count(name) > 1 else name
        for name, run in zip(called, runs, strict=True)
    ]
