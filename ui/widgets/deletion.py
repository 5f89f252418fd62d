"""Runs deleted and taken back: on Train and on Runs."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from ae_core.runs.run import Run
from ae_core.words import counted
from ui.shell import cached
from ui.shell.theme import plain
from ui.widgets import steering
from ui.widgets.trying import try_to


@dataclass(frozen=True)
class Deletion:
    """Of a page. What it deletes it can take back, until it deletes something else.

    page: its name, for keys. let_go, bring_back: what the page does with the ids of runs that have gone or
    come back.
    """

    page: str
    let_go: Callable[[list[str]], None]
    bring_back: Callable[[list[str]], None]

    @property
    def thrown(self) -> str:
        """In the session: ids and what the runs are called."""
        return f"{self.page} threw away"

    def ask(self, runs: list[Run]) -> None:
        """Says what else has these models, once it is opened: that takes a look at every study."""
        label = "Delete" if len(runs) == 1 else f"Delete {len(runs)} runs"
        box = st.popover(label, icon=":material/delete:", key=f"{self.page} deletion", on_change="rerun")
        if not box.open:
            return
        with box:
            st.markdown(f"Delete {', '.join(f'**{plain(run.name)}**' for run in runs)}?")
            needing = {study.id: study for run in runs for study in steering.store().needing(run.id)}
            for study in needing.values():
                st.markdown(
                    f"The {study.KIND} **{plain(study.title())}** keeps its figures, without the model."
                )
            if st.session_state["model"] in {run.id for run in runs}:
                st.markdown("It is the model in view: the pages then show the shipped one.")
            st.caption(
                "It can be taken back for a day, from this page as long as you do not leave the lab, and by "
                "`python -m ae_core runs restore`."
            )
            key = f"{self.page} delete"
            st.button("Yes, delete", type="primary", key=key, on_click=self.throw, args=(runs,))

    def throw(self, runs: list[Run]) -> None:
        names = {run.id: run.name for run in runs}
        gone = [run.id for run in runs if try_to(cached.store().trash.throw, run.id)]
        if gone:
            st.session_state[self.thrown] = {run_id: names[run_id] for run_id in gone}
            self.let_go(gone)

    def offer_undo(self) -> None:
        """After a deletion, until the next one."""
        thrown = st.session_state.get(self.thrown)
        if not thrown:
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            what = plain(next(iter(thrown.values()))) if len(thrown) == 1 else counted(len(thrown), "run")
            st.info(f"Deleted: **{what}**.", icon=":material/delete:", width="stretch")
            st.button("Undo", icon=":material/undo:", key=f"{self.page} undo", on_click=self.take_back)

    def take_back(self) -> None:
        thrown = st.session_state.pop(self.thrown, {})
        if back := [run_id for run_id in thrown if try_to(cached.store().trash.take_out, run_id)]:
            self.bring_back(back)
