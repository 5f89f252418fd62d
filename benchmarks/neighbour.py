"""What a busy neighbour on the same cores costs training, with the lab's OpenMP setting and without.

OpenMP's threads meet after each operation. By default a thread that is early spins for milliseconds while it
waits, and takes the core that the late one needs; the lab lets it sleep after microseconds. The setting
counts only if it is made before PyTorch is loaded, so each measurement is a process of its own.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from ae_core import SPIN_COUNT

SETTINGS = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")
BUSY = "while True: pass"
WARM_UP_LOOKS = 3  # reports of progress that are not timed: threads and memory are being set up


@contextmanager
def busy_neighbours(count: int) -> Iterator[None]:
    processes = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def epoch_seconds(lab_setting: bool, seconds: float, neighbours: int) -> float:
    """Seconds that an epoch of 48,000 digits takes, from `seconds` of training in a process of its own."""
    surroundings = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    if lab_setting:
        surroundings["GOMP_SPINCOUNT"] = SPIN_COUNT
    command = [sys.executable, "-m", "benchmarks.neighbour", "--measure", str(seconds)]
    with busy_neighbours(neighbours):
        found = subprocess.run(command, env=surroundings, check=True, stdout=subprocess.PIPE)
    return float(json.loads(found.stdout))


def measure(seconds: float) -> float:
    """Trains for about `seconds` after a warm-up and returns the seconds of an epoch at that speed.

    Validation, once an epoch, is in the time.
    """
    import torch  # noqa: F401 - before ae_core, which would otherwise make the setting for both

    from ae_core.data.sources import load_digits
    from ae_core.models.build import build_model
    from ae_core.models.config import ModelConfig
    from ae_core.training.config import TrainConfig
    from ae_core.training.loop import Step, Training

    training = Training(
        build_model(ModelConfig()), load_digits("mnist"), TrainConfig(epochs=1000), device="cpu"
    )
    places: list[tuple[float, int]] = []  # wall seconds and batches done, a few times a second

    def look(step: Step) -> None:
        places.append((time.perf_counter(), (step.epoch - 1) * step.steps + step.step))
        if len(places) > WARM_UP_LOOKS and places[-1][0] - places[WARM_UP_LOOKS - 1][0] >= seconds:
            training.halt()

    for _ in training.run(look):
        pass
    (start, first), (end, last) = places[WARM_UP_LOOKS - 1], places[-1]
    return (end - start) / (last - first) * len(training.bounds)


def main(
    seconds: Annotated[float, typer.Option(help="How long each of the measurements trains.")] = 10.0,
    neighbours: Annotated[int, typer.Option(help="Busy processes beside it.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, nothing else.")] = False,
    measure_seconds: Annotated[float | None, typer.Option("--measure", hidden=True)] = None,
) -> None:
    """Compares the time of an epoch alone and beside busy neighbours, under both settings."""
    if measure_seconds is not None:
        print(json.dumps(measure(measure_seconds)))
        return
    from benchmarks.report import report

    lab, default = (epoch_seconds(setting, seconds, neighbours) for setting in (True, False))
    figures = {
        "ratio": default / lab,
        "neighbours": neighbours,
        "epoch_seconds_lab": lab,
        "epoch_seconds_default": default,
        "epoch_seconds_lab_alone": epoch_seconds(True, seconds, 0),
        "epoch_seconds_default_alone": epoch_seconds(False, seconds, 0),
    }
    report(figures, {}, as_json)


if __name__ == "__main__":
    typer.run(main)
