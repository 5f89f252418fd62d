"""The score that digits are judged by: one choice for all pages, among those that suit the model in view."""

import streamlit as st

from ae_core.config import DEFAULT_SCORE
from ae_core.errors import LabError
from ae_core.glossary import explained
from ae_core.scores.table import SCORES, Score, suited
from ui.shell import cached, link, shell
from ui.shell.theme import plain

KEY = "score"
UNSUITED = "score that did not suit"


def chosen(view: shell.View) -> str:
    """The name of the score that the visitor wants; the default where theirs does not suit."""
    wanted = st.session_state.get(KEY, DEFAULT_SCORE)
    if wanted in suited(view.trained.model):
        return wanted
    st.session_state[UNSUITED] = wanted if wanted in SCORES else None
    st.session_state[KEY] = DEFAULT_SCORE
    link.correct(KEY)
    return DEFAULT_SCORE


def choose(view: shell.View) -> None:
    """The choice, and a word on why it is none other where the model in view does not suit the last one."""
    score = SCORES[chosen(view)]
    st.selectbox(
        "Score",
        suited(view.trained.model),
        format_func=lambda name: SCORES[name].title,
        key=KEY,
        persist_state="session",
        on_change=take,
        help=explained("Anomaly score", f"One choice for all pages.\n\n{described(score)}"),
    )
    other = SCORES.get(st.session_state.get(UNSUITED))
    if other and not other.suits(view.trained.model):
        st.caption(f"{other.title} needs {other.needs}.")


def take() -> None:
    st.session_state.pop(UNSUITED, None)


def described(score: Score) -> str:
    """Its formula and source, what it sees and what it misses, in Markdown."""
    found = f"**{score.title}**: {score.formula}. Sees {score.sees}. Misses {score.misses}."
    return f"{found} Source: {score.source}."


def evaluation(view: shell.View) -> cached.Evaluation:
    """By the chosen score; where it makes no finite numbers of this model, by the mean squared error."""
    try:
        return view.evaluation(chosen(view))
    except LabError as error:
        st.warning(
            f"{SCORES[chosen(view)].title} does not suit this model: {plain(str(error))} Shown instead: "
            f"{SCORES[cached.MSE].title}."
        )
        return view.evaluation()
