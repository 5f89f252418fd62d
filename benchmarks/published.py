"""The lab's own rows beside the published ones: both protocols on full MNIST, for ae_core/published.json.

What an earlier call has found in the run store (AE_RUNS) is not computed again, so it can be broken off.
"""

import json
from typing import Any

import typer

from ae_core import published
from ae_core.data.sources import load_digits
from ae_core.experiments import ExperimentConfig, ExperimentStore, Kind
from ae_core.experiments.execution import carry_out
from ae_core.experiments.results import results
from ae_core.runs import RunStore
from benchmarks.report import AsJson, Target, report

TARGETS = {
    "one-class_mse_auroc": Target(0.955, 0.975),
    "held-out_mse_auroc": Target(0.70, 0.86),
}
DIGITS = 3  # decimals of an area


def measure(store: ExperimentStore, kind: Kind) -> dict[str, Any]:
    """One training for each digit with the kind's own recipe, all scores."""
    experiment = store.take_up(ExperimentConfig.of(kind, dataset="mnist"))
    for part, record in store.records(experiment):
        record.ensure(part)
        carry_out(store, record.key, "benchmark", device="cpu")
    table = results(store, experiment)
    areas = table.pivot(index="digit", columns="score", values="auroc")
    return {
        "recipe": experiment.title(),
        "fingerprint": experiment.fingerprint,
        "model": experiment.config.model.to_dict(),
        "train": experiment.config.train.to_dict(),
        "chosen": table[table["chosen"]].sort_values("digit")["score"].tolist(),
        "auroc": {name: areas[name].round(DIGITS + 1).tolist() for name in table["score"].unique()},
    }


def main(as_json: AsJson = False) -> None:
    """Twenty trainings and their scores; some minutes on two quiet cores."""
    load_digits("mnist")  # refused at once where it is missing
    store = ExperimentStore(RunStore())
    found = {str(kind): measure(store, kind) for kind in (Kind.ONE_CLASS, Kind.HELD_OUT)}
    published.OWN.write_text(json.dumps(found, indent=1) + "\n")
    figures = {
        f"{kind}_{name}_auroc": sum(areas) / len(areas)
        for kind, values in found.items()
        for name, areas in values["auroc"].items()
    }
    report(figures, TARGETS, as_json)


if __name__ == "__main__":
    typer.run(main)
