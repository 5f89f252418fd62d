"""What a training keeps of its speed beside another one on the same cores.

Each network trains for some seconds in a process with the settings of the lab's workers and a thread a core,
on the digits that come with the lab: alone, then beside a training of the dense network. Half would be a fair
share.
"""

import multiprocessing
import os
import time
from typing import Annotated

import typer

from ae_core.data.sources import load_digits
from ae_core.jobs.local import KEEPS_MEMORY
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.training.loop import Step, Training
from ae_core.training.presets import ADAM
from benchmarks.report import AsJson, Target, report

NETWORKS = ("dense", "convolutional")
TARGETS = {f"{network}_kept": Target(low=0.5) for network in NETWORKS}
WARM_UP = 3.0  # seconds, in which memory is asked for and kernels are made


def steps_a_second(network: str, seconds: float) -> float:
    recipe = ADAM.with_changes(epochs=500)
    training = Training(build_model(ModelConfig(architecture=network)), load_digits("embedded"), recipe)
    began, seen = time.perf_counter(), []

    def note(step: Step) -> None:
        now = time.perf_counter() - began
        if now > WARM_UP:
            seen.append((now, (step.epoch - 1) * step.steps + step.step))
        if now > WARM_UP + seconds:
            training.halt()

    for _ in training.run(note):
        pass
    (first, before), (last, after) = seen[0], seen[-1]
    return (after - before) / (last - first)


def speeds(networks: list[str], seconds: float) -> list[float]:
    """Of trainings that run at the same time, each in a process that reads its settings as it starts."""
    with multiprocessing.get_context("spawn").Pool(len(networks)) as processes:
        return processes.starmap(steps_a_second, [(network, seconds) for network in networks], chunksize=1)


def kept(network: str, seconds: float) -> float:
    (alone,) = speeds([network], seconds)
    return speeds([network, "dense"], seconds)[0] / alone


def main(
    seconds: Annotated[float, typer.Option(min=1, help="How long each training is watched.")] = 10,
    as_json: AsJson = False,
) -> None:
    """A minute with the usual settings."""
    os.environ.update(KEEPS_MEMORY)
    figures = {f"{network}_kept": kept(network, seconds) for network in NETWORKS}
    report(figures, TARGETS, as_json)


if __name__ == "__main__":
    typer.run(main)
