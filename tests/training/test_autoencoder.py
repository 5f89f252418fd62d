"""The estimator: the same network as the generator trains, and words for who asks too early."""

import numpy as np
import pytest
import torch

from ae_core.errors import NotFittedError
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.training.autoencoder import Autoencoder
from ae_core.training.config import TrainConfig
from ae_core.training.loop import train

NET = ModelConfig(latent_dim=3, hidden=(16,))
RECIPE = TrainConfig(epochs=2, batch_size=64, precision="fp32", seed=5)


def test_fit_trains_what_the_generator_trains(few):
    seen = []
    found = Autoencoder(NET).fit(few, RECIPE, device="cpu", on_epoch=seen.append)
    model = build_model(NET, RECIPE.seed)
    last = list(train(model, few, RECIPE, device="cpu"))[-1]
    assert seen == found.history
    assert found.history[-1].validation_loss == last.validation_loss
    for name, value in found.network.state_dict().items():
        assert torch.equal(value, model.state_dict()[name])


def test_it_encodes_reconstructs_and_tells_errors(few):
    found, images = Autoencoder(NET).fit(few, RECIPE, device="cpu"), few.test.images[:7]
    assert found.encode(images).shape == (7, 3)
    errors = np.square(found.reconstruct(images) - images / 255).mean(axis=(1, 2))
    assert found.errors(images) == pytest.approx(errors, rel=1e-4)


def test_fitted_again_it_begins_anew(few):
    found = Autoencoder(NET).fit(few, RECIPE, device="cpu")
    first = found.errors(few.test.images)
    assert np.array_equal(found.fit(few, RECIPE, device="cpu").errors(few.test.images), first)
    assert len(found.history) == 2


def test_before_fit_it_says_what_to_call(few):
    with pytest.raises(NotFittedError, match=r"call fit\(digits\) first"):
        Autoencoder(NET).encode(few.test.images)
