"""What is done to runs: named, deleted, taken back, trained again, looked at."""

import streamlit as st

from ae_core.runs.run import Run
from ui.runs import chosen
from ui.shell import navigation, shell
from ui.widgets import remedy
from ui.widgets.deletion import Deletion
from ui.widgets.trying import try_to


def ask_name(run: Run) -> None:
    key = f"runs name {run.id}"
    st.session_state[key] = run.name  # the one on file, where what was typed is refused or tidied up
    st.text_input("Name", max_chars=60, key=key, on_change=rename, args=(run, key))


def rename(run: Run, key: str) -> None:
    try_to(run.rename, st.session_state[key])


def ask_tags(runs: list[Run], known: list[str]) -> None:
    """Those that all of these runs have. known: of all runs, to choose from."""
    key = f"runs tags {' '.join(run.id for run in runs)}"
    st.session_state[key] = shared_tags(runs)  # as they are on file, where one was refused or tidied up
    st.multiselect(
        "Tags" if len(runs) == 1 else "Tags of all of them",
        sorted({*known, *st.session_state[key]}),
        key=key,
        accept_new_options=True,
        placeholder="Choose or type one",
        help="Words of your own, to find runs by: small letters, dashes for spaces.",
        on_change=retag,
        args=(runs, key),
    )


def shared_tags(runs: list[Run]) -> list[str]:
    return sorted(set.intersection(*(set(run.tags) for run in runs)))


def retag(runs: list[Run], key: str) -> None:
    before, now = set(shared_tags(runs)), set(st.session_state[key])
    for run in runs:
        if not try_to(run.set_tags, {*run.tags} - (before - now) | (now - before)):
            return


DELETION = Deletion(
    "runs",
    lambda gone: chosen.put([run_id for run_id in chosen.ids() if run_id not in gone]),
    lambda back: chosen.put([*chosen.ids(), *back]),
)


def offer_look(run: Run) -> None:
    """Brings the model into view of all pages."""
    if st.session_state["model"] == run.id:
        st.button("In view on the other pages", icon=":material/visibility:", disabled=True, key="runs look")
    elif run.has_model():
        st.button(
            "Look at this model on the other pages",
            icon=":material/visibility:",
            key="runs look",
            on_click=shell.choose,
            args=("model", run.id),
        )


def offer_again(run: Run) -> None:
    """Fills the Train page's form with its settings, to change one and start."""
    if st.button(
        "Train again with changes",
        icon=":material/tune:",
        key="runs again",
        help="Opens the Train page with its settings filled in.",
        on_click=remedy.take_over,
        args=(run,),
    ):
        go_to_train()


def go_to_train() -> None:
    st.switch_page(navigation.PAGES / "train.py", query_params=shell.url_values() | shell.url_values_of_run())
