"""What an experiment found: all scores side by side, then one part in detail, with a threshold to move."""

import math

import numpy as np
import pandas
import plotly.graph_objects as go
import streamlit as st

from ae_core import trials
from ae_core.detection import detection_by_class, roc_curve
from ae_core.errors import ConfigError, LabError
from ae_core.experiments import Experiment
from ae_core.experiments.results import chosen_score, results, summary
from ae_core.scores import SCORES
from ae_core.trials import Trial
from ui import anomaly_experiment, anomaly_figures, anomaly_threshold, cached
from ui.anomaly_corruptions import name_of
from ui.anomaly_figures import BASELINES
from ui.theme import percent, three_digits

POINT = "operating point"
WIDEST_RATE = 50.0  # percent: an operating point may be moved farther than a verdict's threshold
CHART = {"displaylogo": False, "toImageButtonOptions": {"scale": 2}}
COLUMNS = {
    "score": "Score",
    "kind": "Kind",
    "mean_auroc": "AUROC",
    "spread": "± over seeds",
    "average_precision": "Average precision",
    "detected_at_1": "Detected at 1 %",
    "detected_at_5": "Detected at 5 %",
}


def show(experiment: Experiment) -> None:
    """Everything that is over so far; a fragment each for what the visitor moves."""
    table = results(anomaly_experiment.store(), experiment)
    measured = table.dropna(subset=["auroc", "average_precision"], how="all")
    if measured.empty:
        st.info("Results appear here part by part.", icon=":material/hourglass_top:")
        return
    st.subheader("All scores", anchor=False)
    show_scores(experiment, measured)
    st.subheader("One part in detail", anchor=False)
    st.fragment(show_part)(experiment, measured)


# -- all scores


def show_scores(experiment: Experiment, table: pandas.DataFrame) -> None:
    rows = rows_of(table)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.dataframe(
            rows,
            hide_index=True,
            height="content",
            column_order=[name for name in COLUMNS if name != "spread" or rows["spread"].notna().any()],
            column_config={name: column(name, label) for name, label in COLUMNS.items()},
        )
    with right:
        best = chosen_score(table) or rows["name"].iloc[0]
        show_parts_figure(table[table["score"] == best], best)
    tell_about(table)
    st.download_button(
        "Results as CSV",
        table.to_csv(index=False),
        file_name=f"experiment-{experiment.id}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def rows_of(table: pandas.DataFrame) -> pandas.DataFrame:
    """A row a score and baseline, means over the parts, the best first."""
    means = table.groupby("score")["average_precision"].mean()
    rows = summary(table).rename(columns={"score": "name"})
    chosen = chosen_score(table)
    marks = [" ★" if name == chosen else "" for name in rows["name"]]
    return rows.assign(
        score=[SCORES[name].title + mark for name, mark in zip(rows["name"], marks, strict=True)],
        kind=["baseline" if name in BASELINES else "score" for name in rows["name"]],
        average_precision=rows["name"].map(means),
    )


def column(name: str, label: str):
    if name in ("score", "kind"):
        return st.column_config.TextColumn(label, help=HELP.get(name))
    if name in ("mean_auroc", "spread"):
        return st.column_config.NumberColumn(label, format="%.3f", help=HELP.get(name))
    return st.column_config.NumberColumn(label, format="percent", help=HELP.get(name))


HELP = {
    "score": "★: chosen without an anomaly, by how well it tells letters from normal digits.",
    "kind": "A baseline uses no network.",
    "mean_auroc": "How often an anomaly scores above a normal image; mean over the parts. 0.5 is chance.",
    "spread": "Standard deviation of that mean over the seeds.",
    "average_precision": "Mean over the parts; chance reaches the share of anomalies.",
    "detected_at_1": "Share of anomalies found by a threshold that may flag 1 % of normal digits.",
    "detected_at_5": "Share of anomalies found by a threshold that may flag 5 % of normal digits.",
}


def show_parts_figure(rows: pandas.DataFrame, name: str) -> None:
    if len(rows) < 2:
        return
    figure = anomaly_figures.auroc_by_part(rows.assign(part=[part_title(each) for each in rows["part"]]))
    st.markdown(f"**{SCORES[name].title}** by part, with 95 % intervals")
    st.plotly_chart(figure, key="by part", config=CHART, alt="AUROC of each part with its interval")


def tell_about(table: pandas.DataFrame) -> None:
    """What a person must know: overlaps, images that were too few, scores that rank nothing."""
    for note in dict.fromkeys(filter(None, table["note"])):
        concerned = table.loc[table["note"] == note, "score"].unique()
        about = "" if len(concerned) > 3 else f"**{', '.join(SCORES[each].title for each in concerned)}**: "
        st.caption(f":material/info: {about}{note}")


# -- one part


def show_part(experiment: Experiment, table: pandas.DataFrame) -> None:
    row = choose_part(table)
    try:
        trial, curves = trial_of(row["key"], row["score"]), curves_of(row["key"])
    except LabError as error:
        st.warning(str(error))
        return
    rate = anomaly_threshold.choose_rate(trial, POINT, WIDEST_RATE)
    threshold = trial.calibrator.threshold(rate)
    name = SCORES[row["score"]].title
    show_measures(row)
    roc, histograms = st.columns([2, 3], gap="medium")
    with roc:
        figure = show_roc(trial, curves, name, threshold)
    with histograms:
        anomaly_threshold.show_histograms(trial, threshold, name, "part histograms")
        st.caption(f"Threshold {three_digits(threshold)}; solid bars are judged wrongly.")
    numbers, classes = st.columns([2, 3], gap="medium")
    with numbers:
        anomaly_threshold.show_four_numbers(trial, threshold)
    with classes:
        show_classes(trial, threshold)
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
            names.index(rows.loc[rows["chosen"], "score"].iloc[0]) if rows["chosen"].any() else 0,
            format_func=lambda each: SCORES[each].title,
            key=f"score of {key}",
        )
    return rows[rows["score"] == name].iloc[0]


def spoken(part: pandas.Series) -> str:
    seed = "" if pandas.isna(part["seed"]) or not part["seed"] else f", seed {part['seed']}"
    return f"{part_title(part['part'])}{seed}"


def part_title(part: str) -> str:
    return f"the {part}" if part.isdecimal() else name_of(part)


@st.cache_resource(show_spinner=False, max_entries=12)
def tables_of(root: str, key: str) -> tuple[pandas.DataFrame, pandas.DataFrame]:  # noqa: ARG001
    """Of a finished part, which never changes."""
    record = anomaly_experiment.store().record(key)
    return record.scores(), record.calibration()


@st.cache_resource(show_spinner=False, max_entries=6)
def images_of(root: str, key: str) -> np.ndarray:
    store = anomaly_experiment.store()
    return trials.images_of(store.record(key).part(), tables_of(root, key)[0], store)


def trial_of(key: str, name: str) -> Trial:
    root = cached.store().folder.url
    return trials.from_part(*tables_of(root, key), images_of(root, key), name)


def curves_of(key: str) -> dict[str, pandas.DataFrame]:
    return compute_curves(cached.store().folder.url, key)


@st.cache_resource(show_spinner=False, max_entries=24)
def compute_curves(root: str, key: str) -> dict[str, pandas.DataFrame]:
    """ROC curves by the titles of the scores; those that cannot be drawn are left out."""
    table, calibration = tables_of(root, key)
    curves = {}
    for name in calibration.columns:
        strange = table["is_anomaly"].to_numpy(bool)
        try:
            curves[SCORES[name].title] = roc_curve(table[name][~strange], table[name][strange])
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
            st.metric(name, value, notes[name] or None, delta_color="off", delta_arrow="off", border=True)
    if undefined:
        st.warning(f"AUROC undefined. {row['note']}")


def shown(share: float) -> str:
    return "unknown" if math.isnan(share) else percent(share)


def show_roc(trial: Trial, curves: dict, name: str, threshold: float) -> go.Figure:
    point = float((trial.normal > threshold).mean()), float((trial.anomalous > threshold).mean())
    references = tuple(SCORES[each].title for each in BASELINES)
    figure = anomaly_figures.roc(curves, name, point, references)
    st.plotly_chart(
        figure,
        key="roc",
        config=CHART,
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
    points = [each for each in st.session_state["roc"].selection.points if "customdata" in each]
    if points:
        threshold = float(np.ravel(points[0]["customdata"])[0])
        rate = 100 * float(trial.calibrator.p_values(threshold))
        lowest = anomaly_threshold.finest_rate(trial)
        st.session_state[POINT] = float(np.clip(round(rate, 1), lowest, WIDEST_RATE))


def show_classes(trial: Trial, threshold: float) -> None:
    table = detection_by_class(trial.scores, trial.labels, trial.is_anomaly, threshold)
    strange = table[table["is_anomaly"]]
    if len(strange) > 1:
        st.plotly_chart(
            anomaly_figures.auroc_by_label(strange),
            key="by class",
            config=CHART,
            alt="AUROC of each class of anomaly against all normal images",
        )
    table = table.assign(label=table["label"].map(lambda each: "no digit" if each < 0 else str(each)))
    holder = st.expander("By class, as a table") if len(strange) > 1 else st.container()
    holder.dataframe(
        table,
        hide_index=True,
        column_config={
            "label": "Class",
            "is_anomaly": "Anomaly",
            "images": st.column_config.NumberColumn("Images", format="localized"),
            "mean_score": st.column_config.NumberColumn("Mean score", format="%.3g"),
            "flagged": st.column_config.NumberColumn("Flagged", format="percent"),
            "auroc": st.column_config.NumberColumn("AUROC", format="%.3f"),
        },
    )


def show_downloads(experiment: Experiment, row: pandas.Series, figure: go.Figure) -> None:
    name = f"{experiment.id}-{row['part']}"
    root, key = cached.store().folder.url, row["key"]
    with st.container(horizontal=True):
        st.download_button(
            "Scores of every image as CSV",
            lambda: tables_of(root, key)[0].to_csv(index=False),
            file_name=f"scores-{name}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            "ROC curve as HTML",
            lambda: figure.to_html(include_plotlyjs=True),
            file_name=f"roc-{name}.html",
            mime="text/html",
            icon=":material/download:",
            on_click="ignore",
            help="A page of its own that needs no network. As a PNG: the camera above the figure.",
        )
