"""Every model that can be looked at under one kind of name: `zoo:dense-32`, or the id of a run."""

from dataclasses import dataclass

import torch

from ae_core import zoo
from ae_core.config import ModelConfig
from ae_core.data.overlap import ZOO
from ae_core.runs import RunStore

ZOO_PREFIX = "zoo:"


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """A model that is ready to work, and where it comes from.

    model: fp32, on the CPU, in evaluation mode. trained_on: "zoo", or the data set of the run; see
    ae_core/data/overlap.py for what it has therefore seen.
    """

    reference: str
    title: str
    model: torch.nn.Module
    trained_on: str
    config: ModelConfig


def references(store: RunStore) -> list[str]:
    """What `open_model` opens: the zoo, smallest code first, then runs that have a model, newest first."""
    return [f"{ZOO_PREFIX}{name}" for name in zoo.names()] + [
        run.id for run in store.list() if run.has_model()
    ]


def open_model(reference: str, store: RunStore) -> TrainedModel:
    """The model called `reference`, read anew.

    Raises RunError where there is no such model or run, or the run has no model yet, and WeightsError for
    a damaged file.
    """
    if reference.startswith(ZOO_PREFIX):
        return open_zoo(reference)
    run = store.get(reference)
    model = run.model()
    return TrainedModel(reference, run.name, model, run.config().dataset, model.config)


def open_zoo(reference: str) -> TrainedModel:
    name = reference.removeprefix(ZOO_PREFIX)
    model = zoo.load(name)
    return TrainedModel(reference, zoo.card(name)["title"], model, ZOO, model.config)
