"""How long a training will take on this machine: a few real steps, timed."""

import time
from collections.abc import Callable
from functools import lru_cache
from statistics import median

import numpy as np
import torch

from ae_core.data.digits import Digits, Split
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.training.config import TrainConfig
from ae_core.training.loop import Training

BUDGET_SECONDS = 0.3
CALM_SECONDS = 1.0  # as long is waited for an undisturbed step, where a page asks for it once
KEPT_SECONDS = 300  # a time taken while the machine was busy is not told for ever
MOST_STEPS = 30
MOST_IMAGES = 2048  # in a timed step; larger batches are scaled up from it


def estimate_seconds(model: ModelConfig, train: TrainConfig, training_digits: int) -> float:
    """Expected seconds for the whole training of `training_digits` images, without waiting in a queue."""
    return scaled(lambda *step: median(step_seconds(*step)), model, train, training_digits)


def least_seconds(model: ModelConfig, train: TrainConfig, training_digits: int) -> float:
    """The same with the machine to itself: by the fastest step, which a neighbour disturbed least."""

    def time_step(model: ModelConfig, train: TrainConfig) -> float:
        return min(timed_steps(model, train, CALM_SECONDS))

    return scaled(time_step, model, train, training_digits)


def scaled(
    time_step: Callable[[ModelConfig, TrainConfig], float],
    model: ModelConfig,
    train: TrainConfig,
    training_digits: int,
) -> float:
    batch_size = min(train.batch_size, training_digits)
    a_step = time_step(model, train.with_changes(batch_size=min(batch_size, MOST_IMAGES), epochs=1))
    steps = -(-training_digits // batch_size) * max(1.0, batch_size / MOST_IMAGES)
    return train.epochs * steps * a_step


def step_seconds(model: ModelConfig, train: TrainConfig) -> tuple[float, ...]:
    """As `timed_steps`, timed once in KEPT_SECONDS."""
    return kept_steps(model, train, int(time.monotonic() / KEPT_SECONDS))


@lru_cache(maxsize=256)
def kept_steps(model: ModelConfig, train: TrainConfig, period: int) -> tuple[float, ...]:  # noqa: ARG001
    return timed_steps(model, train, BUDGET_SECONDS)


def timed_steps(model: ModelConfig, train: TrainConfig, budget: float) -> tuple[float, ...]:
    """Seconds of single steps; at least two are timed, more while the budget of seconds lasts."""
    images = np.random.default_rng(0).integers(0, 256, (train.batch_size, 28, 28), np.uint8)
    few = Split(images, np.zeros(len(images), np.uint8))
    training = Training(build_model(model), Digits("timing", few, few, few), train)
    training.model.train()
    order = torch.arange(len(images), device=training.device)
    times: list[float] = []
    started = time.perf_counter()
    while len(times) < 3 or (len(times) < MOST_STEPS and time.perf_counter() - started < budget):
        before = time.perf_counter()
        training.run_step(order)
        training.step = 0
        times.append(time.perf_counter() - before)
    return tuple(times[1:])  # the first step sets up
