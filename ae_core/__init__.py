"""Autoencoder Lab's library: data, models, training, scores and runs, without any screen."""

import importlib
import os
from typing import Any

__version__ = "0.3.0"  # also of the package: pyproject.toml reads it here

# How long an idle OpenMP thread spins before it sleeps. Spinning on, the default, makes an epoch beside a
# busy neighbour on the same cores many times longer; sleeping at once makes a quiet epoch 3 times longer;
# this short spin costs a quiet one nothing (benchmarks/neighbour.py). Too late once PyTorch is loaded.
SPIN_COUNT = "3000"
if "OMP_WAIT_POLICY" not in os.environ:
    os.environ.setdefault("GOMP_SPINCOUNT", SPIN_COUNT)

PUBLIC = {
    "ae_core.data.digits": ("Digits", "Split"),
    "ae_core.data.sources": ("load_digits",),
    "ae_core.drawing.ink": ("digit_from_drawing",),
    "ae_core.errors": ("LabError",),
    "ae_core.models.build": ("build_model",),
    "ae_core.models.config": ("ModelConfig",),
    "ae_core.models.inference": ("encode", "reconstruct", "reconstruction_errors"),
    "ae_core.runs.catalogue": ("load_model",),
    "ae_core.runs.service": ("TrainingService",),
    "ae_core.runs.store": ("RunStore",),
    "ae_core.scores.calibration": ("Calibrator", "evaluate"),
    "ae_core.scores.detector": ("Detector",),
    "ae_core.studies.experiment": ("ExperimentConfig",),
    "ae_core.studies.service": ("StudyService",),
    "ae_core.studies.store": ("StudyStore",),
    "ae_core.studies.sweep": ("SweepConfig",),
    "ae_core.training.autoencoder": ("Autoencoder",),
    "ae_core.training.config": ("TrainConfig",),
    "ae_core.training.loop": ("EpochResult", "train"),
}
# The house, from the ground up: a package imports from those before it and from no other. Modules that lie in
# no package are the ground, which all stand on. `ui`: the same of the screen, which stands on all of these.
FLOORS: tuple[str, ...] = ("drawing", "jobs", "data", "models", "training", "scores", "latent", "zoo", "runs")
FLOORS += ("studies", "lessons", "commands")
HOMES = {name: module for module, names in PUBLIC.items() for name in names}
__all__ = sorted(HOMES)


def __getattr__(name: str) -> Any:
    """Loads a public name when it is first used: the scheduler's process must not load PyTorch in vain."""
    if name not in HOMES:
        raise AttributeError(f"ae_core has no {name!r}; it has {', '.join(__all__)}.")
    return getattr(importlib.import_module(HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
