"""Models of several seeds, for figures that are to have a spread."""

from collections.abc import Iterator

from ae_core.config import ModelConfig, TrainConfig
from ae_core.execution import execute
from ae_core.runs import Run, RunStore
from ae_core.sweeps import SweepConfig, SweepStore


def trained(store: RunStore, architecture: str, latent_dim: int, seeds: tuple[int, ...]) -> Iterator[Run]:
    """A run by the default recipe on full MNIST for each seed; an earlier call's are not trained again."""
    sweeps = SweepStore(store)
    config = SweepConfig((latent_dim,), (architecture,), seeds, ModelConfig(), TrainConfig())
    sweep, fresh = sweeps.ensure_runs(sweeps.create(config, "mnist"))
    for run in fresh:
        execute(run, device="cpu")
    for point in config.points():
        yield sweeps.run_of(sweep, point)
