"""What a training keeps of its speed beside another one on the same cores.

Each network trains for some seconds on the digits that come with the lab, in a process with the settings of
the lab's workers: alone with a thread a core, as the one worker does; then beside a training of the dense
network, each with half the threads, as two workers do (AE_WORKERS=2). Half would be a fair share. *_crowded:
the same with a thread a core for both, as two labs on one machine do.
"""

import multiprocessing
import os
import time
from typing import Annotated

import torch
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


def steps_a_second(network: str, seconds: float, threads: int) -> float:
    torch.set_num_threads(threads)
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


def speeds(networks: list[str], seconds: float, threads: int) -> list[float]:
    """Of trainings that run at the same time, each in a process that reads its settings as it starts."""
    with multiprocessing.get_context("spawn").Pool(len(networks)) as processes:
        return processes.starmap(steps_a_second, [(each, seconds, threads) for each in networks], chunksize=1)


def main(
    seconds: Annotated[float, typer.Option(min=1, help="How long each training is watched.")] = 10,
    as_json: AsJson = False,
) -> None:
    """A minute and a half with the usual settings."""
    os.environ.update(KEEPS_MEMORY)
    cores, figures = os.cpu_count() or 1, {}
    for network in NETWORKS:
        (alone,) = speeds([network], seconds, cores)
        shared = {"": max(1, cores // 2), "_crowded": cores}
        for name, threads in shared.items():
            figures[f"{network}_kept{name}"] = speeds([network, "dense"], seconds, threads)[0] / alone
    report(figures, TARGETS, as_json)


if __name__ == "__main__":
    typer.run(main)
