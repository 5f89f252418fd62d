"""The live view of a run: where it stands, its curves, its ten digits, and its buttons."""

from collections.abc import Callable

import pandas
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ae_core.glossary import explained
from ae_core.jobs.states import Action, State
from ae_core.runs.config import Progress, RunConfig
from ae_core.runs.mlflow import tracked
from ae_core.runs.run import Run
from ae_core.runs.service import TrainingService, shared_service
from ae_core.words import counted, duration, three_digits
from ui.shell import cached, run_label, shell
from ui.shell.theme import plain
from ui.train import code_map, curves, film
from ui.widgets import error_scale, remedy
from ui.widgets.labels import labelled
from ui.widgets.trying import try_to

REFRESH_SECONDS, IDLE_REFRESH_SECONDS = 0.5, 2.0
RATE = "Peak learning rate of this run"
BADGES = {
    State.QUEUED: ("waiting", "gray", ":material/hourglass_top:"),
    State.RUNNING: ("training", "blue", ":material/play_arrow:"),
    State.PAUSED: ("paused", "orange", ":material/pause:"),
    State.FINISHED: ("finished", "green", ":material/check:"),
    State.STOPPED: ("stopped", "gray", ":material/stop:"),
    State.FAILED: ("failed", "red", ":material/error:"),
    State.INTERRUPTED: ("interrupted", "orange", ":material/warning:"),
}


def show_run(run: Run) -> None:
    """The whole view. Only what changes while the run goes on refreshes itself.

    The name, the state and the buttons are drawn once a state: a button that is drawn anew twice a second
    can miss the press that falls between two drawings.
    """
    state = shared_service().state(run)
    with st.container():  # always there, so that what follows keeps its place from state to state
        show_state(run, state)
    with st.container():
        show_buttons(shared_service(), run, state)
    scale = error_scale.of(shell.view())
    st.fragment(watch, run_every=refresh_seconds(state))(run, state, earlier_runs(run), scale.full)
    error_scale.show_legend(shell.view(), scale)


def refresh_seconds(state: State) -> float | None:
    """Often while it trains, now and then while another tab may continue it, never once it is over."""
    if state.is_active:
        return REFRESH_SECONDS
    return IDLE_REFRESH_SECONDS if state.can_resume else None


def earlier_runs(run: Run) -> dict[str, str]:
    """What may be drawn beside it: labels of the newest other runs by their ids."""
    newest = shell.listed_runs()[: run_label.LISTED]
    return {each.id: run_label.label(each) for each in newest if each.id != run.id}


def watch(run: Run, shown: State, earlier: dict[str, str], full_error: float) -> None:
    """Reads this run alone, and those that it is compared with. full_error: of its error maps."""
    if not run.exists():
        st.rerun()  # deleted in another tab: the page says so
    service = shared_service()
    if service.state(run) is not shown:
        st.rerun()  # the buttons change, and the page around them: the sidebar may gain a model
    config, progress, metrics = run.config(), run.progress(), run.metrics()
    st.progress(progress.share(config.train.epochs), text=place_text(service, run, shown, config, progress))
    left, right = places(run, shown, config)
    with left:
        show_curves(run, config, progress, metrics, earlier)
    begun = progress.epoch + bool(progress.step)
    last = config.train.epochs if shown.is_active else max(1, min(begun, config.train.epochs))
    film.show_film(run, last, full_error, left, right)


def places(run: Run, state: State, config: RunConfig) -> tuple[DeltaGenerator, DeltaGenerator | None]:
    """Where curves and digits go and, beside them, the map of a two-number code.

    A run from before maps were recorded has none, and none comes unless a worker takes it up again.
    """
    if config.model.latent_dim != 2 or not (state.is_active or len(run.codes()[0])):
        return st.container(), None
    with st.container(horizontal=True, gap="medium"):
        return st.container(key="curve"), st.container(key="map", width=code_map.WIDTH)


def show_state(run: Run, state: State) -> None:
    word, hue, icon = BADGES[state]
    caution = "" if state.is_active else run.caution()
    if caution:
        word, hue, icon = f"{word}, learned nothing", "orange", ":material/warning:"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(plain(run.name), anchor=False, width="content")
        st.badge(word, color=hue, icon=icon)
    if run.message():
        st.error(plain(run.message()))
    elif state is State.INTERRUPTED:
        st.warning("Its worker is gone. Nothing up to the last saved epoch is lost: go on when you like.")
    if caution and st.session_state.get("model") != run.id:  # of the model in view every page says it
        st.warning(caution, icon=":material/warning:")
    if trouble := tracked(run).trouble:
        st.caption(f":material/cloud_off: {plain(trouble)}")
    if not state.is_active:
        remedy.offer(run)


def place_text(
    service: TrainingService, run: Run, state: State, config: RunConfig, progress: Progress
) -> str:
    epochs = config.train.epochs
    if state.is_active and service.trouble:
        return service.trouble
    if state is State.QUEUED:
        if run.control().action is Action.STOP:
            return "Ends as soon as a worker has saved its model, as asked"
        place = service.place(run)
        if not place:
            return "Starting: the worker takes it up now"
        return f"Waiting: {counted(place, 'job')} before it"
    if state is not State.RUNNING:
        within = f", then {progress.step} of {progress.steps} steps" if progress.step else ""
        reason = run.why_stopped() if state is State.FINISHED else ""
        by_itself = f": stopped by itself. {reason}" if reason else ""
        return f"Epoch {progress.epoch} of {epochs}{within}{by_itself}"
    parts = [f"Epoch {min(progress.epoch + 1, epochs)} of {epochs}"]
    if progress.steps:
        parts.append(f"step {progress.step} of {progress.steps}")
    if run.control().action in (Action.PAUSE, Action.STOP):
        parts.append("ending after this batch, as asked")
    elif progress.images_per_second:
        parts.append(f"{progress.images_per_second:,.0f} images/s")
    if progress.remaining_seconds is not None:
        parts.append(f"{duration(progress.remaining_seconds)} left")
    if progress.learning_rate:
        parts.append(f"learning rate {three_digits(progress.learning_rate)}")
    return " · ".join(parts)


def show_buttons(service: TrainingService, run: Run, state: State) -> None:
    """Buttons for what the run can do in its state."""
    if state in (State.FINISHED, State.FAILED):
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if state is State.RUNNING or (state is State.QUEUED and run.has_checkpoint()):
            button("Pause", ":material/pause:", service.pause, run)
        if state.can_resume:
            button("Resume", ":material/play_arrow:", service.resume, run, kind="primary")
        if state.can_resume or state is State.RUNNING:
            button("Step one epoch", ":material/skip_next:", service.step, run)
        if state is not State.STOPPED:
            button("Stop", ":material/stop:", service.stop, run)
        choose_learning_rate(run)


def button(label: str, icon: str, act: Callable[[Run], None], run: Run, kind: str = "secondary") -> None:
    st.button(label, icon=icon, type=kind, key=f"{label} {run.id}", on_click=try_to, args=(act, run))


def choose_learning_rate(run: Run) -> None:
    key = f"rate {run.id}"
    st.session_state.setdefault(key, learning_rate(run))
    st.number_input(
        RATE,
        format="%.6g",
        step=0.001,
        key=key,
        on_change=set_learning_rate,
        args=(run, key),
        help=explained(
            "Learning rate", "Takes effect at once and stretches the rest of the schedule to the new peak."
        ),
        width=220,
    )


def learning_rate(run: Run) -> float:
    """The peak that was asked for last."""
    return run.control().peak_learning_rate or run.config().train.peak_learning_rate


def set_learning_rate(run: Run, key: str) -> None:
    ask = labelled({"peak_learning_rate": RATE})(run.request)
    try_to(lambda: ask(peak_learning_rate=float(st.session_state[key])))
    st.session_state[key] = learning_rate(run)  # the old one, where the new one was refused


def show_curves(
    run: Run, config: RunConfig, progress: Progress, metrics: pandas.DataFrame, earlier: dict[str, str]
) -> None:
    """The chart, and beneath it what to draw in it: the choice is read before it is shown."""
    chart, choice = st.container(), st.container(horizontal=True, vertical_alignment="center")
    with choice:
        st.session_state.setdefault("logarithmic", True)
        logarithmic = st.toggle("Logarithmic loss axis", key="logarithmic", persist_state="session")
        others = choose_others(earlier)
    table = curves.loss_table(metrics, progress.curve, run.name, config.model)
    tables = [earlier_table(*other) for other in others.items()]
    others_table = pandas.concat(tables) if tables else table.iloc[:0]
    chart.vega_lite_chart(
        spec=curves.loss_chart(table, others_table, config.train.epochs, logarithmic=logarithmic),
        width="stretch",
        key=f"losses {run.id}",
        alt=f"Training and validation loss of {run.name}",
    )
    if len(metrics):
        chart.caption(describe_losses(metrics, config))


def describe_losses(metrics: pandas.DataFrame, config: RunConfig) -> str:
    last = metrics.iloc[-1]
    kl = f" KL divergence **{three_digits(last['kl'])}** nats a digit." if config.model.is_variational else ""
    return (
        f"After epoch {int(last['number'])}: training **{three_digits(last['train_loss'])}**, "
        f"validation **{three_digits(last['validation_loss'])}** per-pixel mean squared error. "
        f"{how_measured(config)}{kl}"
    )


def how_measured(config: RunConfig) -> str:
    """Why the two losses may differ on the same digits."""
    harder = [
        name
        for name, there in (
            ("noise on the digits", config.train.denoising),
            ("half of the digits moved and turned", config.train.augmentation),
            ("codes sampled at random", config.model.is_variational),
        )
        if there
    ]
    under, without = (f", with {' and '.join(harder)}", ", without") if harder else ("", "")
    return (
        f"Training is measured during the epoch, while the weights still move{under}; validation after it"
        f"{without}. So training can lie above validation."
    )


def choose_others(earlier: dict[str, str]) -> dict[str, str]:
    """Labels of the chosen ones by their ids."""
    chosen = st.multiselect(
        "Compare with earlier runs",
        list(earlier),
        format_func=lambda run_id: earlier.get(run_id, run_id),
        key="compare",
        persist_state="session",
        max_selections=5,
        placeholder="Compare with earlier runs",
        label_visibility="collapsed",
    )
    return {run_id: earlier[run_id] for run_id in chosen if cached.store().at(run_id).exists()}


def earlier_table(run_id: str, label: str) -> pandas.DataFrame:
    run = cached.store().at(run_id)
    return curves.loss_table(run.metrics(), run.progress().curve, label, run.config().model)
