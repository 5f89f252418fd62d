"""How well anomalies are told from digits in the protocols that papers use: ae_core/lessons/published.json.

One-class: train on one digit, the nine others are anomalies. Held-out: train on nine, the tenth is one. The
score is chosen on letters (ae_core/scores/selection.py), never on an anomaly. Needs full MNIST. What an
earlier call has found in the run store (AE_RUNS) is not computed again, so it can be broken off.
"""

import json
from typing import Annotated, Any

import pandas
import typer

from ae_core.commands.options import numbers_from
from ae_core.data.sources import load_digits
from ae_core.lessons import published
from ae_core.runs.store import RunStore
from ae_core.studies.experiment import Experiment, ExperimentConfig, Kind
from ae_core.studies.results import chosen_score, results, summary
from ae_core.studies.store import StudyStore
from benchmarks.report import AsJson, Target, report
from benchmarks.studies import carried_out

TARGETS = {
    "one-class mean AUROC": Target(low=0.983),
    "one-class seconds a seed": Target(high=180),
    "held-out mean AUROC": Target(low=0.930),
    "held-out worst digit": Target(low=0.75),
}
DECIMALS = 4  # of an area on file


def on_file(experiment: Experiment, table: pandas.DataFrame) -> dict[str, Any]:
    """What the Anomaly page shows: areas by digit, means over the seeds."""
    areas = table.pivot_table(index="digit", columns="score", values="auroc", aggfunc="mean")
    return {
        "recipe": experiment.title(),
        "fingerprint": experiment.fingerprint,
        "model": experiment.config.model.to_dict(),
        "train": experiment.config.train.to_dict(),
        "chosen": chosen_score(table),
        "auroc": {name: areas[name].round(DECIMALS).tolist() for name in table["score"].unique()},
    }


def figures_of(kind: Kind, table: pandas.DataFrame) -> dict[str, Any]:
    chosen = chosen_score(table)
    means = summary(table).set_index("score")
    by_digit = table[table["score"] == chosen].groupby("digit")["auroc"].mean()
    parts = table.drop_duplicates("key")
    return {
        f"{kind} score": chosen,
        f"{kind} mean AUROC": float(means.loc[chosen, "mean_auroc"]),
        f"{kind} spread over seeds": float(means.loc[chosen, "spread"]),
        f"{kind} by digit": {str(digit): float(area) for digit, area in by_digit.items()},
        f"{kind} worst digit": float(by_digit.min()),
        f"{kind} by score": means["mean_auroc"].to_dict(),
        f"{kind} on letters": table.groupby("score")["letter_auroc"].mean().to_dict(),
        f"{kind} seconds a seed": float(parts["seconds"].sum() / parts["seed"].nunique()),
    }


def main(
    seeds: Annotated[str, typer.Option(help="One round of ten trainings for each.")] = "0,1,2",
    as_json: AsJson = False,
) -> None:
    """Both protocols; some four minutes a seed on two quiet cores."""
    load_digits("mnist")  # refused at once where it is missing
    store = StudyStore(RunStore())
    numbers = numbers_from(seeds, "seeds", "0,1,2")
    found: dict[str, Any] = {}
    figures: dict[str, Any] = {}
    for kind in (Kind.ONE_CLASS, Kind.HELD_OUT):
        experiment = carried_out(store, ExperimentConfig.of(kind, dataset="mnist", seeds=numbers))
        table = results(store, experiment)
        found[str(kind)] = on_file(experiment, table)
        figures |= figures_of(kind, table)
    published.OWN.write_text(json.dumps(found, indent=1) + "\n")
    report(figures, TARGETS, as_json)


if __name__ == "__main__":
    typer.run(main)
