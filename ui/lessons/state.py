"""The lab as a lesson sees it, and what "show me" does to it."""

import numpy as np
import streamlit as st

from ae_core.config import DEFAULT_SCORE
from ae_core.drawing import samples
from ae_core.errors import LabError
from ae_core.jobs.states import State as RunState
from ae_core.lessons.conditions import Seen, SeenRun
from ae_core.lessons.lesson import State, WantedRun
from ae_core.lessons.lesson_check import recipe
from ae_core.models.config import ModelConfig
from ae_core.runs.service import shared_service
from ae_core.training.config import TrainConfig
from ae_core.training.presets import preset_called
from ui.lessons import contest
from ui.pictures import canvas
from ui.shell import cached, shell
from ui.shell.theme import plain
from ui.widgets import false_alarms, scores
from ui.widgets.recipe import hand_over

FEW = "few digits"  # in the session: what is chosen in the part of this name
MOST_RUNS = 50  # looked at: the state of each is a file
REFUSED = "lesson's action refused"


def seen(view: shell.View) -> Seen:
    return Seen(
        view.reference,
        view.trained.config.latent_dim,
        st.session_state.get(scores.KEY, DEFAULT_SCORE),
        view.digits.name,
        st.session_state.get(false_alarms.KEY, false_alarms.USUAL),
        canvas.drawing().picture is not None,
        runs(),
        st.session_state.get(FEW) or 0,
        contest.has_entered(),
    )


def runs() -> tuple[SeenRun, ...]:
    """The visitor's newest, and the one that they watch: it may have been there before. Newest first."""
    store, watched, visitor = cached.store(), st.session_state.get(shell.RUN), shell.visitor()
    listed = [each for each in store.listed() if each.config.owner == visitor or each.id == watched]
    return tuple(
        SeenRun(each.id, each.config, store.at(each.id).state() is RunState.FINISHED)
        for each in listed[:MOST_RUNS]
    )


def establish(state: State, count: int) -> None:
    """Does what the action asks for. count: of the training digits in view. For callbacks."""
    if state.data:
        shell.choose("data", state.data)
    if state.model or state.latent_dim:
        shell.choose("model", state.model or f"zoo:dense-{state.latent_dim}")
    if state.score:
        shell.choose("score", state.score)
    if state.rate:
        st.session_state[false_alarms.KEY] = round(sum(state.rate) / 2, 1)
    if state.few:
        st.session_state[FEW] = state.few
    if state.drawing:
        canvas.put(drawing(state.drawing))
    try:
        if state.run:
            start(state.run, count)
        if state.entry:
            contest.enter_example()
    except (LabError, OSError) as error:
        st.session_state[REFUSED] = plain(str(error))


def drawing(kind: str) -> np.ndarray:
    if kind == "digit":
        return samples.real_digit(shell.view().digits.test.images, 0)
    return samples.letter(0) if kind == "letter" else samples.scribble(0)


def start(wanted: WantedRun, count: int) -> None:
    model, train = configs(wanted, count)
    dataset = st.session_state["data"]
    run, _ = shared_service().once(model, train, dataset=dataset, owner=shell.visitor())
    st.session_state[shell.RUN] = run.id


def configs(wanted: WantedRun, count: int) -> tuple[ModelConfig, TrainConfig]:
    return recipe(preset_called(wanted.preset), wanted.settings, count)


def hand_to_train(wanted: WantedRun, count: int) -> None:
    """Fills the recipe in on the Train page, for the visitor to start."""
    hand_over(*configs(wanted, count), preset_called(wanted.preset).title)


def refusal() -> str:
    """Why the last action could not be done, once."""
    return st.session_state.pop(REFUSED, "")
