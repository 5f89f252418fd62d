"""A step of a lesson: what it says and shows, what it asks, and whether that was done."""

import streamlit as st

from ae_core.lessons import conditions
from ae_core.lessons.conditions import Seen
from ae_core.lessons.lesson import Action, Question, Step
from ae_core.lessons.shelf import Shelved, Words
from ui.lessons import parts, progress, state
from ui.lessons.numbers import Texts
from ui.shell import navigation, shell
from ui.shell.running_lesson import RUNNING, Running

REFRESH_SECONDS = 1.0


class ShownStep:
    """One step on the screen. number: from 1."""

    def __init__(self, view: shell.View, shelved: Shelved, number: int, words: Words) -> None:
        assert shelved.lesson is not None
        self.view, self.shelved, self.number, self.words = view, shelved, number, words
        self.step: Step = shelved.lesson.steps[number - 1]
        self.texts = Texts(view, self.step)
        self.seen: Seen = state.seen(view)

    def show(self) -> None:
        self.remember()
        st.subheader(self.texts.filled(self.step.title), anchor=False)
        st.markdown(self.texts.filled(self.step.text))
        if self.asks_nothing:  # who goes on before it is drawn to its end has read it
            self.mark_done()
        if self.step.show:
            parts.show(self.step.show, self.view, self.seen)
        if self.asks_nothing or self.is_answered():
            self.mark_done()
            self.show_then()
        self.texts.show_faults()

    @property
    def asks_nothing(self) -> bool:
        return not (self.step.question or self.step.action)

    def is_answered(self) -> bool:
        """Asks what the step asks, and says whether that was done."""
        if self.step.question:
            return self.ask(self.step.question)
        assert self.step.action
        return self.request(self.step.action)

    def mark_done(self) -> None:
        progress.mark_done(self.shelved.id, self.number)

    def show_then(self) -> None:
        if self.step.then:
            st.markdown(self.texts.filled(self.step.then.text))
            if self.step.then.show:
                parts.show(self.step.then.show, self.view, self.seen)

    # -- a question

    def ask(self, question: Question) -> bool:
        key = f"answer {self.shelved.id} {self.number}"
        with st.container(border=True):
            answer = st.radio(
                f"**{self.texts.filled(question.ask)}**",
                range(len(question.choices)),
                index=None,
                format_func=lambda place: self.texts.filled(question.choices[place].text),
                key=key,
                persist_state="session",
            )
            if answer is None:
                self.offer(lambda: st.session_state.update({key: right_place(question)}))
                return False
            self.explain(question, answer)
        return True

    def explain(self, question: Question, answer: int) -> None:
        """Each answer, the one given first."""
        given = question.choices[answer]
        told = (
            f"**{self.words.right if given.right else self.words.wrong}** {self.texts.filled(given.because)}"
        )
        if given.right:
            st.success(told, icon=":material/check_circle:")
        else:
            st.warning(told, icon=":material/cancel:")
        for each in question.choices:
            if each is not given:
                icon = ":material/check:" if each.right else ":material/close:"
                st.markdown(f"{icon} **{self.texts.filled(each.text)}** · {self.texts.filled(each.because)}")

    # -- an action

    def request(self, action: Action) -> bool:
        is_done = conditions.is_met(action.until, self.seen)
        with st.container(border=True):
            mark = ":material/check_box:" if is_done else ":material/check_box_outline_blank:"
            st.markdown(f"{mark} **{self.texts.filled(action.ask)}**")
            if refusal := state.refusal():
                st.error(refusal)
            if is_done:
                st.success(self.words.done, icon=":material/check_circle:")
            elif self.is_waiting(action):
                self.wait(action)
            else:
                self.show_ways(action)
        return is_done

    def is_waiting(self, action: Action) -> bool:
        """Whether the run that is wanted is there and goes on."""
        wanted = action.until.run
        return bool(wanted and conditions.runs_with(wanted.settings, self.seen))

    def wait(self, action: Action) -> None:
        @st.fragment(run_every=REFRESH_SECONDS)
        def watch() -> None:
            st.markdown(f":material/hourglass_top: {self.words.waiting}")
            if conditions.is_met(action.until, state.seen(self.view)):
                st.rerun()

        watch()
        self.show_page_link("train")

    def show_ways(self, action: Action) -> None:
        with st.container(horizontal=True, vertical_alignment="center"):
            if action.until.run:
                self.show_button_to_train(action)
            elif action.page:
                self.show_page_link(action.page)
            count = len(self.view.digits.train)
            self.offer(lambda: state.establish(action.until, count))

    def offer(self, do: object) -> None:
        st.button(self.words.show_me, icon=":material/visibility:", key="show me", on_click=do)

    def show_button_to_train(self, action: Action) -> None:
        """To the Train page with the recipe filled in."""
        if st.button(
            self.page_label("train"), icon=":material/arrow_forward:", type="primary", key="to train"
        ):
            assert action.until.run
            self.remember()
            state.hand_to_train(action.until.run, len(self.view.digits.train))
            st.switch_page(navigation.PAGES / "train.py", query_params=shell.url_values())

    def show_page_link(self, page: str) -> None:
        st.page_link(
            navigation.PAGES / f"{page}.py",
            label=self.page_label(page),
            icon=":material/arrow_forward:",
            query_params=shell.url_values() | (shell.url_values_of_run() if page == "train" else {}),
        )

    def page_label(self, page: str) -> str:
        title = next(each.title for each in navigation.pages() if (each.url_path or "home") == page)
        return self.words.open_page.format(page=title)

    # -- for the other pages

    def remember(self) -> None:
        """So that they can remind of it."""
        words = self.words
        label = words.reminder.format(lesson=self.shelved.number, step=self.number)
        task = self.texts.filled(self.step.action.ask) if self.step.action else ""
        st.session_state[RUNNING] = Running(
            self.shelved.id, self.number, label, task, words.back_to_lesson, words.leave
        )


def right_place(question: Question) -> int:
    return next(place for place, each in enumerate(question.choices) if each.right)
