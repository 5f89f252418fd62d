"""Train: settings, the live view of a run, and what to do with finished runs."""

import streamlit as st

from ae_core.errors import ConfigError
from ae_core.jobs.states import State
from ae_core.models.build import compression_ratio, parameter_count
from ae_core.models.config import ModelConfig
from ae_core.runs.run import Run
from ae_core.runs.service import shared_service
from ae_core.training.config import TrainConfig
from ui.shell import link, shell
from ui.shell.theme import plain
from ui.train import beginning, live, network, run_in_view, settings, start
from ui.train.linked import linked
from ui.widgets import cost, export, show
from ui.widgets.deletion import Deletion
from ui.widgets.trying import try_to


def show_settings(view: shell.View, run: Run | None) -> tuple[ModelConfig, TrainConfig] | None:
    """What was chosen; None where it is not allowed. run: the one in view, where there is any."""
    try:
        model, recipe = settings.ask(len(view.digits.train))
    except ConfigError as error:
        st.error(plain(str(error)))
        start.show_disabled()
        return None
    show_cost(view, model, recipe)
    start.show(view.digits.name)
    if run:  # without one the page shows the network anyway
        show_inside(model)
    return model, recipe


def show_inside(model: ModelConfig) -> None:
    inside = st.expander("What is inside", icon=":material/layers:", key="inside", on_change="rerun")
    if inside.open:
        with inside:
            network.show(model)


def show_cost(view: shell.View, model: ModelConfig, recipe: TrainConfig) -> None:
    digits = len(view.digits.train)
    cost.show(
        f"**{parameter_count(model):,}** parameters · compression **{compression_ratio(model):.3g} ×** · "
        f"{{time}} on {digits:,} {view.digits.noun}s",
        [(model, recipe, digits)],
    )


def show_ending(run: Run) -> None:
    """Name, export, delete: what a run that is not active offers."""
    state = shared_service().state(run)
    if state.is_active:
        return
    key = f"name {run.id}"
    st.session_state[key] = run.name  # the one on file, where what was typed is refused or tidied up
    st.text_input("Name", max_chars=60, key=key, on_change=rename, args=(run,))
    with st.container(horizontal=True):
        export.offer_run(run)
        DELETION.ask([run])
        in_view = st.session_state["model"] == run.id
        if run.has_model() and not in_view:
            st.button(
                "Look at this model on the other pages",
                icon=":material/visibility:",
                on_click=shell.choose,
                args=("model", run.id),
            )
    if in_view and state is State.FINISHED:
        st.caption("This model is in view on the other pages.")


def rename(run: Run) -> None:
    try_to(run.rename, st.session_state[f"name {run.id}"])


DELETION = Deletion(
    "train",
    lambda _: run_in_view.look_at(None),
    lambda back: run_in_view.look_at(back[-1]),
)

show.title(
    "Choose a recipe and start. You may leave, reload or open a second tab: the run goes on, and the URL "
    "names it.",
)
DELETION.offer_undo()
view = shell.view()
run = run_in_view.current()
if run:
    settings.begin_with(run.config(), len(view.digits.train))
settings.begin(len(view.digits.train))
link.adopt(linked(len(view.digits.train)))
with st.container(horizontal=True, gap="medium"):
    controls, results = st.container(key="controls", width=300), st.container(key="results")
with controls:
    chosen = show_settings(view, run)
    run_in_view.choose(run)
with results:
    if run is None:
        beginning.invite(view, chosen)
    else:
        start.show_known(run, view.digits.name)
        live.show_run(run)
        show_ending(run)
