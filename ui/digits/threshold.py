"""The threshold on the scores: moved by the false-alarm rate, shown on their histogram and by class."""

import streamlit as st

from ae_core.glossary import explained
from ae_core.scores.calibration import class_table
from ae_core.scores.error_scale import ErrorScale
from ae_core.words import percent, three_digits
from ui.pictures import figures
from ui.shell import cached, shell
from ui.widgets import error_scale, false_alarms, numbers
from ui.widgets.scores import described

SCALE = "error scale of the gallery"


def remember(scale: ErrorScale) -> None:
    """That of the error maps on the page, which the threshold moves."""
    st.session_state[SCALE] = scale


@shell.fragment
def show_scores(view: shell.View, evaluation: cached.Evaluation) -> None:
    scores = evaluation.test["score"].to_numpy()
    rate = false_alarms.choose_rate(evaluation.calibrator)
    if error_scale.of(view) != st.session_state.get(SCALE):
        st.rerun()
    threshold = evaluation.calibrator.threshold(rate)
    flags = view.normal(evaluation.test)["score"] > threshold
    histogram, classes = st.columns([3, 2], gap="medium")
    with histogram:
        st.plotly_chart(
            figures.score_histogram(scores, threshold, evaluation.score.title, noun=view.digits.noun),
            key="histogram",
            config=figures.QUIET,
            alt="Histogram of test scores with the threshold",
        )
        st.caption(
            f"Threshold {three_digits(threshold)}, set on {len(evaluation.calibrator.scores):,} validation "
            f"{view.digits.noun}s: it flags **{percent(flags.mean())}** of the {len(flags):,} "
            f"{view.normal_digits}, {percent(rate)} was asked for."
        )
        st.caption(described(evaluation.score))
    table = class_table(evaluation.test["label"], scores, threshold)
    if view.digits.class_names:
        table = table.assign(digit=table["digit"].map(view.digits.class_name))
    even = numbers.even(table["mean_score"])
    with classes:
        st.plotly_chart(
            figures.score_by_class(table, view.digits.noun),
            key="classes",
            config=figures.QUIET,
            alt="Mean score by class",
        )
        with st.expander("The same as a table"):
            st.dataframe(
                table,
                hide_index=True,
                column_config={
                    "digit": "Class" if view.digits.class_names else "Digit",
                    "digits": st.column_config.NumberColumn(
                        f"Test {view.digits.noun}s", format="%d", help=explained("Test digits")
                    ),
                    "mean_score": st.column_config.NumberColumn("Mean score", format=even),
                    "largest_score": st.column_config.NumberColumn("Largest score", format=even),
                    "flagged": st.column_config.NumberColumn("Flagged", format="percent"),
                },
            )
