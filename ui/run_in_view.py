"""Which run the Train page shows: named by the address, kept by the session, chosen from a list."""

import streamlit as st

from ae_core.errors import LabError
from ae_core.runs import Run
from ui import cached, earlier, run_label, shell
from ui.theme import plain


def current() -> Run | None:
    """The run that the address or the session names."""
    run_id = st.query_params.get(shell.RUN) or st.session_state.get(shell.RUN)
    if not run_id:
        return None
    try:
        run = cached.store().get(run_id)
        run.config()  # a damaged one is named here, once for the whole page
    except LabError as error:
        st.warning(plain(str(error)))
        look_at(None)
        return None
    st.query_params[shell.RUN] = st.session_state[shell.RUN] = run.id
    return run


def look_at(run_id: str | None) -> None:
    """Brings a run into view, or none."""
    st.session_state[shell.RUN] = run_id
    if run_id:
        st.query_params[shell.RUN] = run_id
    elif shell.RUN in st.query_params:
        del st.query_params[shell.RUN]


def choose(run: Run | None) -> None:
    """A way back to every run there is."""
    labels = {each.id: run_label.label(each) for each in cached.store().list()}
    earlier.choose("run", labels, run and run.id, look_at)
