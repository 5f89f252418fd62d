"""A sweep over the latent dimensions of the zoo on the embedded digits, as the Trade-offs page offers it."""

import tempfile
import time

import typer

from ae_core.runs.service import TrainingService
from ae_core.runs.store import RunStore
from ae_core.studies.service import StudyService
from ae_core.studies.sweep import SweepConfig
from ae_core.studies.sweep_results import sweep_table
from ae_core.training.config import TrainConfig
from benchmarks.report import AsJson, Target, report

TARGETS = {"seconds": Target(high=60)}
LOOK_SECONDS = 0.05


def main(as_json: AsJson = False) -> None:
    """Half a minute at most, of which the start of the worker is a part."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        service = StudyService(TrainingService(RunStore(folder)))
        sweep = service.start(SweepConfig(train=TrainConfig(epochs=10, batch_size=128), dataset="embedded"))
        while not (table := sweep_table(service.store, sweep))["state"].eq("finished").all():
            if table["state"].eq("failed").any():
                raise SystemExit(f"A training failed:\n{table}")
            time.sleep(LOOK_SECONDS)
        figures = {
            "seconds": time.perf_counter() - started,
            "test_errors": dict(zip(table["latent_dim"].astype(str), table["test_error"], strict=True)),
        }
        service.service.close()
    report(figures, TARGETS, as_json)


if __name__ == "__main__":
    typer.run(main)
