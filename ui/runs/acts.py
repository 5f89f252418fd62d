"""What is done to runs: named, deleted, taken back, trained again, looked at."""

import streamlit as st

from ae_core.runs.run import Run
from ae_core.words import counted
from ui.runs import chosen
from ui.shell import cached, navigation, shell
from ui.shell.theme import plain
from ui.widgets import remedy, steering
from ui.widgets.trying import try_to

THROWN = "runs thrown away"  # in the session: ids and what they are called, until something else is done


def ask_name(run: Run) -> None:
    key = f"runs name {run.id}"
    st.session_state[key] = run.name  # the one on file, where what was typed is refused or tidied up
    st.text_input("Name", max_chars=60, key=key, on_change=rename, args=(run, key))


def rename(run: Run, key: str) -> None:
    try_to(run.rename, st.session_state[key])


def show_deletion(runs: list[Run]) -> None:
    """Says what else has these models, once it is opened: that takes a look at every study."""
    label = "Delete" if len(runs) == 1 else f"Delete {len(runs)} runs"
    box = st.popover(label, icon=":material/delete:", key="runs deletion", on_change="rerun")
    if not box.open:
        return
    with box:
        st.markdown(f"Delete {', '.join(f'**{plain(run.name)}**' for run in runs)}?")
        needing = {study.id: study for run in runs for study in steering.store().needing(run.id)}
        for study in needing.values():
            st.markdown(f"The {study.KIND} **{plain(study.title())}** keeps its figures, without the model.")
        if st.session_state["model"] in {run.id for run in runs}:
            st.markdown("It is the model in view: the pages then show the shipped one.")
        st.caption("It can be taken back for a day, from this page as long as you do not leave the lab.")
        st.button("Yes, delete", type="primary", key="runs delete", on_click=throw, args=(runs,))


def throw(runs: list[Run]) -> None:
    names = {run.id: run.name for run in runs}
    gone = [run.id for run in runs if try_to(cached.store().trash.throw, run.id)]
    st.session_state[THROWN] = {run_id: names[run_id] for run_id in gone}
    chosen.put([run_id for run_id in chosen.ids() if run_id not in gone])


def offer_undo() -> None:
    """After a deletion, until the next one."""
    thrown = st.session_state.get(THROWN)
    if not thrown:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        what = plain(next(iter(thrown.values()))) if len(thrown) == 1 else counted(len(thrown), "run")
        st.info(f"Deleted: **{what}**.", icon=":material/delete:", width="stretch")
        st.button("Undo", icon=":material/undo:", key="runs undo", on_click=take_back)


def take_back() -> None:
    thrown = st.session_state.pop(THROWN, {})
    back = [run_id for run_id in thrown if try_to(cached.store().trash.take_out, run_id)]
    chosen.put([*chosen.ids(), *back])


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
