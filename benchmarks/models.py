"""Models of several seeds, for figures that are to have a spread."""

from collections.abc import Iterator
from typing import Annotated

import typer

from ae_core.models.config import ModelConfig
from ae_core.runs.run import Run
from ae_core.runs.store import RunStore
from ae_core.studies.store import StudyStore
from ae_core.studies.sweep import SweepConfig
from ae_core.training.presets import ADAM
from benchmarks.studies import carried_out

Architecture = Annotated[str, typer.Option(help="dense, convolutional or variational.")]
LatentDim = Annotated[int, typer.Option(help="Numbers of the code.")]
Seeds = Annotated[str, typer.Option(help="One model for each.")]


def trained(store: RunStore, architecture: str, latent_dim: int, seeds: tuple[int, ...]) -> Iterator[Run]:
    """A run with Adam on full MNIST for each seed; an earlier call's are not trained again."""
    studies = StudyStore(store)
    config = SweepConfig((latent_dim,), (architecture,), seeds, ModelConfig(), ADAM, "mnist")
    for _, record in studies.records(carried_out(studies, config)):
        yield record.run()
