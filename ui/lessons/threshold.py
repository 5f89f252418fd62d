"""A score's threshold to move, in place in a lesson."""

import streamlit as st

from ae_core.lessons import lesson
from ae_core.lessons.conditions import Seen
from ae_core.scores.table import SCORES
from ae_core.words import percent, three_digits
from ui.pictures import figures
from ui.shell import cached, shell
from ui.shell.theme import plain
from ui.widgets.false_alarms import choose_rate


def show(part: lesson.Threshold, view: shell.View, _: Seen) -> None:
    evaluation = cached.evaluation(part.model, view.digits.name, part.score)
    rate = choose_rate(evaluation.calibrator)
    threshold = evaluation.calibrator.threshold(rate)
    scores = evaluation.test["score"].to_numpy()
    title = SCORES[part.score].title
    st.plotly_chart(
        figures.score_histogram(scores, threshold, title),
        key="threshold",
        config=figures.QUIET,
        alt="Test digits by score, with the threshold",
    )
    flagged = int((scores > threshold).sum())
    st.caption(
        f"{plain(shell.title_of(part.model))}. At a false-alarm rate of {percent(rate)} the threshold is "
        f"**{three_digits(threshold)}**: it flags **{flagged:,} of {len(scores):,}** test digits "
        f"({percent(flagged / len(scores))}), all of them normal. Set on "
        f"{len(evaluation.calibrator.scores):,} validation digits."
    )
