"""Trains the models that ship with the project, 25 epochs with Adam: the reference network at six code
sizes, a convolutional and a variational one.

Trained on MNIST's 60,000 training images without three sets that the lab judges with:

- the embedded set's 1,000 test digits, or its test error would be one of digits seen in training;
- the embedded set's 800 validation digits and the 12,000 validation digits of the lab's mnist split: every
  verdict is calibrated on validation digits, and errors of digits that the model was trained on are too
  small, so a threshold from them would raise more false alarms than the rate it promises.

That leaves about 46,500 images. Nothing here depends on the date or on chance, so two builds on one kind of
machine can be compared byte by byte.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ae_core.data.digits import Digits, Split
from ae_core.data.sources import load_digits
from ae_core.models.build import build_model, parameter_count
from ae_core.models.config import ModelConfig
from ae_core.models.inference import reconstruction_errors
from ae_core.models.network import Network
from ae_core.models.weights import load_model, save_model
from ae_core.training.config import TrainConfig
from ae_core.training.devices import choose_device, uses_bf16
from ae_core.training.loop import EpochResult, train
from ae_core.training.presets import ADAM
from ae_core.words import counted
from ae_core.zoo import ZOO_DIR

MODELS = (
    *(ModelConfig(latent_dim=latent_dim) for latent_dim in (2, 4, 8, 16, 32, 64)),
    ModelConfig(architecture="convolutional", latent_dim=32),
    ModelConfig(architecture="variational", latent_dim=2),
)
TITLES = {"dense": "Reference network", "convolutional": "Convolutional", "variational": "Variational"}
MAX_BYTES = 2**20  # of one file, so that a clone stays small
WITHOUT = ("embedded test", "embedded validation", "mnist validation")

OnEpoch = Callable[[str, EpochResult], None]


def build(
    models: Iterable[ModelConfig] = MODELS,
    *,
    recipe: TrainConfig | None = None,
    data_dir: str | Path | None = None,
    folder: Path = ZOO_DIR,
    on_epoch: OnEpoch | None = None,
) -> Iterator[dict[str, Any]]:
    """Trains one model after another, writes its weights and its card, and yields the card.

    recipe: None is that of the shipped models. on_epoch is told the model's name and each epoch. Raises
    DataError where full MNIST is missing.
    """
    recipe = recipe or ADAM
    mnist, embedded = load_digits("mnist", data_dir), load_digits("embedded")
    digits = zoo_digits(mnist, embedded)
    folder.mkdir(parents=True, exist_ok=True)
    for config in models:
        name = name_of(config)
        model = build_model(config, recipe.seed)
        for epoch in train(model, digits, recipe, device="cpu"):  # the CPU: bits that others can compare
            if on_epoch:
                on_epoch(name, epoch)
        weights = save_model(model, torch.float16)
        card = describe(name, weights, recipe, digits, {"mnist": mnist, "embedded": embedded})
        write(folder, name, weights, card)
        yield card


def name_of(config: ModelConfig) -> str:
    return f"{config.architecture}-{config.latent_dim}"


def zoo_digits(mnist: Digits, embedded: Digits) -> Digits:
    """mnist with its training digits less those that the embedded set judges with."""
    judges = {image.tobytes() for part in (embedded.validation, embedded.test) for image in part.images}
    kept = np.array([image.tobytes() not in judges for image in mnist.train.images])
    chosen = Split(mnist.train.images[kept], mnist.train.labels[kept])
    return Digits("zoo", chosen, mnist.validation, mnist.test)


def describe(
    name: str, weights: bytes, recipe: TrainConfig, digits: Digits, judges: dict[str, Digits]
) -> dict[str, Any]:
    """The card of a model, its errors computed from the bytes that ship rather than from the training."""
    model = load_model(weights, name)
    dimensions = counted(model.config.latent_dim, "latent dimension")
    return {
        "name": name,
        "title": f"{TITLES[model.config.architecture]}, {dimensions}",
        "model": model.config.to_dict(),
        "parameters": parameter_count(model.config),
        "recipe": recipe.to_dict(),
        "precision": "bf16" if uses_bf16(recipe.precision, choose_device("cpu")) else "fp32",
        "data": {
            "source": "MNIST's 60,000 training images (LeCun, Cortes, Burges)",
            "without": list(WITHOUT),
            "why": "Verdicts are calibrated on validation digits and evaluated on test digits: "
            "a model must have seen neither.",
            "images": len(digits.train),
            "fingerprint": digits.fingerprint,
        },
        "validation_error": mean_error(model, digits.validation),
        "test_error": {each: mean_error(model, judge.test) for each, judge in judges.items()},
        "unit": "per-pixel mean squared error, intensities 0 to 1",
        "file": {"dtype": "float16", "bytes": len(weights), "sha256": hashlib.sha256(weights).hexdigest()},
    }


def mean_error(model: Network, split: Split) -> float:
    return round(float(reconstruction_errors(model, split.images).mean(dtype=float)), 6)


def write(folder: Path, name: str, weights: bytes, card: dict[str, Any]) -> None:
    if len(weights) >= MAX_BYTES:
        raise ValueError(f"{name} has {len(weights):,} bytes; a shipped model stays under {MAX_BYTES:,}.")
    (folder / f"{name}.safetensors").write_bytes(weights)
    (folder / f"{name}.json").write_text(json.dumps(card, indent=2) + "\n")
