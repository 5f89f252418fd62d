"""How well anomalies are told from digits, in the protocols that papers use, each with three seeds.

One-class: train on one digit, the nine others are anomalies. Held-out: train on nine, the tenth is one.
The score is chosen on letters (ae_core/scores/selection.py), never on an anomaly. Needs full MNIST.
"""

import tempfile
import time
from typing import Annotated

import pandas
import typer

from ae_core.commands.options import numbers_from
from ae_core.experiments import ExperimentConfig, ExperimentStore
from ae_core.experiments.execution import carry_out
from ae_core.experiments.results import chosen_score, results, summary
from ae_core.runs import RunStore
from benchmarks.report import AsJson, Target, report

TARGETS = {
    "one_class_mean_auroc": Target(low=0.983),
    "one_class_seconds_a_seed": Target(high=180),
    "held_out_mean_auroc": Target(low=0.930),
    "held_out_worst_digit": Target(low=0.75),
}


def measure(kind: str, seeds: tuple[int, ...]) -> tuple[pandas.DataFrame, float]:
    """Every part's results, and the seconds that a seed took: ten trainings and their scoring."""
    with tempfile.TemporaryDirectory() as folder:
        store = ExperimentStore(RunStore(folder))
        experiment = store.take_up(ExperimentConfig.of(kind, dataset="mnist", seeds=seeds))
        started = time.perf_counter()
        for part, record in store.records(experiment):
            record.ensure(part)
            carry_out(store, record.key, "benchmark", device="cpu")
        return results(store, experiment), (time.perf_counter() - started) / len(seeds)


def figures_of(kind: str, table: pandas.DataFrame, seconds: float) -> dict:
    name, score = kind.replace("-", "_"), chosen_score(table)
    means = summary(table).set_index("score")
    rows = table[table["score"] == score]
    by_digit = rows.groupby("digit")["auroc"].mean()
    return {
        f"{name}_score": score,
        f"{name}_mean_auroc": float(means.loc[score, "mean_auroc"]),
        f"{name}_spread_over_seeds": float(means.loc[score, "spread"]),
        f"{name}_by_digit": {str(digit): float(area) for digit, area in by_digit.items()},
        f"{name}_worst_digit": float(by_digit.min()),
        f"{name}_by_score": means["mean_auroc"].to_dict(),
        f"{name}_seconds_a_seed": seconds,
    }


def main(
    seeds: Annotated[str, typer.Option(help="One round of ten trainings for each.")] = "0,1,2",
    as_json: AsJson = False,
) -> None:
    """Both protocols; some four minutes a seed on two quiet cores."""
    figures: dict = {}
    for kind in ("one-class", "held-out"):
        figures |= figures_of(kind, *measure(kind, numbers_from(seeds, "seeds", "0,1,2")))
    report(figures, TARGETS, as_json)


if __name__ == "__main__":
    typer.run(main)
