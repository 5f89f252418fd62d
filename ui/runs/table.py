"""The table of all runs: what is searched for, in what order, and the rows that are sent."""

from collections.abc import Iterable

import pandas
import streamlit as st

from ae_core.glossary import explained
from ae_core.jobs.states import State
from ae_core.models.build import ARCHITECTURES
from ae_core.runs.config import WEIGHTS, Facts, RunConfig
from ae_core.runs.overview import Overview, Row, matching, ordered
from ae_core.runs.run import Listed
from ae_core.runs.service import shared_service
from ae_core.studies.results import aurocs_of_models
from ae_core.words import counted
from ui.runs import chosen, curves
from ui.shell import cached, link, shell
from ui.shell.memory import kept
from ui.widgets import steering

SHOWN = 200  # rows: a browser gets no longer table
HEIGHT = 320  # pixels, at most
ROW_HEIGHT, HEADER = 35, 38  # Streamlit's own
LONGEST_SEARCH = 80
NEWEST = "newest"
ORDER_NAMES = {
    NEWEST: "Newest first",
    "test error": "Lowest test error first",
    "validation loss": "Lowest validation loss first",
    "best validation loss": "Lowest best validation first",
    "AUROC": "Highest AUROC first",
    "time": "Shortest first",
    "images/s": "Fastest first",
    "size": "Largest first",
}
LOOK_SECONDS = 3.0
WATCHED = "rows being watched"


@kept(entries=1)
def overview() -> Overview:
    return Overview(cached.store())


@kept(entries=1, seconds=LOOK_SECONDS)
def aurocs() -> dict[str, float]:
    return aurocs_of_models(steering.store())


def all_rows() -> list[Row]:
    return overview().rows(listed(), aurocs=aurocs())


def tags_of(listed: Iterable[Listed]) -> list[str]:
    return sorted({tag for each in listed for tag in each.tags})


def linked() -> list[link.Field]:
    """What the URL says of the page."""
    data, tags = sorted({each.config.dataset for each in listed()}), tags_of(listed())
    return [
        link.words("search", "runs search", LONGEST_SEARCH, "Search"),
        link.several("state", "runs State", map(str, State), "State", []),
        link.several("kind", "runs Model", ARCHITECTURES, "Model", []),
        link.several("of", "runs Data", data, "Data", []),
        link.several("tags", "runs Tags", tags, "Tags", [], spelled=str),
        link.choice("order", "runs order", ORDER_NAMES, "Order", NEWEST),
        link.switch("studies", "runs of studies", "Those of sweeps and experiments too", usual=False),
        link.choice("by", "runs by", curves.X, "Curves by", curves.BY_EPOCH),
        link.switch("log", "runs logarithmic", "Logarithmic", usual=True),
        link.switch("training", "runs training loss", "Training loss too", usual=False),
        chosen.field(),
    ]


def ask(rows: list[Row]) -> list[Row]:
    """The fields above the table, and those of the runs that they leave, in the order asked for."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(
            "Search",
            key="runs search",
            type="search",
            placeholder="Name, model, data, recipe",
            max_chars=LONGEST_SEARCH,
            width=200,
            persist_state="session",
        )
        states = choose("State", [str(state) for state in State], 150)
        models = choose("Model", list(ARCHITECTURES), 150)
        data = choose("Data", sorted({row.listed.config.dataset for row in rows}), 130)
        tags = choose("Tags", tags_of(row.listed for row in rows), 130)
        order = st.selectbox(
            "Order",
            list(ORDER_NAMES),
            key="runs order",
            format_func=ORDER_NAMES.get,
            width=220,
            persist_state="session",
        )
    found = matching(rows, search, states=states, models=models, data=data, tags=tags)
    return ordered(found, order)


def choose(label: str, options: list[str], width: int) -> list[str]:
    return st.multiselect(
        label,
        options,
        key=f"runs {label}",
        placeholder="All",
        width=width,
        persist_state="session",
        format_func=lambda option: option.replace("_", " "),
    )


def listed() -> list:
    """All runs, newest first; those of sweeps and experiments where the visitor has asked for them."""
    if st.session_state.get("runs of studies"):
        return cached.store().listed(of_studies=True)
    return shell.listed_runs()


def show(rows: list[Row], total: int) -> None:
    """The first of the rows. Those chosen in it are `chosen.ids`."""
    shown = rows[:SHOWN]
    ids = [row.id for row in shown]
    places = [place for place, run_id in enumerate(ids) if run_id in chosen.ids()]
    # A new table whenever its rows are others: the browser tells the chosen ones by their places.
    event = st.dataframe(
        in_columns(shown),
        key=f"runs {hash(tuple(ids))} {chosen.version()}",
        hide_index=True,
        height=min(HEIGHT, HEADER + ROW_HEIGHT * max(1, len(shown))),
        column_config=COLUMNS,
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": places, "columns": [], "cells": []}},
        alt="Table of runs",
    )
    chosen.take(ids, [ids[place] for place in event.selection.rows if place < len(ids)])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(caption(rows, total), width="stretch")
        st.toggle(
            "Those of sweeps and experiments too",
            key="runs of studies",
            persist_state="session",
            width="content",
        )


def caption(rows: list[Row], total: int) -> str:
    told = counted(len(rows), "run") if len(rows) == total else f"{len(rows):,} of {counted(total, 'run')}"
    if len(rows) > SHOWN:
        told += f", the first {SHOWN} shown: search or filter for others"
    unread = sum(row.facts is None for row in rows)
    if unread:
        told += f"; figures of {unread:,} are still being read"
    return f"{told}. **Choose one to see it, several to compare them** by the boxes on the left."


def in_columns(rows: list[Row]) -> pandas.DataFrame:
    table = [
        {
            "Name": row.listed.name,
            "Tags": row.listed.tags,
            "State": "learned nothing" if row.listed.caution else str(state_of(row)),
            "Model": row.model,
            "Data": row.data,
            "Recipe": row.recipe,
            "Epochs": row.facts and epochs(row.facts, row.listed.config),
            "Validation": row.facts and row.facts.validation_loss,
            "Best": row.facts and row.facts.best_validation_loss,
            "Test error": row.facts and row.facts.test_error,
            "AUROC": row.facts and row.facts.auroc,
            "Time": row.facts and row.facts.seconds,
            "Images/s": row.facts and rounded(row.facts.images_per_second),
            "Size": row.facts and row.facts.bytes / 1e6,
        }
        for row in rows
    ]
    return pandas.DataFrame(table, columns=list(COLUMNS))


def epochs(facts: Facts, config: RunConfig) -> str:
    return "" if config.origin == WEIGHTS else f"{facts.epochs} of {config.train.epochs}"


def rounded(value: float | None) -> int | None:
    return None if value is None else round(value)


def state_of(row: Row) -> State:
    """As it stands now: a worker may have fallen silent."""
    return shared_service().state(cached.store().at(row.id)) if row.state.is_active else row.state


def text(width: int, words: str | None = None) -> dict:
    return st.column_config.TextColumn(width=width, help=words)


def number(label: str, style: str, words: str, width: int = 90) -> dict:
    return st.column_config.NumberColumn(label, format=style, help=words, width=width)


COLUMNS = {
    "Name": text(230),
    "State": text(115),
    "Model": text(125, explained("Architecture", explained("Latent dimension"))),
    "Test error": number("Test error", "%.3g", explained("Test error")),
    "AUROC": number(
        "AUROC",
        "%.3f",
        explained(
            "AUROC",
            "By the error, of other classes than those trained on; of a run on all classes, the mean of what "
            "experiments on Anomaly found.",
        ),
        80,
    ),
    "Validation": number("Validation", "%.3g", explained("Validation loss", "Here the last.")),
    "Best": number("Best", "%.3g", explained("Validation loss", "Here the lowest."), 75),
    "Epochs": text(75, explained("Epoch", "Done, of those of the recipe.")),
    "Time": number("Time", "%.1f s", "Of all epochs.", 75),
    "Images/s": number("Images/s", "localized", "Of the median epoch."),
    "Data": text(100),
    "Recipe": text(250, "Optimizer and peak learning rate, schedule, batch size, and what is not usual."),
    "Tags": st.column_config.ListColumn(width=120, help="Words of your own, set beneath the table."),
    "Size": number("Size", "%.2f MB", "Of all files of the run."),
}


@st.fragment(run_every=LOOK_SECONDS)
def keep_watch(rows: list[Row]) -> None:
    """Draws the page again when one of these runs has come further, or more figures are read.

    Not as it is drawn itself: where many figures are still to be read, a page would never be whole.
    """
    if st.session_state.get(WATCHED) is not rows:
        st.session_state[WATCHED] = rows
        return
    before = {row.id: row.listed for row in rows}
    now = {each.id: each for each in cached.store().listed(of_studies=True) if each.id in before}
    if any(row.facts is None for row in rows) or any(
        before[run_id] is not now.get(run_id) for run_id in before
    ):
        st.rerun()


def must_be_watched(rows: list[Row]) -> bool:
    return any(row.facts is None or row.state.is_active for row in rows)
