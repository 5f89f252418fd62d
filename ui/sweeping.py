"""A sweep of the visitor's own on the Trade-offs page: what to train, how far it is, what came out."""

import pandas
import streamlit as st

from ae_core.config import ModelConfig, TrainConfig
from ae_core.errors import ConfigError, LabError
from ae_core.estimate import estimate_seconds
from ae_core.jobs import shared_service
from ae_core.runs import State
from ae_core.sweep_service import SweepService
from ae_core.sweeps import MAX_TRAININGS, Sweep, SweepConfig, SweepStore, Wish, summary
from ui import cached, export, numbers, shell
from ui.theme import duration

REFRESH_SECONDS = 1.0
SWEEP = "sweep"
REFUSED = "sweep refused"
SEEDS = "Seeds"
DIMS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256)
EMPTY = summary(pandas.DataFrame({"architecture": [], "latent_dim": [], "test_error": []}))


def service() -> SweepService:
    return SweepService(shared_service())


def current() -> Sweep | None:
    """The sweep that the address names, else the visitor's newest that is there."""
    asked = st.query_params.get(SWEEP) or st.session_state.get(SWEEP)
    if not asked:
        return None
    try:
        found = SweepStore(cached.store()).get(asked)
    except LabError as error:
        st.warning(str(error))
        st.session_state.pop(SWEEP, None)
        st.session_state.pop(REFUSED, None)  # by a handle on it, in the same words
        st.query_params.pop(SWEEP, None)
        return None
    look_at(found)
    return found


def look_at(sweep: Sweep) -> None:
    st.session_state[SWEEP] = sweep.id
    if st.query_params.get(SWEEP) != sweep.id:
        st.query_params[SWEEP] = sweep.id


def results(sweep: Sweep | None, dataset: str) -> pandas.DataFrame:
    """What is known of its points; nothing where it was made on another data set: errors do not compare."""
    if sweep is None or sweep.dataset != dataset:
        return EMPTY
    return summary(SweepStore(cached.store()).table(sweep))


# -- asking for one


def ask(view: shell.View, present: Sweep | None) -> None:
    """The form. Raises nothing: what cannot be is said beneath it."""
    choose_points()
    choose_recipe(view.digits.name)
    try:
        config = wanted(view.digits.name)
        show_cost(config, len(view.digits.train))
    except ConfigError as error:
        config = None
        st.error(str(error))
    with st.container(horizontal=True):
        st.button(
            "Start sweep",
            icon=":material/play_arrow:",
            type="primary",
            disabled=config is None,
            on_click=start,
            args=(view.digits.name,),
        )
        if present and config and can_take(present, config, view):
            st.button("Add to this sweep", icon=":material/add:", on_click=extend, args=(present.id,))
    if refusal := st.session_state.pop(REFUSED, ""):
        st.error(refusal)


def choose_points() -> None:
    st.pills(
        "Latent dimensions",
        DIMS,
        selection_mode="multi",
        default=(2, 4, 8, 16, 32, 64),
        key="sweep dims",
        persist_state="session",
        wrap=True,
    )
    kinds, seeds = st.columns(2)
    with kinds:
        st.multiselect(
            "Architectures",
            ModelConfig.rule("architecture").choices,
            default=["dense"],
            key="sweep kinds",
            persist_state="session",
        )
    with seeds:
        numbers.ask(SEEDS, 1, "sweep seeds", help="Trainings of each point; their spread is shown as a bar.")


def choose_recipe(dataset: str) -> None:
    """Each data set has fields of its own: few digits need more passes, in smaller steps."""
    small = dataset == "embedded"
    epochs, batch = st.columns(2)
    with epochs:
        numbers.ask("Epochs each", 20 if small else 3, f"sweep epochs {dataset}")
    with batch:
        numbers.ask("Batch size", 64 if small else 256, f"sweep batch {dataset}")


def wanted(dataset: str) -> SweepConfig:
    """What the form says for that data set. Raises ConfigError."""
    state = st.session_state
    return SweepConfig(
        tuple(sorted(state["sweep dims"])),
        tuple(state["sweep kinds"]),
        tuple(range(numbers.asked(SEEDS, "sweep seeds", 1, MAX_TRAININGS))),
        ModelConfig(),
        TrainConfig(epochs=state[f"sweep epochs {dataset}"], batch_size=state[f"sweep batch {dataset}"]),
    )


def can_take(present: Sweep, config: SweepConfig, view: shell.View) -> bool:
    """Whether what the form says is of the same recipe, on the same data set."""
    batch_size = min(config.train.batch_size, len(view.digits.train))
    recipe = config.model, config.train.with_changes(batch_size=batch_size)
    return present.dataset == view.digits.name and (present.config.model, present.config.train) == recipe


def show_cost(config: SweepConfig, training_digits: int) -> None:
    seconds = sum(
        estimate_seconds(point.model, point.train.with_changes(seed=0), training_digits)
        for point in config.points()
    )
    st.markdown(
        f"**{config.trainings}** {'training' if config.trainings == 1 else 'trainings'} of at most "
        f"{MAX_TRAININGS} · about **{duration(seconds)}** on {training_digits:,} digits"
    )


def start(dataset: str) -> None:
    try_to(lambda: service().start(wanted(dataset), dataset, shell.visitor()))


def extend(sweep_id: str) -> None:
    def widen() -> Sweep:
        sweep = SweepStore(cached.store()).get(sweep_id)
        return service().extend(sweep, wanted(sweep.dataset))

    try_to(widen)


def try_to(make) -> None:
    try:
        look_at(make())
    except LabError as error:
        st.session_state[REFUSED] = str(error)
    except OSError as error:
        st.session_state[REFUSED] = f"The sweep cannot be stored: {error.strerror or error}."


# -- watching one


def show_progress(sweep: Sweep, dataset: str) -> None:
    """How far it is, its handles, and its table. Refreshes itself; the page, when a point has finished.

    dataset: the one in view.
    """
    table = SweepStore(cached.store()).table(sweep)
    show_handles(sweep, table)
    if sweep.dataset != dataset:
        title = shell.DATASET_TITLES.get(sweep.dataset, sweep.dataset)
        st.info(f"Made on **{title}**: choose that data set in the sidebar to see it on the curve.")
    going = sweep.wish is Wish.RUN and not is_over(table)
    st.fragment(watch, run_every=REFRESH_SECONDS if going else None)(sweep, finished(table))
    show_failures(sweep, table)
    st.dataframe(
        table,
        hide_index=True,
        column_order=("architecture", "latent_dim", "seed", "state", "test_error", "seconds", "parameters"),
        column_config={
            "architecture": "Architecture",
            "latent_dim": st.column_config.NumberColumn("Latent dimension", format="%d"),
            "seed": st.column_config.NumberColumn("Seed", format="%d"),
            "state": "State",
            "test_error": st.column_config.NumberColumn("Test error", format="%.5f"),
            "seconds": st.column_config.NumberColumn("Training time", format="%.1f s"),
            "parameters": st.column_config.NumberColumn("Parameters", format="localized"),
        },
    )
    export.offer_csv("Table as CSV", lambda: table, f"sweep-{sweep.id}")


def watch(sweep: Sweep, shown: int) -> None:
    """Tends what is on file: with what this tab showed last, it would undo what another one has done."""
    if on_file(sweep.id) != sweep:
        st.rerun()  # paused, continued, extended or deleted elsewhere: the page around it says so
    service().tend(sweep)
    table = SweepStore(cached.store()).table(sweep)
    done = finished(table)
    if done != shown:
        st.rerun()  # the curve has a new point
    running = table[table["state"] == State.RUNNING]
    now = "" if running.empty else " · now " + ", ".join(map(name_of, running.to_dict("records")))
    st.progress(done / len(table), text=f"{done} of {len(table)} trainings{now}")


def show_failures(sweep: Sweep, table: pandas.DataFrame) -> None:
    messages = {run.id: run.message() for run in service().failed(sweep)}
    for row in table[table["run"].isin(messages.keys())].to_dict("records"):
        seed = f", seed {row['seed']}" if len(sweep.config.seeds) > 1 else ""
        st.warning(f"**{name_of(row)}{seed}**: {messages[row['run']]}", icon=":material/error:")


def on_file(sweep_id: str) -> Sweep | None:
    """None for one that is gone or damaged."""
    try:
        return SweepStore(cached.store()).get(sweep_id)
    except LabError:
        return None


def name_of(row: dict) -> str:
    return f"{row['architecture']}-{row['latent_dim']}"


def finished(table: pandas.DataFrame) -> int:
    return int(table["state"].isin([State.FINISHED, State.FAILED]).sum())


def is_over(table: pandas.DataFrame) -> bool:
    return finished(table) == len(table)


def show_handles(sweep: Sweep, table: pandas.DataFrame) -> None:
    st.markdown(f"**{sweep.title()}**")
    if (table["state"] == State.FINISHED).all():
        return
    with st.container(horizontal=True):
        if is_over(table):
            handle("Try again", ":material/refresh:", service().go_on, sweep.id)
        elif sweep.wish is Wish.RUN:
            handle("Pause", ":material/pause:", service().pause, sweep.id)
            handle("Stop", ":material/stop:", service().stop, sweep.id)
        else:
            handle("Go on", ":material/play_arrow:", service().go_on, sweep.id)


def handle(label: str, icon: str, act, sweep_id: str) -> None:
    """Acts on what is on file at the click: another tab may have changed or deleted it since it was drawn."""
    st.button(
        label,
        icon=icon,
        key=f"sweep {label}",
        on_click=try_to,
        args=(lambda: act(SweepStore(cached.store()).get(sweep_id)),),
    )
