"""What an experiment found: all scores side by side, and how its parts differ; then one part in detail."""

import pandas
import streamlit as st

from ae_core.glossary import explained
from ae_core.scores.table import SCORES
from ae_core.studies.experiment import Experiment
from ae_core.studies.results import chosen_score, results, summary
from ui.anomaly import figures
from ui.anomaly import part as anomaly_part
from ui.anomaly.part import part_title
from ui.pictures.figures import WITH_TOOLS
from ui.shell.theme import plain
from ui.widgets import export, steering

COLUMNS = {
    "score": "Score",
    "mean_auroc": "AUROC",
    "spread": "± over seeds",
    "detected_at_5": "Detected at 5 %",
    "detected_at_1": "Detected at 1 %",
    "average_precision": "Average precision",
    "kind": "Kind",
}


def show(experiment: Experiment) -> None:
    """Everything that is over so far; a fragment each for what the visitor moves."""
    table = results(steering.store(), experiment)
    measured = table.dropna(subset=["auroc", "average_precision"], how="all")
    if measured.empty:
        st.info("Results appear here part by part.", icon=":material/hourglass_top:")
        return
    st.subheader("All scores", anchor=False)
    show_scores(experiment, measured)
    st.subheader("One part in detail", anchor=False)
    anomaly_part.show(experiment, measured)


# -- all scores


def show_scores(experiment: Experiment, table: pandas.DataFrame) -> None:
    rows = rows_of(table)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.dataframe(
            rows,
            hide_index=True,
            placeholder="–",
            height="content",
            column_order=[name for name in COLUMNS if name != "spread" or rows["spread"].notna().any()],
            column_config={name: column(name, label) for name, label in COLUMNS.items()},
        )
    with right:
        best = chosen_score(table) or rows["name"].iloc[0]
        show_parts_figure(table[table["score"] == best], best)
    tell_choice(table)
    tell_baseline(rows)
    tell_turned_round(table)
    tell_about(table)
    show_heatmap(table, list(rows["name"]))
    export.offer_csv("Results as CSV", lambda: table, f"experiment-{experiment.id}")


def rows_of(table: pandas.DataFrame) -> pandas.DataFrame:
    """A row a score and baseline, means over the parts, the best first."""
    means = table.groupby("score")["average_precision"].mean()
    rows = summary(table).rename(columns={"score": "name"})
    chosen = chosen_score(table)
    marks = [" ★" if name == chosen else "" for name in rows["name"]]
    return rows.assign(
        score=[SCORES[name].title + mark for name, mark in zip(rows["name"], marks, strict=True)],
        kind=["baseline" if SCORES[name].is_baseline else "score" for name in rows["name"]],
        average_precision=rows["name"].map(means),
    )


def column(name: str, label: str):
    told = explained(*HELP[name])
    if name in ("score", "kind"):
        return st.column_config.TextColumn(label, help=told)
    style = "%.3f" if name in ("mean_auroc", "spread") else "percent"
    return st.column_config.NumberColumn(label, format=style, help=told)


MEAN = "Mean over the parts."
HELP = {  # a term of the glossary, and what there is to add
    "score": (
        "Anomaly score",
        "★: chosen without an anomaly, by how well it tells letters from normal digits.",
    ),
    "kind": ("Baseline", ""),
    "mean_auroc": ("AUROC", MEAN),
    "spread": ("", "Standard deviation of the AUROC over the seeds."),
    "average_precision": ("Average precision", MEAN),
    "detected_at_1": ("Detection rate", f"At a false-alarm rate of 1 %. {MEAN}"),
    "detected_at_5": ("Detection rate", f"At a false-alarm rate of 5 %. {MEAN}"),
}


def show_parts_figure(rows: pandas.DataFrame, name: str) -> None:
    if len(rows) < 2:
        return
    figure = figures.auroc_by_part(rows.assign(part=[part_title(each) for each in rows["part"]]))
    st.markdown(f"**{SCORES[name].title}** by part, with 95 % intervals")
    st.plotly_chart(figure, key="by part", config=WITH_TOOLS, alt="AUROC of each part with its interval")


def show_heatmap(table: pandas.DataFrame, scores: list[str]) -> None:
    """Every part by every score, means over the seeds; scores: in the order of their columns."""
    areas = table.pivot_table(index="part", columns="score", values="auroc", sort=False)
    if areas.shape[0] < 2 or areas.shape[1] < 2:
        return
    areas = areas[scores].rename(index=part_title, columns=lambda name: SCORES[name].title)
    st.markdown("**Every part by every score**: AUROC in percent; white is chance, vermillion below it")
    st.plotly_chart(
        figures.auroc_heatmap(areas),
        key="heatmap",
        config=WITH_TOOLS,
        alt="AUROC of each part by each score",
    )


def tell_choice(table: pandas.DataFrame) -> None:
    """The score that is opened first, and why: it need not be the best of the table."""
    chosen = chosen_score(table)
    if chosen:
        st.caption(
            f"★ **{SCORES[chosen].title}** is shown first: it tells letters from validation digits best, so "
            "it is the choice of one who has seen no anomaly yet. It need not be the best here."
        )


def tell_baseline(rows: pandas.DataFrame) -> None:
    """A baseline that beats every network is a finding: what tells these images is no matter of learning.

    rows: the best first; none where no score ranks anything.
    """
    best = SCORES[rows["name"].iloc[0]] if len(rows) else None
    if best and best.is_baseline:
        st.caption(
            f"The best here, **{best.title}**, uses no network. It sees {best.sees}. It misses {best.misses}."
        )


def tell_turned_round(table: pandas.DataFrame) -> None:
    """Which scores have an AUROC below 0.5 in some part, and what that means."""
    for sentence, rows in table.dropna(subset=["turned_round"]).groupby("turned_round", sort=False):
        titles = ", ".join(dict.fromkeys(SCORES[each].title for each in rows["score"]))
        parts = ", ".join(dict.fromkeys(part_title(each) for each in rows["part"]))
        st.caption(f":material/swap_vert: **{titles}**, with {parts} as the anomaly: {sentence}")


def tell_about(table: pandas.DataFrame) -> None:
    """What a person must know: overlaps, images that were too few, scores that rank nothing."""
    for note in dict.fromkeys(filter(None, table["note"])):
        concerned = table.loc[table["note"] == note, "score"].unique()
        about = "" if len(concerned) > 3 else f"**{', '.join(SCORES[each].title for each in concerned)}**: "
        st.caption(f":material/info: {about}{plain(note)}")
