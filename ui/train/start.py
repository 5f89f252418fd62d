"""The button that starts a training, and what is said where the same training is there already."""

import streamlit as st

from ae_core.errors import LabError
from ae_core.runs.run import Run
from ae_core.runs.service import shared_service
from ui.shell import cached, shell
from ui.shell.theme import plain
from ui.train import run_in_view, settings
from ui.widgets import steering

LABEL = "Start training"
REFUSED = "start refused"  # in the session, until it is shown
KNOWN = "training that was there"  # the run that the last press has found instead of starting one


def show_disabled() -> None:
    st.button(LABEL, type="primary", disabled=True, width="stretch")


def show(dataset: str) -> None:
    st.button(
        LABEL,
        icon=":material/play_arrow:",
        type="primary",
        width="stretch",
        on_click=start,
        args=(dataset,),
    )
    if refusal := st.session_state.pop(REFUSED, ""):
        st.error(refusal)


def show_known(run: Run, dataset: str) -> None:
    """The same digits, recipe and seed come to the same model: nobody has to wait for it twice."""
    if st.session_state.get(KNOWN) != run.id:
        return
    stands = "is under way already" if shared_service().state(run).is_active else "was done before"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(
            f"This training {stands}, with the same seed and so the same result: here it is.",
            icon=":material/visibility:",
        )
        st.button("Train it again", icon=":material/replay:", on_click=start, args=(dataset, True))


def start(dataset: str, again: bool = False) -> None:
    """Starts what the controls say at the click: arguments would hold what they said before it.

    again: even where the same training is there already.
    """
    try:
        run, is_new = begun_just_now() or begin(dataset, again)
    except LabError as error:
        st.session_state[REFUSED] = plain(str(error))
    except OSError as error:
        st.session_state[REFUSED] = f"The run cannot be stored: {error.strerror or error}."
    else:
        st.session_state[KNOWN] = None if is_new else run.id
        run_in_view.look_at(run.id)


def begin(dataset: str, again: bool) -> tuple[Run, bool]:
    """The run, and whether it is a new one."""
    model, recipe = settings.chosen()
    return shared_service().once(model, recipe, dataset=dataset, owner=shell.visitor(), again=again)


def begun_just_now() -> tuple[Run, bool] | None:
    """The run that an impatient hand has started with the press before."""
    newest = next(iter(cached.store().listed()), None)
    if newest is None or not steering.is_of_one_press(newest.config, shell.visitor()):
        return None
    run = cached.store().at(newest.id)
    return (run, True) if shared_service().state(run).is_active else None
