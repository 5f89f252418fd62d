"""Spoiled and foreign images against test digits: every kind by every score, for models of several seeds.

Needs full MNIST. What an earlier call has trained and found in the run store (AE_RUNS) is not computed again.
"""

from typing import Any

import pandas
import typer

from ae_core.commands.options import numbers_from
from ae_core.data.corruptions import SHAPE_OR_INK
from ae_core.data.foreign import FOREIGN
from ae_core.runs.run import Run
from ae_core.runs.store import RunStore
from ae_core.studies.experiment import ExperimentConfig, Kind
from ae_core.studies.results import chosen_score, results
from ae_core.studies.store import StudyStore
from benchmarks.models import Architecture, LatentDim, Seeds, trained
from benchmarks.report import AsJson, Target, report
from benchmarks.studies import carried_out

TARGETS = {"best score over shape or ink": Target(low=0.95)}


def judged(store: StudyStore, kind: Kind, run: Run, **what: Any) -> pandas.DataFrame:
    """As `results`, of everything of this kind that is here."""
    config = ExperimentConfig.of(kind, reference=run.id, dataset="mnist", **what)
    return results(store, carried_out(store, config))


def main(
    architecture: Architecture = "dense",
    latent_dim: LatentDim = 32,
    seeds: Seeds = "0,1,2",
    as_json: AsJson = False,
) -> None:
    """About a minute a seed on two quiet cores for a dense network."""
    here = tuple(source.name for source in FOREIGN.values() if source.available())
    store, tables = StudyStore(RunStore()), []
    for run in trained(store.runs, architecture, latent_dim, numbers_from(seeds, "seeds", "0,1,2")):
        found = [
            judged(store, Kind.CORRUPTIONS, run),
            judged(store, Kind.FOREIGN, run, sources=here),
        ]
        tables.append(pandas.concat(found).assign(model=run.id))
    table = pandas.concat(tables)
    areas = table.groupby(["score", "part"], sort=False)["auroc"].mean().unstack()
    by_model = table[table["part"].isin(SHAPE_OR_INK)].groupby(["score", "model"])["auroc"].mean().unstack()
    means = by_model.mean(axis=1).sort_values(ascending=False)
    best = means.index[0]
    figures = {
        "models": f"{architecture}-{latent_dim}, {len(tables)} seeds",
        "shape or ink": list(SHAPE_OR_INK),
        "best score": best,
        "best score over shape or ink": float(means.iloc[0]),
        "spread over seeds": float(by_model.loc[best].std()),
        "score chosen on letters": chosen_score(table),
        "over shape or ink by score": means.to_dict(),
        "auroc": {name: row.to_dict() for name, row in areas.iterrows()},
    }
    report(figures, TARGETS, as_json)


if __name__ == "__main__":
    typer.run(main)
