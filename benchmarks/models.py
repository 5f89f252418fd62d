"""Models of several seeds, for figures that are to have a spread."""

from collections.abc import Iterator
from typing import Annotated

import typer

from ae_core.jobs.states import Action, State
from ae_core.models.config import ModelConfig
from ae_core.runs.execution import execute
from ae_core.runs.run import Run
from ae_core.runs.store import RunStore
from ae_core.studies.sweep import SweepConfig, SweepStore
from ae_core.training.config import TrainConfig

Architecture = Annotated[str, typer.Option(help="dense, convolutional or variational.")]
LatentDim = Annotated[int, typer.Option(help="Numbers of the code.")]
Seeds = Annotated[str, typer.Option(help="One model for each.")]


def trained(store: RunStore, architecture: str, latent_dim: int, seeds: tuple[int, ...]) -> Iterator[Run]:
    """A run by the default recipe on full MNIST for each seed; an earlier call's are not trained again."""
    sweeps = SweepStore(store)
    config = SweepConfig((latent_dim,), (architecture,), seeds, ModelConfig(), TrainConfig())
    sweep, _ = sweeps.ensure_runs(sweeps.take_up(config, "mnist"))
    for point in config.points():
        run = sweeps.run_of(sweep, point)
        run.request(Action.RUN)  # one that was broken off goes on
        state = execute(run, device="cpu")
        if state is not State.FINISHED:
            raise SystemExit(f"{run.name} is {state}: {run.message() or 'broken off'}. Nothing is reported.")
        yield run
