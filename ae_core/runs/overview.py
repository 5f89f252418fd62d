"""All runs in one table: searched, filtered and sorted here, so that a screen is sent only what it shows."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from threading import Lock
from typing import Any

from ae_core.data.own.record import spoken_name
from ae_core.jobs.states import State
from ae_core.models.config import ModelConfig
from ae_core.runs.config import WEIGHTS, Facts, RunConfig
from ae_core.runs.run import Listed, spoken_classes
from ae_core.runs.store import RunStore
from ae_core.training.config import TrainConfig

NO_PART = {  # fields of a network that have no part in these architectures
    "dense": {"channels", "beta"},
    "convolutional": {"hidden", "beta"},
    "variational": {"channels"},
}


@dataclass(frozen=True)
class Row:
    """A run of the table. facts: None where they are not read yet."""

    listed: Listed
    facts: Facts | None

    @property
    def id(self) -> str:
        return self.listed.id

    @property
    def state(self) -> State:
        return self.listed.state

    @property
    def is_over(self) -> bool:
        return not self.state.is_active and self.state is not State.PAUSED

    @property
    def model(self) -> str:
        """dense-32"""
        return f"{self.listed.config.model.architecture}-{self.listed.config.model.latent_dim}"

    @property
    def data(self) -> str:
        """mnist, only 3"""
        config, name = self.listed.config, spoken_name(self.listed.config.dataset)
        return f"{name}, {spoken_classes(config.classes, config.class_names)}" if config.classes else name

    @property
    def recipe(self) -> str:
        """Not known of weights that were brought in without a run."""
        config = self.listed.config
        return "" if config.origin == WEIGHTS else recipe_in_short(config.train)


Measure = Callable[[Facts], float | None]
# What the table is sorted by, beside the time at which runs were made; True: the largest first.
ORDERS: dict[str, tuple[Measure, bool]] = {
    "test error": (lambda facts: facts.test_error, False),
    "validation loss": (lambda facts: facts.validation_loss, False),
    "best validation loss": (lambda facts: facts.best_validation_loss, False),
    "AUROC": (lambda facts: facts.auroc, True),
    "time": (lambda facts: facts.seconds or None, False),
    "images/s": (lambda facts: facts.images_per_second, True),
    "size": (lambda facts: facts.bytes or None, True),
}


class Overview:
    """What is known of the runs of a store, kept as long as their folders stay as they are.

    Safe to share by threads.
    """

    def __init__(self, store: RunStore) -> None:
        self.store = store
        self.lock = Lock()

    def rows(
        self, listed: Iterable[Listed], seconds: float = 1.0, aurocs: Mapping[str, float] | None = None
    ) -> list[Row]:
        """A row for each run in the order given. What is not known is read for so many seconds at most, the
        first runs first; the others have no facts until the next look.

        aurocs: what else is known to have been measured, by the ids of runs that tell none themselves.
        """
        until, runs = time.monotonic() + seconds, list(listed)
        with self.lock:
            facts = [self.store.index.facts(each) for each in runs]
            unknown = [place for place, found in enumerate(facts) if found is None]
            read: dict[str, Facts] = {}
            for place in unknown:
                if time.monotonic() > until:
                    break
                facts[place] = read[runs[place].id] = self.read(runs[place])
            if read:
                self.store.index.learn(read, {each.id: each for each in runs})
        found, aurocs = zip(runs, facts, strict=True), aurocs or {}
        return [Row(each, with_auroc(known, aurocs.get(each.id))) for each, known in found]

    def read(self, listed: Listed) -> Facts:
        run = self.store.at(listed.id)
        facts = run.facts(listed.state)
        if facts.auroc is None and facts.test_error is not None and listed.config.classes:
            return replace(facts, auroc=run.auroc())  # summed up before there was an AUROC in it
        return facts


def with_auroc(facts: Facts | None, auroc: float | None) -> Facts | None:
    """With this AUROC where the run tells none itself."""
    return replace(facts, auroc=auroc) if facts and facts.auroc is None else facts


def matching(
    rows: Iterable[Row],
    search: str = "",
    *,
    states: Iterable[str] = (),
    models: Iterable[str] = (),
    data: Iterable[str] = (),
    tags: Iterable[str] = (),
) -> list[Row]:
    """Those with every word of `search` in their name, id, model, data, recipe or tags; by nothing for ().

    models: architectures; data: data sets; tags: any of which a run has.
    """
    words, states, models, data = search.casefold().split(), set(states), set(models), set(data)
    tags = set(tags)

    def fits(row: Row) -> bool:
        config = row.listed.config
        if (states and row.state not in states) or (data and config.dataset not in data):
            return False
        if models and config.model.architecture not in models:
            return False
        if tags and tags.isdisjoint(row.listed.tags):
            return False
        if not words:
            return True
        said = " ".join(
            (row.listed.name, row.id, row.model, row.data, row.recipe, *row.listed.tags)
        ).casefold()
        return all(word in said for word in words)

    return [row for row in rows if fits(row)]


def ordered(rows: Iterable[Row], order: str) -> list[Row]:
    """By one of ORDERS, those without that figure last; any other order leaves all as they are."""
    if order not in ORDERS:
        return list(rows)
    measure, is_descending = ORDERS[order]

    def place(row: Row) -> tuple[bool, float]:
        value = measure(row.facts) if row.facts else None
        return (value is None, 0.0) if value is None else (False, -value if is_descending else value)

    return sorted(rows, key=place)


def best(rows: Iterable[Row]) -> Row | None:
    """Of the lowest test error among those that have one and are trained on all digits."""
    tested = [row for row in rows if row.facts and row.facts.test_error and not row.listed.config.classes]
    return next(iter(ordered(tested, "test error")), None)


def recipe_in_short(recipe: TrainConfig) -> str:
    """muon 0.02, one cycle, batch 256; then what is not usual: denoising 0.4."""
    usual = TrainConfig()
    said = [f"{recipe.optimizer} {recipe.peak_learning_rate:g}", recipe.schedule.replace("_", " ")]
    said.append(f"batch {recipe.batch_size:,}")
    if recipe.loss != usual.loss:
        said.append(recipe.loss)
    said += [
        f"{name} {getattr(recipe, name):g}" for name in ("denoising", "augmentation") if getattr(recipe, name)
    ]
    if recipe.seed:
        said.append(f"seed {recipe.seed}")
    return ", ".join(said)


def differences(configs: Iterable[RunConfig]) -> dict[str, list[Any]]:
    """The fields of model, recipe and data in which these runs differ, each with its values in their order.

    A field that has no part in a run's architecture or recipe is None there.
    """
    said = [fields_of(config) for config in configs]
    names = dict.fromkeys(name for each in said for name in each)
    values = {name: [each.get(name) for each in said] for name in names}
    return {name: held for name, held in values.items() if any(value != held[0] for value in held)}


def fields_of(config: RunConfig) -> dict[str, Any]:
    """All that decides what comes of a run, by the fields' names."""
    no_part = set(NO_PART[config.model.architecture])
    if not config.train.denoising:
        no_part.add("noise")
    own: dict[str, Any] = {
        "dataset": config.dataset,
        "classes": spoken_classes(config.classes, config.class_names),
    }
    parts: list[tuple[Any, type]] = [(config.model, ModelConfig)]
    if config.origin != WEIGHTS:
        parts.append((config.train, TrainConfig))
    for part, kind in parts:
        own |= {each.name: getattr(part, each.name) for each in fields(kind) if each.name not in no_part}
    return own
