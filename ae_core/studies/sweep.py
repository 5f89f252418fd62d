"""Sweeps: one recipe over several latent dimensions, architectures and seeds. Each training is a run.

A sweep is a small JSON file beside the runs: what was asked for, and which run belongs to which point. So a
sweep survives what its runs survive, and a point that any earlier sweep has trained is never trained twice.
"""

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from itertools import product
from typing import Any, Self

import pandas

from ae_core.data.sources import load_digits
from ae_core.errors import ConfigError, RunError
from ae_core.jobs.states import State, Status, Wish
from ae_core.models.build import code_ratio, parameter_count
from ae_core.models.config import ModelConfig
from ae_core.runs.run import Run
from ae_core.runs.store import ID_PATTERN, RunStore
from ae_core.storage import new_id
from ae_core.training.config import RECIPE_VERSION, TrainConfig
from ae_core.words import counted

MAX_TRAININGS = 120
ARCHITECTURES = ModelConfig.rule("architecture").choices
COLUMNS = (
    "architecture",
    "latent_dim",
    "seed",
    "state",
    "test_error",
    "seconds",
    "parameters",
    "compression",
    "run",
    "learned_nothing",
)


@dataclass(frozen=True)
class Point:
    """One training of a sweep."""

    model: ModelConfig
    train: TrainConfig

    def key(self, fingerprint: str) -> str:
        """The same for the same training on the same digits, whatever sweep it belongs to."""
        text = json.dumps([self.model.to_dict(), self.train.to_dict(), fingerprint], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class SweepConfig:
    """What a sweep trains: every combination of dimensions, architectures and seeds.

    model, train: what all points share; their latent_dim, architecture and seed are replaced. Raises
    ConfigError for values that repeat or are out of range, and for more than MAX_TRAININGS trainings.
    """

    latent_dims: tuple[int, ...] = (2, 4, 8, 16, 32, 64)
    architectures: tuple[str, ...] = ("dense",)
    seeds: tuple[int, ...] = (0,)
    model: ModelConfig = field(default_factory=ModelConfig)
    train: TrainConfig = field(default_factory=lambda: TrainConfig(epochs=3))

    def __post_init__(self) -> None:
        faults = [
            *faults_of("latent_dims", self.latent_dims, ModelConfig, "latent_dim"),
            *faults_of("architectures", self.architectures, ModelConfig, "architecture"),
            *faults_of("seeds", self.seeds, TrainConfig, "seed"),
        ]
        if not faults and self.trainings > MAX_TRAININGS:
            faults = [f"a sweep has at most {MAX_TRAININGS} trainings, this one would have {self.trainings}"]
        if faults:
            raise ConfigError("; ".join(faults) + ".")

    @property
    def trainings(self) -> int:
        return len(self.latent_dims) * len(self.architectures) * len(self.seeds)

    def points(self) -> Iterator[Point]:
        """By seed, then by architecture and dimension: the whole curve of a first seed comes first."""
        for seed, architecture, latent_dim in product(self.seeds, self.architectures, self.latent_dims):
            model = self.model.with_changes(architecture=architecture, latent_dim=latent_dim)
            yield Point(model, self.train.with_changes(seed=seed))

    def extended_by(self, other: "SweepConfig") -> Self:
        """This sweep with the dimensions, architectures and seeds of `other` added."""
        return replace(
            self,
            latent_dims=tuple(sorted({*self.latent_dims, *other.latent_dims})),
            architectures=tuple(dict.fromkeys((*self.architectures, *other.architectures))),
            seeds=tuple(sorted({*self.seeds, *other.seeds})),
        )


def faults_of(name: str, values: tuple, config: type, single: str) -> Iterator[str]:
    rule = config.rule(single)
    if not isinstance(values, tuple) or not values:
        yield f"{name} needs at least one value"
        return
    bad = [value for value in values if not rule.allows(value)]
    if bad:
        yield f"each of {name} must be {rule.text}, got {', '.join(map(repr, bad))[:80]}"
    repeated = {value for value in values if values.count(value) > 1}
    if repeated:
        yield f"{name} must not repeat, got {', '.join(map(str, sorted(repeated, key=str)))} more than once"


@dataclass(frozen=True)
class Sweep:
    """A sweep as it is stored. runs: ids of runs by the keys of their points."""

    id: str
    config: SweepConfig
    dataset: str
    fingerprint: str
    wish: Wish = Wish.RUN
    owner: str = ""
    created: float = 0.0
    runs: dict[str, str] = field(default_factory=dict)

    def title(self) -> str:
        config = self.config
        dims = ", ".join(map(str, config.latent_dims))
        kinds = " and ".join(config.architectures)
        seeds = "" if len(config.seeds) == 1 else f", {len(config.seeds)} seeds"
        return f"{kinds} at {dims}, {counted(config.train.epochs, 'epoch')} on {self.dataset}{seeds}"


class SweepStore:
    """All sweeps of a run store, in its folder `sweeps`."""

    def __init__(self, runs: RunStore) -> None:
        self.runs = runs
        self.folder = runs.folder.child("sweeps")

    def create(self, config: SweepConfig, dataset: str = "auto", owner: str = "") -> Sweep:
        digits = load_digits(dataset)
        now = time.time()
        sweep_id = new_id(now, lambda name: self.folder.exists(f"{name}.json"))
        config = fitting(config, len(digits.train))
        sweep = Sweep(sweep_id, config, digits.name, digits.fingerprint, owner=owner, created=now)
        self.save(sweep)
        return sweep

    def take_up(self, config: SweepConfig, dataset: str = "auto") -> Sweep:
        """The newest sweep that asks for the same, to go on with; a new one where there is none."""
        digits = load_digits(dataset)
        wanted = fitting(config, len(digits.train)), digits.fingerprint
        for earlier in self.list():
            if (earlier.config, earlier.fingerprint) == wanted:
                taken = replace(earlier, wish=Wish.RUN)
                self.save(taken)
                return taken
        return self.create(config, dataset)

    def save(self, sweep: Sweep) -> None:
        self.folder.write_json(f"{sweep.id}.json", asdict(sweep))

    def get(self, sweep_id: str) -> Sweep:
        """The sweep called `sweep_id`. Raises RunError for one that is not there or damaged."""
        is_id = ID_PATTERN.fullmatch(sweep_id)
        sweep = self.folder.read_as(f"{sweep_id}.json", Sweep) if is_id else None
        if sweep is None:
            raise RunError(f"There is no sweep {sweep_id[:80]!r}.")
        return sweep

    def list(self) -> "list[Sweep]":
        """All readable sweeps, newest first."""
        found = []
        for name in sorted(self.folder.names(), reverse=True):
            try:
                found.append(self.get(name.removesuffix(".json")))
            except RunError:
                continue
        return found

    def delete(self, sweep_id: str) -> None:
        """Forgets the sweep; its runs stay on file, for another sweep may share them."""
        self.folder.remove(f"{sweep_id}.json")

    def run_of(self, sweep: Sweep, point: Point) -> Run | None:
        run_id = sweep.runs.get(point.key(sweep.fingerprint))
        try:
            return self.runs.get(run_id) if run_id else None
        except RunError:  # deleted since
            return None

    def ensure_runs(self, sweep: Sweep) -> "tuple[Sweep, list[Run]]":
        """The sweep with a run for every point, and the runs that are new or were left by another sweep.

        A run that an earlier sweep has made for the same training is taken over.
        """
        known = self.known_runs(sweep.fingerprint)
        runs, fresh = dict(sweep.runs), []
        for point in sweep.config.points():
            key = point.key(sweep.fingerprint)
            if self.run_of(sweep, point) is not None:
                continue
            run = known.get(key) or self.runs.create(
                point.model,
                point.train,
                dataset=sweep.dataset,
                fingerprint=sweep.fingerprint,
                sweep=sweep.id,
            )
            runs[key] = run.id
            fresh.append(run)
        sweep = replace(sweep, runs=runs)
        self.save(sweep)
        return sweep, fresh

    def runs_of(self, sweep: Sweep) -> "list[Run]":
        """Those that are there, in the order of the points."""
        runs = [self.run_of(sweep, point) for point in sweep.config.points()]
        return [run for run in runs if run is not None]

    def renew_failed(self, sweep: Sweep) -> Sweep:
        """The sweep with new runs in place of the failed: a checkpoint may be what the old ones failed of.

        These are deleted, which no other sweep misses: only finished runs are shared.
        """
        failed = [run.id for run in self.runs_of(sweep) if run.state() is State.FAILED]
        others = {key: run_id for key, run_id in sweep.runs.items() if run_id not in failed}
        sweep, _ = self.ensure_runs(replace(sweep, runs=others))
        for run_id in failed:
            self.runs.delete(run_id)
        return sweep

    def known_runs(self, fingerprint: str) -> dict[str, Run]:
        """Finished runs of all sweeps by the keys of their points."""
        found = {}
        for sweep in self.list():
            for key, run_id in sweep.runs.items() if sweep.fingerprint == fingerprint else ():
                try:
                    run = self.runs.get(run_id)
                except RunError:
                    continue
                if run.state() is State.FINISHED and run.config().recipe_version == RECIPE_VERSION:
                    found[key] = run
        return found

    def table(self, sweep: Sweep) -> pandas.DataFrame:
        """One row a training, in the sweep's order; test_error is missing before its end. See COLUMNS."""
        rows = []
        for point in sweep.config.points():
            run = self.run_of(sweep, point)
            rows.append(row(point, run))
        return pandas.DataFrame(rows, columns=list(COLUMNS))


def row(point: Point, run: Run | None) -> dict[str, Any]:
    status = run.status() if run else Status(State.QUEUED)
    found = outcome(run, status.updated) if run and status.state is State.FINISHED else (None, None)
    return {
        "architecture": point.model.architecture,
        "latent_dim": point.model.latent_dim,
        "seed": point.train.seed,
        "state": str(run.state() if run else status.state),
        "test_error": found[0],
        "seconds": found[1],
        "parameters": parameter_count(point.model),
        "compression": code_ratio(point.model),
        "run": run.id if run else "",
        "learned_nothing": bool(status.caution) if status.state is State.FINISHED else None,
    }


_outcomes: dict[tuple[str, float], tuple[float | None, float]] = {}


def outcome(run: Run, written: float) -> tuple[float | None, float]:
    """Test error and seconds of a finished run, which are read once. written: the time of its state."""
    key = run.id, written
    if key not in _outcomes:
        _outcomes[key] = run.test_error(), float(run.metrics()["seconds"].sum())
    return _outcomes[key]


def fitting(config: SweepConfig, training_digits: int) -> SweepConfig:
    """With no larger batch than there are digits."""
    batch_size = min(config.train.batch_size, training_digits)
    return replace(config, train=config.train.with_changes(batch_size=batch_size))


def summary(table: pandas.DataFrame) -> pandas.DataFrame:
    """Mean, least and greatest test error over the seeds of each finished architecture and dimension."""
    done = table.dropna(subset="test_error")
    groups = done.groupby(["architecture", "latent_dim"], sort=False)["test_error"]
    return groups.agg(["mean", "min", "max", "count"]).reset_index()
