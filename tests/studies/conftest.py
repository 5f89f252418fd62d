"""Experiments that take moments: a tenth of the embedded digits, tiny networks, quick scores."""

from dataclasses import replace

import pytest

from ae_core.data import sources
from ae_core.models.config import ModelConfig
from ae_core.studies import evaluation, experiment
from ae_core.studies.execution import carry_out
from ae_core.studies.experiment import ExperimentConfig, Kind
from ae_core.studies.store import StudyStore
from ae_core.training.config import TrainConfig

NET = ModelConfig(latent_dim=4, hidden=(16,))
RECIPE = TrainConfig(epochs=2, batch_size=16, precision="fp32")
QUICK = ("mse", "mahalanobis", "pca_residual")


@pytest.fixture
def few_digits(few, monkeypatch):
    """What the data set "embedded" is in this test."""
    digits = replace(few, name="embedded")
    for module in (sources, experiment):
        monkeypatch.setattr(module, "load_digits", lambda _: digits)
    return digits


@pytest.fixture
def experiments(store) -> StudyStore:
    evaluation.given_model.cache_clear()
    return StudyStore(store)


@pytest.fixture
def config():
    """`config(kind, **values)`: an experiment of that kind that takes moments."""

    def config(kind: str, **values) -> ExperimentConfig:
        quick = {"dataset": "embedded", "scores": QUICK, "images": 50}
        trained = {"model": NET, "train": RECIPE, "digits": (0, 1)} if Kind(kind).trains else {}
        return ExperimentConfig.of(kind, **quick | trained | values)

    return config


@pytest.fixture
def carried_out(experiments):
    """`carried_out(config)`: the experiment with all its parts over."""

    def carried_out(config: ExperimentConfig):
        experiment = experiments.create(config)
        for part, record in experiments.records(experiment):
            record.ensure(part)
            carry_out(record, "me", device="cpu")
        return experiment

    return carried_out
