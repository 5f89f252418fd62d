"""A study in view, a sweep or an experiment: found again by the URL, and steered from any tab."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import streamlit as st

from ae_core.errors import LabError
from ae_core.jobs.states import Action
from ae_core.runs.service import shared_service
from ae_core.studies.service import StudyService
from ae_core.studies.store import StudyStore
from ae_core.studies.study import Study
from ae_core.words import counted
from ui.shell import cached, link, run_label
from ui.shell.theme import plain
from ui.widgets import earlier

S = TypeVar("S", bound=Study)
REFRESH_SECONDS = 1.0
ONE_PRESS_SECONDS = 3.0  # in which an impatient hand may press Start again
IDLE_SECONDS = 5.0  # while it is paused or stopped: another tab may go on with it
LISTED = 30
HELD = {Action.PAUSE: "paused", Action.STOP: "stopped"}


def store() -> StudyStore:
    return StudyStore(cached.store())


def service() -> StudyService:
    return StudyService(shared_service())


@dataclass(frozen=True)
class Steering(Generic[S]):
    """What a visitor does to studies of a kind.

    Whatever is done is done to what is on file at the click: another tab may have changed or deleted it since
    it was drawn.
    """

    kind: type[S]
    kept: str  # a sentence: what its deletion leaves

    @property
    def name(self) -> str:
        """Its key in the URL and in the session."""
        return self.kind.KIND

    def get(self, study_id: str) -> S:
        """Raises RunError."""
        return store().get(study_id, self.kind)

    # -- which one

    def current(self) -> S | None:
        """The one that the URL names, else the visitor's last."""
        link.adopt([link.on_file(self.name, f"{self.name.capitalize()} in view", self.get)])
        asked = st.session_state.get(self.name)
        if not asked:
            return None
        try:
            return self.get(asked)
        except LabError as error:
            st.warning(plain(str(error)))
            self.forget()
            self.refusal()  # by a button, in the same words
            return None

    def look_at(self, item_id: str) -> None:
        st.session_state[self.name] = item_id

    def forget(self) -> None:
        st.session_state.pop(self.name, None)

    def choose(self, present: S | None) -> None:
        """A way back to earlier ones."""
        labels = {each.id: label(each) for each in store().list(self.kind)[:LISTED]}
        earlier.choose(self.name, labels, present and present.id, self.look_at)
        if unknown := store().unknown():
            st.caption(
                f"Made by a newer version of the lab, so kept and not shown: {plain(', '.join(unknown))}."
            )

    # -- acts

    def begin(self, start: Callable[[], Study], owner: str) -> bool:
        """Starts another for the visitor `owner` and looks at it; presses within a moment are one.

        The store tells what an earlier press has begun: a next one interrupts it where it uses the session.
        """

        def begin_one() -> None:
            newest = next(iter(store().list(self.kind)), None)
            self.look_at((newest if newest and is_of_one_press(newest, owner) else start()).id)

        return self.try_to(begin_one)

    def try_to(self, act: Callable[[], Any]) -> bool:
        """Whether it could be done; if not, `refusal` says why."""
        try:
            act()
        except LabError as error:
            st.session_state[self.refused] = plain(str(error))
        except OSError as error:
            st.session_state[self.refused] = f"The {self.name} cannot be stored: {error.strerror or error}."
        else:
            return True
        return False

    def refusal(self) -> str:
        """Why the last act could not be done, once."""
        return st.session_state.pop(self.refused, "")

    @property
    def refused(self) -> str:
        return f"{self.name} refused"

    def show_buttons(self, item: Study, is_over: bool, has_failed: bool) -> None:
        with st.container(horizontal=True):
            if is_over:
                if has_failed:
                    self.button("Try again", ":material/refresh:", service().resume, item.id)
            elif item.requested is Action.RUN:
                self.button("Pause", ":material/pause:", service().pause, item.id)
                self.button("Stop", ":material/stop:", service().stop, item.id)
            else:
                self.button("Resume", ":material/play_arrow:", service().resume, item.id)
            if is_over or item.requested is not Action.RUN:
                self.show_deletion(item)

    def button(self, name: str, icon: str, act: Callable[[Any], Any], item_id: str) -> None:
        st.button(
            name,
            icon=icon,
            key=f"{self.name} {name}",
            on_click=self.try_to,
            args=(lambda: act(self.get(item_id)),),
        )

    def show_deletion(self, item: Study) -> None:
        with st.popover("Delete", icon=":material/delete:"):
            st.markdown(f"Delete this {self.name} for good? {self.kept}")
            st.button(
                "Yes, delete it",
                type="primary",
                key=f"delete {self.name}",
                on_click=self.delete,
                args=(item.id,),
            )

    def delete(self, item_id: str) -> None:
        if self.try_to(lambda: store().delete(self.get(item_id))):
            self.forget()

    # -- watching

    def keep_watch(self, watch: Callable, item: Study, shown: int, total: int) -> None:
        """Runs `watch(item, shown)` again and again while there is more to come. shown: of `total`, over."""
        pace = REFRESH_SECONDS if item.requested is Action.RUN else IDLE_SECONDS
        st.fragment(watch, run_every=pace if shown < total else None)(item, shown)

    def has_changed(self, item: Study) -> bool:
        """Whether it is another on file now: paused, continued, extended or deleted in another tab."""
        try:
            return self.get(item.id) != item
        except LabError:
            return True


def is_of_one_press(newest: Any, owner: str) -> bool:
    """Whether what has an `owner` and a time `created` was begun by `owner` a moment ago."""
    return newest.owner == owner and time.time() - newest.created < ONE_PRESS_SECONDS


def label(item: Study) -> str:
    """The last characters of its id make each label the only one."""
    made = datetime.fromtimestamp(item.created, run_label.visitor_zone())
    return f"{made:%d %b %H:%M} · {item.title()} · {item.id[-4:]}"


def show_bar(item: Study, share: float, done: int, total: int, noun: str, running: Iterable[str]) -> None:
    """share: how much of the whole is done, with what is done of the parts that run."""
    told = bar_text(item.requested, done, total, noun, running, shared_service().trouble)
    st.progress(min(share, 1.0), text=told)


def bar_text(
    requested: Action, done: int, total: int, noun: str, running: Iterable[str], trouble: str = ""
) -> str:
    """How many of its parts are over, which run now, and what holds the rest: a person, or lost workers."""
    told, names = f"{done} of {counted(total, noun)}", ", ".join(running)
    held = HELD.get(requested) if done < total else None
    if trouble and done < total and not held:
        return f"{told} · {trouble}"
    if not names:
        return f"{told} · {held}" if held else told
    return f"{told} · {f'{held} when these end:' if held else 'now'} {names}"
