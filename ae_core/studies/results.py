"""What an experiment found so far, as tables."""

from dataclasses import asdict
from typing import Any

import pandas

from ae_core.jobs.states import State
from ae_core.runs.catalogue import is_run
from ae_core.scores.metrics import turned_round
from ae_core.scores.table import MSE, SCORES
from ae_core.studies.experiment import Experiment
from ae_core.studies.measuring import MEASURES
from ae_core.studies.parts import Part
from ae_core.studies.records import PartRecord
from ae_core.studies.store import StudyStore

COLUMNS = (
    "part",
    "digit",
    "seed",
    "score",
    *MEASURES,
    "n_normal",
    "n_anomalies",
    "turned_round",
    "letter_auroc",
    "seconds",
    "run",
    "key",
    "note",
)
OVER = (State.FINISHED, State.FAILED)
NUMBERS = {"digit": "Int64", "seed": "Int64", "n_normal": "Int64", "n_anomalies": "Int64"}  # or missing
SUMMARY = (
    "score",
    "mean_auroc",
    "low",
    "high",
    "spread",
    "detected_at_1",
    "detected_at_5",
    "parts",
    "seeds",
    "turned_round",
)


def progress(store: StudyStore, experiment: Experiment) -> pandas.DataFrame:
    """One row a part, in the experiment's order: part, seed, state, share, seconds, run, key and message.

    share: how much of the part is done, 0 to 1.
    """
    return pandas.DataFrame([state_row(*each) for each in store.records(experiment)])


def state_row(part: Part, record: PartRecord) -> dict[str, Any]:
    state, run, result = record.state(), record.run(), record.result()
    return {
        "part": part.name,
        "seed": part.seed,
        "state": str(state),
        "share": 1.0 if state in OVER else record.share(),
        "seconds": result.seconds if result else None,
        "run": run.id if run else "",
        "key": record.id,
        "message": record.message() if state is State.FAILED else "",
    }


def done_share(experiment: Experiment, table: pandas.DataFrame) -> float:
    """How much of the whole is done, 0 to 1. table: as `progress`.

    Where a given model is judged, its scores are fitted once for all parts and take longer than a part: each
    score then counts as much as a part.
    """
    if experiment.config.trains:
        return float(table["share"].mean())
    over = table["state"].isin(OVER)
    fitted = 1.0 if over.any() else table["share"].max()
    fits = len(experiment.config.scores) or len(SCORES)
    return float((over.sum() + fits * fitted) / (len(table) + fits))


def results(store: StudyStore, experiment: Experiment) -> pandas.DataFrame:
    """One row a part and score, of the parts that are over; see COLUMNS.

    letter_auroc: how well the score told letters from normal digits in this part, which scores are chosen
    by. turned_round: what an AUROC below 0.5 means, else None. seconds: of the whole part, its training
    included. A part that failed has one row, without a score, whose note says why. The interval from low to
    high is that of the AUROC over test images; `summary` tells the spread over trainings.
    """
    rows = [row for part, record in store.records(experiment) for row in part_rows(part, record)]
    table = pandas.DataFrame(rows, columns=list(COLUMNS))
    return table.astype(NUMBERS | dict.fromkeys((*MEASURES, "letter_auroc", "seconds"), float))


def part_rows(part: Part, record: PartRecord) -> list[dict[str, Any]]:
    result = record.result()
    run = record.run()
    about = {"part": part.name, "digit": part.digit, "seed": part.seed, "key": record.id}
    about["run"] = run.id if run else ""
    if result is None:
        return [about | {"note": record.message()}] if record.state() is State.FAILED else []
    return [
        about
        | asdict(measures)
        | {
            "turned_round": turned_round(measures.auroc, measures.high) or None,
            "letter_auroc": result.letters.get(measures.score),
            "seconds": result.seconds,
            "note": " ".join(filter(None, [*result.notes, measures.note])),
        }
        for measures in result.measures
    ]


def summary(table: pandas.DataFrame) -> pandas.DataFrame:
    """One row a score of `results`, the best first; see SUMMARY.

    mean_auroc: over the parts of each seed, then over seeds; low, high and spread (the standard deviation)
    over those means of seeds, the spread missing for one seed. A seed counts once it has as many parts as
    the fullest, and over the parts that all of these have; `parts` is how many that are. turned_round: what
    a mean below 0.5 means, else None.
    """
    known = table.dropna(subset=["auroc"])
    rows = [{"score": name, **over_seeds(rows)} for name, rows in known.groupby("score", sort=False)]
    found = pandas.DataFrame(rows, columns=list(SUMMARY))
    return found.sort_values("mean_auroc", ascending=False, kind="stable", ignore_index=True)


def over_seeds(rows: pandas.DataFrame) -> dict[str, Any]:
    rows = rows.assign(seed=rows["seed"].fillna(0))
    parts = rows.groupby("seed")["part"].agg(set)
    fullest = parts[parts.map(len) == parts.map(len).max()]
    common = set.intersection(*fullest)
    if not common:  # each seed has other parts: they cannot be compared
        fullest, common = fullest.iloc[:1], fullest.iloc[0]
    rows = rows[rows["seed"].isin(fullest.index) & rows["part"].isin(common)]
    means = rows.groupby("seed")[["auroc", "detected_at_1", "detected_at_5"]].mean()
    areas = means["auroc"]
    return {
        "mean_auroc": float(areas.mean()),
        "low": float(areas.min()),
        "high": float(areas.max()),
        "spread": float(areas.std()),
        "detected_at_1": float(means["detected_at_1"].mean()),
        "detected_at_5": float(means["detected_at_5"].mean()),
        "parts": len(common),
        "seeds": len(means),
        "turned_round": turned_round(float(areas.mean()), only_high(rows)) or None,
    }


def only_high(rows: pandas.DataFrame) -> float | None:
    """The upper end of the one interval there is; a mean of several has none."""
    return float(rows["high"].iloc[0]) if len(rows) == 1 else None


def aurocs_of_models(store: StudyStore) -> dict[str, float]:
    """How well each run that experiments have tested detects what they brought: its mean AUROC over their
    parts, by the mean squared error where they have measured that, else by the score chosen without an
    anomaly.
    """
    found: dict[str, list[float]] = {}
    for experiment in store.list(Experiment):
        if experiment.config.trains or not is_run(experiment.config.reference):
            continue
        table = results(store, experiment).dropna(subset=["auroc"])
        score = MSE if MSE in set(table["score"]) else chosen_score(table)
        areas = table.loc[table["score"] == score, "auroc"]
        found.setdefault(experiment.config.reference, []).extend(map(float, areas))
    return {run_id: sum(areas) / len(areas) for run_id, areas in found.items() if areas}


def chosen_score(table: pandas.DataFrame) -> str | None:
    """The score that tells letters best over the parts of `results`; None before a part is finished.

    One score for the whole experiment, and no anomaly takes part in the choice (ae_core/scores/selection.py).
    """
    letters = table.dropna(subset=["letter_auroc"]).groupby("score")["letter_auroc"].mean()
    return max((name for name in SCORES if name in letters), key=letters.get, default=None)
