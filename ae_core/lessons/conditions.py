"""Whether an action of a lesson has been done, seen from the state of the lab."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from ae_core.lessons.lesson import Setting, State, WantedRun
from ae_core.runs.config import RunConfig

Settings = Mapping[str, Setting]


@dataclass(frozen=True)
class SeenRun:
    """A run of the visitor's."""

    id: str
    config: RunConfig
    is_finished: bool


@dataclass(frozen=True)
class Seen:
    """The lab as one visitor has it.

    model: in view; latent_dim: its own; rate: of false alarms, in percent; has_drawing: on Draw's canvas;
    few: training digits chosen in a lesson's part; has_entered: into the contest.
    """

    model: str
    latent_dim: int
    score: str
    data: str
    rate: float
    has_drawing: bool
    runs: tuple[SeenRun, ...]
    few: int
    has_entered: bool


def is_met(state: State, seen: Seen) -> bool:
    """Whether everything that `state` names holds."""
    low, high = state.rate or (0.0, math.inf)
    return all(
        (
            state.model in ("", seen.model),
            state.latent_dim in (0, seen.latent_dim),
            state.score in ("", seen.score),
            state.data in ("", seen.data),
            low - 1e-9 <= seen.rate <= high + 1e-9,
            seen.has_drawing or not state.drawing,
            state.run is None or run_for(state.run, seen) is not None,
            state.few in (0, seen.few),
            seen.has_entered or not state.entry,
        )
    )


def run_for(wanted: WantedRun, seen: Seen) -> SeenRun | None:
    """The run that is wanted, or None."""
    return next(
        (run for run in runs_with(wanted.settings, seen) if run.is_finished or not wanted.finished), None
    )


def runs_with(settings: Settings, seen: Seen) -> list[SeenRun]:
    """Those with these settings, newest first."""
    return [run for run in seen.runs if has(run.config, settings)]


def has(config: RunConfig, settings: Settings) -> bool:
    values = asdict(config.model) | asdict(config.train)
    return all(is_same(values[name], value) for name, value in settings.items())


def is_same(value: object, wanted: object) -> bool:
    """0.05 and 5e-2 are one learning rate, and a list is as good as a tuple."""
    if isinstance(value, float) and isinstance(wanted, int | float):
        return math.isclose(value, wanted)
    return list(value) == list(wanted) if isinstance(value, tuple | list) else value == wanted  # type: ignore[call-overload]
