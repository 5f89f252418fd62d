"""Small networks of each kind, trained for a moment, and the scores fitted to them."""

import pytest

from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.linear_baseline import LinearBaseline
from ae_core.training.loop import train
from ae_core.training.presets import ADAM

KINDS = {
    "dense": ModelConfig(latent_dim=8, hidden=(64, 32)),
    "linear": ModelConfig(latent_dim=4, hidden=()),
    "convolutional": ModelConfig(architecture="convolutional", latent_dim=8, channels=(4, 8)),
    "variational": ModelConfig(architecture="variational", latent_dim=8, hidden=(64,)),
    "one number": ModelConfig(latent_dim=1, hidden=(16,)),
}


@pytest.fixture(scope="session")
def models(embedded):
    """By kind, in evaluation mode."""
    found = {"pca": LinearBaseline.fit(embedded, 8)}
    for name, config in KINDS.items():
        found[name] = build_model(config)
        list(train(found[name], embedded, ADAM.with_changes(epochs=4, batch_size=128), device="cpu"))
        found[name].eval()
    return found


@pytest.fixture(scope="session", params=[*KINDS, "pca"])
def model(request, models):
    return models[request.param]


@pytest.fixture(scope="session")
def dense(models):
    return models["dense"]
