"""The contest: a model and a score to choose, which the lab measures, and the table of all entries."""

import pandas
import streamlit as st

from ae_core.errors import LabError
from ae_core.glossary import explained
from ae_core.lessons.contest import EACH, MOST_NAME, Entry, Leaderboard
from ae_core.scores.table import SCORES, suited
from ui.shell import cached, shell
from ui.shell.theme import plain

NAME, MODEL, SCORE, TOLD = "contest name", "contest model", "contest score", "contest told"
FIRST = "mse"
EXAMPLE = "Example"


def board() -> Leaderboard:
    return Leaderboard(cached.store())


def has_entered() -> bool:
    visitor = shell.visitor()
    try:
        return any(each.owner == visitor for each in board().entries())
    except LabError:
        return False


def show(view: shell.View) -> None:
    ask(view)
    if told := st.session_state.pop(TOLD, None):
        (st.success if told[0] else st.error)(told[1])
    show_table(view.digits.name)


def ask(view: shell.View) -> None:
    models = shell.choices()["model"]
    st.session_state.setdefault(MODEL, view.reference if view.reference in models else models[0])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Model", models, format_func=shell.title_in_list(), key=MODEL, persist_state="session", width=230
        )
        choice = suited(cached.model(st.session_state[MODEL]).model)
        if st.session_state.get(SCORE) not in choice:
            st.session_state[SCORE] = FIRST
        st.selectbox(
            "Score",
            choice,
            format_func=lambda name: SCORES[name].title,
            help=explained("Anomaly score"),
            key=SCORE,
            persist_state="session",
            width=230,
        )
        st.text_input("Name in the table", max_chars=MOST_NAME, key=NAME, persist_state="session", width=180)
        st.button(
            "Measure and enter",
            icon=":material/trophy:",
            type="primary",
            on_click=enter,
            args=(view.digits.name,),
        )


def enter(dataset: str) -> None:
    try:
        entry = put(st.session_state.get(NAME, ""), st.session_state[MODEL], st.session_state[SCORE], dataset)
    except (LabError, OSError) as error:
        st.session_state[TOLD] = False, plain(str(error))
        return
    kinds = ", ".join(f"{kind} {area:.3f}" for kind, area in entry.by_kind.items())
    st.session_state[TOLD] = True, f"Measured: AUROC **{entry.auroc:.3f}** on average ({kinds})."


def enter_example() -> None:
    """With the score that the lab would take. Raises LabError."""
    dataset, name = st.session_state["data"], st.session_state.get(NAME) or EXAMPLE
    put(name, shell.DEFAULT_MODEL, next(iter(SCORES)), dataset)


def put(name: str, model: str, score: str, dataset: str) -> Entry:
    evaluation = cached.evaluation(model, dataset, score)
    return board().enter(
        name, shell.visitor(), shell.title_of(model), evaluation.detector, cached.digits(dataset)
    )


def show_table(dataset: str) -> None:
    """Of the data set in view: entries on others are measured on other digits."""
    try:
        entries = [each for each in board().entries() if each.dataset == dataset]
    except LabError as error:
        st.error(plain(str(error)))
        return
    if not entries:
        st.info("The table is empty: the first entry leads it.", icon=":material/trophy:")
        return
    rows = [
        {
            "Place": place,
            "Name": each.name,
            "Model": each.model,
            "Score": SCORES[each.score].title,
            "AUROC": each.auroc,
        }
        | each.by_kind
        for place, each in enumerate(entries, start=1)
        if each.score in SCORES
    ]
    areas = st.column_config.NumberColumn(format="%.3f", help=explained("AUROC"))
    kinds = list(entries[0].by_kind)
    st.dataframe(
        pandas.DataFrame(rows),
        hide_index=True,
        column_config=dict.fromkeys(["AUROC", *kinds], areas),
    )
    st.caption(
        f"AUROC on {EACH} {f', {EACH} '.join(kinds)} against {2 * EACH} test digits of {dataset}: how often "
        "an anomaly scores above a digit; 0.5 is chance. The lab measures each entry itself. One row a "
        "visitor, the best."
    )
