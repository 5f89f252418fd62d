"""Trainings so small that a lesson does them in place, in a few seconds, once for each computer."""

from collections.abc import Iterator

import numpy as np
import torch

from ae_core.data.digits import Digits, Split
from ae_core.kept import on_disk
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.inference import reconstruct, reconstruction_errors
from ae_core.models.linear_baseline import LinearBaseline
from ae_core.models.network import Network
from ae_core.training.config import TrainConfig
from ae_core.training.loop import train

LINEAR = ModelConfig(latent_dim=8, hidden=())
LINEAR_RECIPE = TrainConfig(
    epochs=60, batch_size=64, peak_learning_rate=0.02, optimizer="adam", precision="fp32"
)
FEW_MODEL = ModelConfig()
FEW_RECIPE = TrainConfig(
    epochs=60, peak_learning_rate=2e-3, schedule="constant", optimizer="adam", precision="fp32"
)
FEW = (200, 1000, 3200)  # training digits to choose from: as many as the embedded ones have
LEAST_BATCH, MOST_BATCHES = 50, 16  # of the trainings on these


@on_disk()
def linear_course(digits: Digits) -> np.ndarray:
    """Of a linear autoencoder of 8 values, float64 [2, E]: test error after each epoch, and the smallest of
    the `cosines`."""
    rows = [
        (reconstruction_errors(model, digits.test.images).mean(dtype=float), cosines(model, digits).min())
        for model in linear_training(digits)
    ]
    return np.array(rows).T


@on_disk()
def linear_spectrum(digits: Digits) -> np.ndarray:
    """Of the same at its end, float64 [3, 8]: the variance of its reconstructions of the test digits along
    PCA's first components, that of PCA's own reconstructions, and the `cosines`."""
    model, baseline = linear_network(digits), LinearBaseline.fit(digits, LINEAR.latent_dim)
    components = baseline.components.detach().numpy().astype(float)
    variances = [
        (reconstruct(each, digits.test.images).reshape(len(digits.test), -1) @ components.T).var(axis=0)
        for each in (baseline, model)
    ]
    return np.array([*variances[::-1], cosines(model, digits)])


@on_disk()
def linear_directions(digits: Digits) -> np.ndarray:
    """What each of its 8 values adds to an image, float32 [2, 8, 28, 28] of length 1: its own, then PCA's."""
    columns = decoder_of(linear_network(digits)).T
    own = columns / np.linalg.norm(columns, axis=1, keepdims=True)
    components = LinearBaseline.fit(digits, LINEAR.latent_dim).components.detach().numpy()
    return np.stack([own, components]).reshape(2, -1, 28, 28).astype(np.float32)


def linear_network(digits: Digits) -> Network:
    if digits.fingerprint not in _trained:
        *_, _trained[digits.fingerprint] = linear_training(digits)
    return _trained[digits.fingerprint]


def linear_training(digits: Digits) -> Iterator[Network]:
    """The network after each epoch: the same one, trained further."""
    model = build_model(LINEAR, seed=0)
    for _ in train(model, digits, LINEAR_RECIPE, device="cpu"):
        yield model
    _trained[digits.fingerprint] = model


_trained: dict[str, Network] = {}  # by the digits that they were trained on


def decoder_of(model: Network) -> np.ndarray:
    """The matrix [784, 8] of a linear decoder."""
    _, (layer,), _ = model.layers()
    assert isinstance(layer, torch.nn.Linear)
    return layer.weight.detach().numpy()


def cosines(model: Network, digits: Digits) -> np.ndarray:
    """Cosines of the principal angles between what a linear decoder can draw and PCA's first components,
    float64 [8], the greatest first: all are 1 where both are the same subspace."""
    own, _ = np.linalg.qr(decoder_of(model).astype(float))
    components = LinearBaseline.fit(digits, own.shape[1]).components.detach().numpy().astype(float)
    return np.linalg.svd(components @ own, compute_uv=False).clip(0, 1)


@on_disk()
def few_course(digits: Digits, count: int) -> np.ndarray:
    """Training and validation error after each epoch on `count` training digits, float64 [2, E].

    Both of the network as it is after the epoch.
    """
    chosen = np.sort(np.random.default_rng(0).permutation(len(digits.train))[:count])
    some = Split(digits.train.images[chosen], digits.train.labels[chosen])
    few = Digits(f"{digits.name}, {count}", some, digits.validation, digits.test)
    recipe = FEW_RECIPE.with_changes(batch_size=max(LEAST_BATCH, count // MOST_BATCHES))
    model = build_model(FEW_MODEL, seed=0)
    rows = [
        (reconstruction_errors(model, some.images).mean(dtype=float), epoch.validation_loss)
        for epoch in train(model, few, recipe, device="cpu")
    ]
    return np.array(rows).T
