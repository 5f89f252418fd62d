"""One part of an experiment in detail: its ROC curve and its scores, with a threshold to move."""

import math

import numpy as np
import pandas
import plotly.graph_objects as go
import streamlit as st

from ae_core.data.digits import name_of_class
from ae_core.errors import ConfigError, LabError
from ae_core.glossary import explained
from ae_core.lessons import findings, trials
from ae_core.lessons.trials import Trial
from ae_core.scores.metrics import CHANCE, detection_by_class, roc_curve, turned_round
from ae_core.scores.table import SCORES
from ae_core.studies.experiment import Experiment
from ae_core.studies.results import chosen_score
from ae_core.words import percent, three_digits
from ui.anomaly import figures
from ui.anomaly import threshold as anomaly_threshold
from ui.anomaly.corruptions import name_of
from ui.pictures.figures import WITH_TOOLS
from ui.shell import cached
from ui.shell.memory import kept
from ui.shell.theme import plain
from ui.widgets import export, false_alarms, numbers, steering
from ui.widgets.selected import numbers_at

POINT = "operating point"
WIDEST_RATE = 99.0  # percent: an operating point may be moved along the whole curve


@st.fragment
def show(experiment: Experiment, table: pandas.DataFrame) -> None:
    row = choose_part(table)
    try:
        trial, curves = trial_of(row["key"], row["score"]), curves_of(row["key"])
    except LabError as error:
        st.warning(plain(str(error)))
        return
    rate = false_alarms.choose_rate(trial.calibrator, POINT, WIDEST_RATE)
    threshold = trial.calibrator.threshold(rate)
    name = SCORES[row["score"]].title
    show_measures(row)
    roc, histograms = st.columns([2, 3], gap="medium")
    with roc:
        figure = show_roc(trial, curves, name, threshold)
    with histograms:
        anomaly_threshold.show_histograms(trial, threshold, name, "part histograms")
        st.caption(f"Threshold {three_digits(threshold)}; solid bars are misses and false alarms.")
    numbers, classes = st.columns([2, 3], gap="medium")
    with numbers:
        anomaly_threshold.show_four_numbers(trial, threshold, "four-of-part")
    with classes:
        show_classes(trial, threshold, experiment.class_names)
    anomaly_threshold.show_mistakes(trial, threshold)
    show_downloads(experiment, row, figure)


def choose_part(table: pandas.DataFrame) -> pandas.Series:
    """The row of the chosen part and score."""
    parts = table.drop_duplicates("key").set_index("key")
    with st.container(horizontal=True):
        key = st.selectbox(
            "Part", list(parts.index), format_func=lambda each: spoken(parts.loc[each]), key="part"
        )
        rows = table[table["key"] == key]
        names = list(rows["score"])
        name = st.selectbox(
            "Score of the part",
            names,
            names.index(chosen_score(table)) if chosen_score(table) in names else 0,
            format_func=lambda each: SCORES[each].title,
            key=f"score of {key}",
        )
    return rows[rows["score"] == name].iloc[0]


def spoken(part: pandas.Series) -> str:
    seed = "" if pandas.isna(part["seed"]) or not part["seed"] else f", seed {part['seed']}"
    return f"{part_title(part['part'])}{seed}"


def part_title(part: str) -> str:
    return f"the {part}" if part.isdecimal() else name_of(part)


@kept(entries=12)
def tables_of(root: str, key: str) -> tuple[pandas.DataFrame, pandas.DataFrame]:  # noqa: ARG001
    """Of a finished part, which never changes."""
    record = steering.store().record(key)
    return record.scores(), record.calibration()


@kept(entries=6)
def images_of(root: str, key: str) -> np.ndarray:
    part = steering.store().record(key).part()
    return trials.images_of(part, tables_of(root, key)[0], cached.store())


def trial_of(key: str, name: str) -> Trial:
    root = cached.store().folder.url
    return trials.from_part(*tables_of(root, key), images_of(root, key), name)


def curves_of(key: str) -> dict[str, pandas.DataFrame]:
    return compute_curves(cached.store().folder.url, key)


@kept(entries=24)
def compute_curves(root: str, key: str) -> dict[str, pandas.DataFrame]:
    """ROC curves by the titles of the scores; those that cannot be drawn are left out."""
    table, calibration = tables_of(root, key)
    curves = {}
    for name in calibration.columns:
        anomalous = table["is_anomaly"].to_numpy(bool)
        try:
            curves[SCORES[name].title] = roc_curve(table[name][~anomalous], table[name][anomalous])
        except ConfigError:  # a score that is not finite; the measures say so
            continue
    return curves


def show_measures(row: pandas.Series) -> None:
    undefined = math.isnan(row["auroc"])
    values = {
        "AUROC": "undefined" if undefined else f"{row['auroc']:.3f}",
        "Average precision": percent(row["average_precision"]),
        "Detected at 1 %": shown(row["detected_at_1"]),
        "Detected at 5 %": shown(row["detected_at_5"]),
    }
    notes = {"AUROC": "" if undefined else f"95 %: {row['low']:.3f} to {row['high']:.3f}"}
    notes |= {
        f"Detected at {each} %": f"false alarms {shown(row[f'false_alarms_at_{each}'])}" for each in (1, 5)
    }
    notes["Average precision"] = (
        f"chance {percent(row['n_anomalies'] / (row['n_anomalies'] + row['n_normal']))}"
    )
    with st.container(horizontal=True):
        for name, value in values.items():
            told = explained("Detection rate" if name.startswith("Detected") else name)
            note = notes[name] or None
            st.metric(name, value, note, delta_color="off", delta_arrow="off", help=told, border=True)
    if undefined:
        st.warning(f"AUROC undefined. {plain(row['note'])}")
    elif told := turned_round(row["auroc"], row["high"]):
        st.warning(told, icon=":material/swap_vert:")


def shown(share: float) -> str:
    return "unknown" if math.isnan(share) else percent(share)


def show_roc(trial: Trial, curves: dict, name: str, threshold: float) -> go.Figure:
    point = float((trial.normal > threshold).mean()), float((trial.anomalous > threshold).mean())
    references = tuple(score.title for score in SCORES.values() if score.is_baseline)
    figure = figures.roc(curves, name, point, references)
    st.plotly_chart(
        figure,
        key="roc",
        config=WITH_TOOLS,
        on_select=lambda: move_to_click(trial),
        selection_mode="points",
        alt="Detection rate against false-alarm rate",
    )
    st.caption(
        "**Click the curve** to move the threshold. Vermillion: the score in view; grey: the others, the "
        "baselines dashed; dotted: chance."
    )
    return figure


def move_to_click(trial: Trial) -> None:
    """Sets the false-alarm rate to that of the clicked point of the curve."""
    points = st.session_state["roc"].selection.points
    thresholds = numbers_at(points, lambda point: np.ravel(point["customdata"])[0])
    if thresholds:
        rate = 100 * float(trial.calibrator.p_values(thresholds[0]))
        lowest = false_alarms.finest_rate(trial.calibrator)
        st.session_state[POINT] = float(np.clip(round(rate, 1), lowest, WIDEST_RATE))


def show_classes(trial: Trial, threshold: float, class_names: tuple[str, ...]) -> None:
    table = detection_by_class(trial.scores, trial.labels, trial.is_anomaly, threshold)
    table = table.assign(label=table["label"].map(lambda each: called(each, class_names)))
    anomalous = table[table["is_anomaly"]]
    if len(anomalous) > 1:
        st.plotly_chart(
            figures.auroc_by_label(anomalous),
            key="by class",
            config=WITH_TOOLS,
            alt="AUROC of each class of anomaly against all normal images",
        )
    areas = table.set_index("label")["auroc"].dropna()
    if not (areas < CHANCE).all() and (told := findings.below_chance(areas)):
        st.caption(told)  # where all are, it is said of the whole part already
    even = numbers.even(table["mean_score"])
    holder = st.expander("By class, as a table") if len(anomalous) > 1 else st.container()
    holder.dataframe(
        table,
        hide_index=True,
        placeholder="–",
        column_config={
            "label": "Class",
            "is_anomaly": "Anomaly",
            "images": st.column_config.NumberColumn("Images", format="localized"),
            "mean_score": st.column_config.NumberColumn("Mean score", format=even),
            "flagged": st.column_config.NumberColumn("Flagged", format="percent"),
            "auroc": st.column_config.NumberColumn("AUROC", format="%.3f", help=explained("AUROC")),
        },
    )


def called(label: int, class_names: tuple[str, ...]) -> str:
    return "no digit" if label < 0 else name_of_class(class_names, label)


def show_downloads(experiment: Experiment, row: pandas.Series, figure: go.Figure) -> None:
    name = file_name(experiment.id, row)
    root, key = cached.store().folder.url, row["key"]
    with st.container(horizontal=True):
        export.offer_csv("Scores of every image as CSV", lambda: tables_of(root, key)[0], f"scores-{name}")
        export.offer_html(figure, f"roc-{name}", "ROC curve as HTML")


def file_name(experiment_id: str, row: pandas.Series) -> str:
    """Of a part's downloads, without its ending: another one for each seed."""
    seed = "" if pandas.isna(row["seed"]) else f"-seed-{row['seed']}"
    return f"{experiment_id}-{row['part']}{seed}"
