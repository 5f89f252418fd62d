"""A sweep of the visitor's own on the Trade-offs page: what to train, how far it is, what came out."""

import pandas
import streamlit as st

from ae_core.errors import ConfigError
from ae_core.glossary import explained
from ae_core.jobs.states import State
from ae_core.studies.study import MAX_PARTS
from ae_core.studies.sweep import Sweep, SweepConfig
from ae_core.studies.sweep_results import COLUMNS, known_before, summary, sweep_table
from ae_core.words import counted
from ui.shell import shell
from ui.shell.theme import plain
from ui.tradeoffs import sweep_form
from ui.widgets import cost, export
from ui.widgets.steering import Steering, service, show_bar, store

EMPTY = summary(pandas.DataFrame({"architecture": [], "latent_dim": [], "test_error": []}))


STEERING = Steering(Sweep, "The models that it has trained stay.")


def results(sweep: Sweep | None, dataset: str) -> pandas.DataFrame:
    """What is known of its points; nothing where it was made on another data set: errors do not compare."""
    if sweep is None or sweep.dataset != dataset:
        return EMPTY
    return summary(sweep_table(store(), sweep))


# -- asking for one


def ask(view: shell.View, present: Sweep | None) -> None:
    """The form. Raises nothing: what cannot be is said beneath it."""
    form = sweep_form.ask(view.digits.name, present)
    try:
        config = form.config(view.digits.name)
        show_cost(config, len(view.digits.train))
    except ConfigError as error:
        config = None
        st.error(plain(str(error)))
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
    if refusal := STEERING.refusal():
        st.error(refusal)


def can_take(present: Sweep, config: SweepConfig, view: shell.View) -> bool:
    """Whether what the form says is of the same recipe, on the same data set."""
    batch_size = min(config.train.batch_size, len(view.digits.train))
    recipe = config.model, config.train.with_changes(batch_size=batch_size)
    return present.dataset == view.digits.name and (present.config.model, present.config.train) == recipe


def show_cost(config: SweepConfig, training_digits: int) -> None:
    cost.show(
        f"**{counted(config.trainings, 'training')}** of at most {MAX_PARTS} · "
        f"{{time}} on {training_digits:,} digits",
        [(model, train.with_changes(seed=0), training_digits) for model, train in config.points()],
    )


def start(dataset: str) -> None:
    owner = shell.visitor()
    STEERING.begin(lambda: service().start(sweep_form.wanted(dataset), owner), owner)


def extend(sweep_id: str) -> None:
    def widen() -> None:
        sweep = STEERING.get(sweep_id)
        service().extend(sweep, sweep_form.wanted(sweep.dataset))

    STEERING.try_to(widen)


# -- watching one


def show_progress(sweep: Sweep, dataset: str) -> None:
    """How far it is, its buttons, and its table. Refreshes itself; the page, when a point has finished.

    dataset: the one in view.
    """
    table = sweep_table(store(), sweep)
    st.markdown(f"**{plain(sweep.title())}**")
    STEERING.show_buttons(sweep, finished(table) == len(table), (table["state"] == State.FAILED).any())
    if sweep.dataset != dataset:
        title = plain(shell.title_of_dataset(sweep.dataset))
        st.info(f"Made on **{title}**: choose that data set in the sidebar to see it on the curve.")
    STEERING.keep_watch(watch, sweep, finished(table), len(table))
    if finished(table) == len(table):
        show_known(sweep, len(table))
    show_failures(sweep, table)
    st.dataframe(
        table.assign(state=table["state"].where(table["learned_nothing"].ne(True), "learned nothing")),
        hide_index=True,
        placeholder="–",
        column_order=("architecture", "latent_dim", "seed", "state", "test_error", "seconds", "parameters"),
        column_config={
            "architecture": st.column_config.TextColumn("Architecture", help=explained("Architecture")),
            "latent_dim": st.column_config.NumberColumn(
                "Latent dimension", format="%d", help=explained("Latent dimension")
            ),
            "seed": st.column_config.NumberColumn("Seed", format="%d", help=explained("Seed")),
            "state": "State",
            "test_error": st.column_config.NumberColumn(
                "Test error", format="%.5f", help=explained("Test error")
            ),
            "seconds": st.column_config.NumberColumn("Training time", format="%.1f s"),
            "parameters": st.column_config.NumberColumn(
                "Parameters", format="localized", help=explained("Parameter")
            ),
        },
    )
    export.offer_csv("Table as CSV", lambda: table[list(COLUMNS)], f"sweep-{sweep.id}")


def show_known(sweep: Sweep, trainings: int) -> None:
    """The same digits, recipe and seed come to the same model: nobody has waited for those."""
    known = known_before(store(), sweep)
    if known == trainings:
        st.caption(
            f"Nothing had to be trained: {counted(known, 'training')} of these settings were done before."
        )
    elif known:
        st.caption(f"{known} of {counted(trainings, 'training')} were done before and not trained again.")


def watch(sweep: Sweep, shown: int) -> None:
    """Tends what is on file: with what this tab showed last, it would undo what another one has done."""
    if STEERING.has_changed(sweep):
        st.rerun()  # the page around it says how
    service().reconcile(sweep)
    table = sweep_table(store(), sweep)
    done, running = finished(table), table[table["state"] == State.RUNNING].to_dict("records")
    show_bar(sweep, table["share"].mean(), done, len(table), "training", map(name_of, running))
    if done != shown:
        st.rerun()  # the curve has a new point; the page takes a while to get here again


def show_failures(sweep: Sweep, table: pandas.DataFrame) -> None:
    for row in table[table["message"] != ""].to_dict("records"):
        seed = f", seed {row['seed']}" if len(sweep.config.seeds) > 1 else ""
        st.warning(f"**{name_of(row)}{seed}**: {plain(row['message'])}", icon=":material/error:")


def name_of(row: dict) -> str:
    return f"{row['architecture']}-{row['latent_dim']}"


def finished(table: pandas.DataFrame) -> int:
    return int(table["state"].isin([State.FINISHED, State.FAILED]).sum())
