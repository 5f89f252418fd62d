"""For a run that came to nothing: the learning rate that would have held, to fill in on the Train page."""

import streamlit as st

from ae_core.runs.run import Run
from ae_core.words import counted, three_digits
from ui.shell import shell


def offer(run: Run) -> bool:
    """Whether it was taken just now: the Train page then fills in the run's settings with that rate."""
    remedy = run.remedy()
    if remedy is None:
        return False
    rate = remedy.peak_learning_rate
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(
            f"The steps were too large: each overshot, and made the error larger. Tried since: with a peak "
            f"learning rate of **{rate:g}** the same recipe comes to a validation loss of "
            f"**{three_digits(remedy.validation_loss)}** after {counted(remedy.epochs, 'epoch')}.",
            icon=":material/healing:",
            width="stretch",
        )
        return st.button(
            f"Fill in {rate:g}",
            icon=":material/tune:",
            key=f"remedy {run.id}",
            on_click=take_over,
            args=(run, {"peak_learning_rate": rate}),
        )


def take_over(run: Run, changes: dict | None = None) -> None:
    """Has the Train page show the run and fill in its settings, with these changed."""
    dataset = run.config().dataset
    if dataset in shell.available_datasets():
        shell.choose("data", dataset)
    st.session_state[shell.RUN] = run.id
    st.session_state[shell.TAKE_OVER] = changes or {}
