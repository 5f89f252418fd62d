"""What a sweep found so far, as tables."""

import contextlib
from typing import Any

import pandas

from ae_core.errors import LabError
from ae_core.jobs.states import State
from ae_core.models.build import compression_ratio, parameter_count
from ae_core.studies.parts import Part
from ae_core.studies.records import PartRecord
from ae_core.studies.store import StudyStore
from ae_core.studies.sweep import Sweep

COLUMNS = (
    "architecture",
    "latent_dim",
    "seed",
    "state",
    "test_error",
    "seconds",
    "parameters",
    "compression",
    "run",
    "learned_nothing",
)
PROGRESS = ("share", "message")  # how much of the training is done, 0 to 1; why it failed


def sweep_table(store: StudyStore, sweep: Sweep) -> pandas.DataFrame:
    """One row a training, in the sweep's order, with COLUMNS and PROGRESS; test_error and seconds are missing
    before its end.
    """
    rows = [row(*each) for each in store.records(sweep)]
    return pandas.DataFrame(rows, columns=[*COLUMNS, *PROGRESS])


def row(part: Part, record: PartRecord) -> dict[str, Any]:
    status, result, run = record.status(), record.result(), record.run()
    state, (model, _) = record.state(), part.training
    return {
        "architecture": model.architecture,
        "latent_dim": model.latent_dim,
        "seed": part.seed,
        "state": str(state),
        "test_error": result.test_error if result else None,
        "seconds": result.training_seconds if result else None,
        "parameters": parameter_count(model),
        "compression": compression_ratio(model),
        "run": run.id if run else "",
        "learned_nothing": bool(result.notes) if result else None,
        "share": 1.0 if state in (State.FINISHED, State.FAILED) else status.share,
        "message": status.message if state is State.FAILED else "",
    }


def known_before(store: StudyStore, sweep: Sweep) -> int:
    """How many of its trainings were done for something else before it began."""
    known = 0
    for _, record in store.records(sweep):
        with contextlib.suppress(LabError):  # a damaged run's time is not known
            run = record.run()
            known += run is not None and run.config().created < sweep.created
    return known


def summary(table: pandas.DataFrame) -> pandas.DataFrame:
    """Mean, least and greatest test error over the seeds of each finished architecture and dimension."""
    done = table.dropna(subset="test_error")
    groups = done.groupby(["architecture", "latent_dim"], sort=False)["test_error"]
    return groups.agg(["mean", "min", "max", "count"]).reset_index()
