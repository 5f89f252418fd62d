"""How long a training will take on this machine: a few real steps, timed."""

import time
from collections.abc import Callable
from functools import lru_cache
from statistics import median

import numpy as np
import torch

from ae_core.config import ModelConfig, TrainConfig
from ae_core.data.digits import Digits, Split
from ae_core.models import build_model
from ae_core.training import Training

BUDGET_SECONDS = 0.3
MOST_STEPS = 30
MOST_IMAGES = 2048  # in a timed step; larger batches are scaled up from it


def estimate_seconds(model: ModelConfig, train: TrainConfig, training_digits: int) -> float:
    """Expected seconds for the whole training of `training_digits` images, without waiting in a queue."""
    return scaled(median, model, train, training_digits)


def least_seconds(model: ModelConfig, train: TrainConfig, training_digits: int) -> float:
    """The same with the machine to itself: by the fastest step, which a neighbour disturbed least."""
    return scaled(min, model, train, training_digits)


def scaled(
    choose: Callable[[list[float]], float], model: ModelConfig, train: TrainConfig, training_digits: int
) -> float:
    batch_size = min(train.batch_size, training_digits)
    a_step = choose(
        step_seconds(model, train.with_changes(batch_size=min(batch_size, MOST_IMAGES), epochs=1))
    )
    steps = -(-training_digits // batch_size) * max(1.0, batch_size / MOST_IMAGES)
    return train.epochs * steps * a_step


@lru_cache(maxsize=256)
def step_seconds(model: ModelConfig, train: TrainConfig) -> list[float]:
    """Seconds of single steps; at least two are timed, more while the budget lasts."""
    images = np.random.default_rng(0).integers(0, 256, (train.batch_size, 28, 28), np.uint8)
    few = Split(images, np.zeros(len(images), np.uint8))
    training = Training(build_model(model), Digits("timing", few, few, few), train)
    training.model.train()
    order = torch.arange(len(images), device=training.device)
    times: list[float] = []
    started = time.perf_counter()
    while len(times) < 3 or (len(times) < MOST_STEPS and time.perf_counter() - started < BUDGET_SECONDS):
        before = time.perf_counter()
        training.run_step(order)
        training.step = 0
        times.append(time.perf_counter() - before)
    return times[1:]  # the first step sets up
