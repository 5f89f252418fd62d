"""How the learning rate and, in the one-cycle schedule, the momentum move from step to step."""

import math
from collections.abc import Callable
from typing import Any

WARM_UP = 0.3  # share of the one-cycle schedule that rises
START_FACTOR = 1 / 25  # of the peak, where the one-cycle schedule begins
END_FACTOR = 1 / 250_000  # of the peak, where it ends
HIGH_MOMENTUM, LOW_MOMENTUM = 0.95, 0.85  # one-cycle lowers momentum where the learning rate is high


def rise(step: int, steps: int) -> float:
    """0 at the first step of a one-cycle schedule, 1 at its peak, 0 at its last, on straight lines."""
    peak = WARM_UP * steps - 1
    return step / peak if step <= peak else (steps - 1 - step) / (steps - 1 - peak)


def one_cycle(step: int, steps: int) -> float:
    """Up from START_FACTOR to 1, then down to END_FACTOR (Smith, arXiv 1708.07120)."""
    low = START_FACTOR if step <= WARM_UP * steps - 1 else END_FACTOR
    return low + (1 - low) * rise(step, steps)


def set_momentum(group: dict[str, Any], momentum: float) -> None:
    if "betas" in group:
        group["betas"] = (momentum, group["betas"][1])
    else:
        group["momentum"] = momentum


# Each gives the share of the peak learning rate at a step, counted from 0, out of all steps.
SCHEDULES: dict[str, Callable[[int, int], float]] = {
    "one_cycle": one_cycle,
    "cosine": lambda step, steps: (1 + math.cos(math.pi * step / steps)) / 2,
    "constant": lambda _, __: 1.0,
}
