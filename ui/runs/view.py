"""What is seen of chosen runs: one with what can be done to it, or several side by side."""

from typing import Any

import pandas
import streamlit as st

from ae_core.jobs.states import State
from ae_core.models.build import parameter_count
from ae_core.runs.config import WEIGHTS, Facts, RunConfig
from ae_core.runs.mlflow import tracked
from ae_core.runs.overview import differences
from ae_core.runs.run import Run
from ae_core.runs.service import shared_service
from ae_core.words import duration, three_digits
from ui.runs import acts, chosen, curves, digits
from ui.shell import shell
from ui.shell.theme import plain
from ui.widgets import export, remedy
from ui.widgets.labels import SETTINGS

LABELS = SETTINGS | {"dataset": "Data set", "classes": "Digits trained on"}


def show_chosen(view: shell.View, tags: list[str]) -> None:
    """tags: of all runs, to choose from."""
    runs = chosen.runs()
    if not runs:
        return
    if len(runs) == 1:
        show_one(view, runs[0], tags)
    else:
        show_several(view, runs, tags)


def show_one(view: shell.View, run: Run, tags: list[str]) -> None:
    state = shared_service().state(run)
    st.header(plain(run.name), anchor=False)
    if message := run.message():
        st.error(plain(message))
    elif caution := run.caution():
        st.warning(caution, icon=":material/warning:")
    if trouble := tracked(run).trouble:
        st.caption(f":material/cloud_off: {plain(trouble)}")
    if not state.is_active and remedy.offer(run):
        acts.go_to_train()
    if state is State.FINISHED and (reason := run.why_stopped()):
        st.info(f"It stopped by itself. {reason}", icon=":material/timer:")
    facts, pictures = st.columns([1, 2], gap="large")
    with facts:
        show_figures(run, state)
        acts.ask_name(run)
        acts.ask_tags([run], tags)
        with st.container(horizontal=True):
            acts.offer_again(run)
            acts.offer_look(run)
            export.offer_run(run)
            if not state.is_active:
                acts.DELETION.ask([run])
    with pictures:
        show_curves([run])
        digits.show_digits(view, [run])


def show_figures(run: Run, state: State) -> None:
    config, facts = run.config(), run.facts(state)
    lines = {
        "State": str(state),
        "Network": f"{config.model.architecture}, {parameter_count(config.model):,} parameters",
        "Epochs": told_epochs(config, facts),
        "Validation loss": told_losses(facts),
        "Test error": "-" if facts.test_error is None else three_digits(facts.test_error),
    }
    st.markdown("\n".join(f"- {name}: **{value}**" for name, value in lines.items()))


def told_epochs(config: RunConfig, facts: Facts) -> str:
    if config.origin == WEIGHTS:
        return "not known, only its weights were brought in"
    return f"{facts.epochs} of {config.train.epochs} in {duration(facts.seconds)}"


def told_losses(facts: Facts) -> str:
    if facts.validation_loss is None or facts.best_validation_loss is None:
        return "-"
    last, best = three_digits(facts.validation_loss), three_digits(facts.best_validation_loss)
    return last if last == best else f"{last}, best {best} after epoch {facts.best_epoch}"


def show_several(view: shell.View, runs: list[Run], tags: list[str]) -> None:
    side_by_side = runs[: chosen.MOST]
    with st.container(horizontal=True, vertical_alignment="center"):
        more = f", the first {chosen.MOST} of {len(runs)} chosen" if len(runs) > chosen.MOST else ""
        st.header(f"{len(side_by_side)} runs side by side{more}", anchor=False, width="stretch")
        st.button("Choose none", icon=":material/close:", on_click=chosen.put, args=([],))
        acts.DELETION.ask(runs)
    left, right = st.columns(2, gap="large")
    with left:
        show_curves(side_by_side)
        show_differences(side_by_side)
        acts.ask_tags(runs, tags)
    with right:
        digits.show_digits(view, side_by_side)


def show_curves(runs: list[Run]) -> None:
    place, choice = st.container(), st.container(horizontal=True, vertical_alignment="center")
    with choice:
        logarithmic = st.toggle("Logarithmic", key="runs logarithmic", persist_state="session")
        training = st.toggle("Training loss too", key="runs training loss", persist_state="session")
        asked = st.segmented_control(
            "Against",
            list(curves.X),
            format_func=lambda each: f"by {each}",
            key="runs by",
            required=True,
            label_visibility="collapsed",
            persist_state="session",
        )
    by = asked or curves.BY_EPOCH  # any client can send nothing
    called = chosen.names(runs)
    tables = [curves.curve_table(run.metrics(), name) for run, name in zip(runs, called, strict=True)]
    table = pandas.concat(tables, ignore_index=True)
    with place:
        if table.empty:
            st.info(
                "No epoch of it is finished yet: there is no curve to show.", icon=":material/show_chart:"
            )
            return
        st.vega_lite_chart(
            spec=curves.chart(table, called, by, logarithmic=logarithmic, training=training),
            width="stretch",
            key="runs curves",
            alt=f"Validation loss of {', '.join(called)} by {by}",
        )
        st.caption("Validation loss after each epoch" + ("; training loss dashed." if training else "."))
    with choice:
        export.offer_csv("Curves as CSV", lambda: table, "runs-curves")


def show_differences(runs: list[Run]) -> None:
    differing = differences(run.config() for run in runs)
    st.markdown("**Where their recipes differ**")
    if not differing:
        st.caption("Nowhere: the same model, recipe, seed and data.")
        return
    said = [
        {"Setting": LABELS[name]}
        | {run: spoken(value) for run, value in zip(chosen.names(runs), values, strict=True)}
        for name, values in differing.items()
    ]
    st.dataframe(pandas.DataFrame(said), hide_index=True, key="runs differences", alt="Settings that differ")


def spoken(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")
