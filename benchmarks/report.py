"""How a benchmark answers: one JSON object, or a line a figure with its target."""

import json
import os
import platform
from dataclasses import dataclass
from typing import Annotated, Any

import torch
import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, nothing else.")]


@dataclass(frozen=True)
class Target:
    """What a figure should be: from `low` to `high`, either may be open."""

    low: float | None = None
    high: float | None = None

    def is_met(self, value: float | None) -> bool:
        above = self.low is None or (value is not None and value >= self.low)
        below = self.high is None or (value is not None and value <= self.high)
        return above and below

    def __str__(self) -> str:
        parts = [f"at least {self.low:g}"] if self.low is not None else []
        return " and ".join(parts + ([f"at most {self.high:g}"] if self.high is not None else []))


def report(figures: dict[str, Any], targets: dict[str, Target], as_json: bool) -> None:
    """Prints the figures; those with a target also say whether they met it, and the machine is named."""
    met = {name: target.is_met(figures[name]) for name, target in targets.items()}
    if as_json:
        print(json.dumps({**figures, "targets_met": met, "machine": machine()}))
        return
    for name, value in {**figures, "machine": machine()}.items():
        note = f"  ({targets[name]}: {'met' if met[name] else 'MISSED'})" if name in targets else ""
        print(f"{name}: {spoken(value)}{note}")


def spoken(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, list | tuple):
        return ", ".join(map(spoken, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {spoken(each)}" for name, each in value.items())
    return str(value)


def machine() -> dict[str, Any]:
    """What a reader needs to judge a time; load is that of the last minute, own work included."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "capability": torch.backends.cpu.get_cpu_capability(),
        "torch": torch.__version__,
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }
