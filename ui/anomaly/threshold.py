"""A threshold on a score: what it finds, what it misses, and whom it alarms about for nothing."""

import numpy as np
import streamlit as st

from ae_core.glossary import explained
from ae_core.lessons.trials import Trial
from ae_core.scores import metrics
from ae_core.words import percent, three_digits
from ui.anomaly import figures
from ui.pictures import draft, mosaic
from ui.pictures.figures import QUIET

SHOWN = 24
A_LINE = 12


def show_histograms(trial: Trial, threshold: float, title: str, key: str) -> None:
    draft.plotly_chart(
        figures.opposed_histograms(trial.normal, trial.anomalous, threshold, title),
        key=key,
        config=QUIET,
        alt="Scores of normal images above the axis, of anomalies beneath it, and the threshold between",
    )


def show_four_numbers(trial: Trial, threshold: float, key: str) -> None:
    """Every image is in one of them. key: begins with "four", for the style sheet."""
    table = metrics.confusion_table(trial.normal, trial.anomalous, threshold)
    numbers = (
        ("Detected", "Detection rate", table.loc["anomaly", "anomaly"], trial.anomalous),
        ("Missed", "Miss", table.loc["anomaly", "normal"], trial.anomalous),
        ("False alarms", "False alarm", table.loc["normal", "anomaly"], trial.normal),
        ("True negatives", "True negative", table.loc["normal", "normal"], trial.normal),
    )
    holder = st.container(key=key)
    for pair in (numbers[:2], numbers[2:]):
        for column, (name, term, count, among) in zip(holder.columns(2), pair, strict=True):
            column.metric(
                name,
                percent(count / len(among)),
                f"{count:,} of {len(among):,}",
                delta_color="off",
                delta_arrow="off",
                help=explained(term),
                border=True,
            )


def show_mistakes(trial: Trial, threshold: float) -> None:
    """The anomalies that are missed and the normal digits that are flagged, the worst mistakes first."""
    misses, alarms = st.columns(2, gap="medium")
    with misses:
        show_some(trial, trial.misses(threshold), "missed, lowest score first")
    with alarms:
        show_some(trial, trial.false_alarms(threshold), "false alarms, highest score first")


def show_some(trial: Trial, places: np.ndarray, what: str) -> None:
    some = places[:SHOWN]
    more = f"; {len(some)} shown" if len(places) > len(some) else ""
    st.caption(f"**{len(places):,}** {what}{more}")
    if not len(some):
        return
    tiles = mosaic.ink_tiles(trial.images[some])
    lines = [tiles[start : start + A_LINE] for start in range(0, len(tiles), A_LINE)]
    st.image(
        mosaic.data_uri(mosaic.grid(lines, scale=2)),
        width=min(A_LINE, len(some)) * 58,
        alt=f"{len(some)} {what}; scores from {three_digits(trial.scores[some[0]])} "
        f"to {three_digits(trial.scores[some[-1]])}",
    )
