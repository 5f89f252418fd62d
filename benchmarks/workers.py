"""What an epoch costs in a worker, beside the same in a process that does nothing else, in turns.

Needs full MNIST. `MALLOC_TRIM_THRESHOLD_=65536 MALLOC_MMAP_THRESHOLD_=131072` in the environment gives what
workers would do with the memory settings of Dask.
"""

import multiprocessing
import statistics
import tempfile
import time
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from ae_core.data.sources import load_digits
from ae_core.models.config import ModelConfig
from ae_core.runs.execution import RUN, execute
from ae_core.runs.run import Run
from ae_core.runs.service import TrainingService
from ae_core.runs.store import RunStore
from ae_core.training.presets import ADAM
from benchmarks.report import AsJson, report

EPOCHS = 3


def created(store: RunStore, seed: int) -> Run:
    about = {"dataset": "mnist", "fingerprint": load_digits("mnist").fingerprint}
    return store.create(ModelConfig(), ADAM.with_changes(epochs=EPOCHS, seed=seed), **about)


def epochs(run: Run) -> list[float]:
    """Seconds of each but the first, in which memory is asked for and kernels are made."""
    return run.metrics()["seconds"].tolist()[1:]


def in_a_worker(store: RunStore, seed: int) -> list[float]:
    service, run = TrainingService(store), created(store, seed)
    service.submit(RUN, run)
    while service.state(run).is_active:
        time.sleep(0.5)
    service.close()
    return epochs(run)


def alone(store: RunStore, seed: int) -> list[float]:
    run = created(store, seed)
    process = multiprocessing.get_context("spawn").Process(target=execute, args=(run,))
    process.start()
    process.join()
    return epochs(run)


def main(
    times: Annotated[int, typer.Option(min=1, help="Trainings of each kind.")] = 3, as_json: AsJson = False
) -> None:
    """The recipe of the shipped models; a few minutes."""
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder) / "runs")
        found = [(in_a_worker(store, seed), alone(store, seed)) for seed in range(times)]
    worker, own = (statistics.median(chain(*each)) for each in zip(*found, strict=True))
    figures = {"worker_seconds": worker, "alone_seconds": own, "worker_over_alone": worker / own}
    report(figures, {}, as_json)


if __name__ == "__main__":
    typer.run(main)
