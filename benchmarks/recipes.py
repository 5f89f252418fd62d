"""What the recipes reach: the notebook's and the default one on full MNIST, and the presets on few digits."""

import time
from typing import Any

import typer

from ae_core.data.digits import Digits, Split
from ae_core.data.sources import load_digits
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.inference import reconstruction_errors
from ae_core.training.config import TrainConfig
from ae_core.training.loop import train
from ae_core.training.presets import PRESETS
from benchmarks.report import AsJson, Target, report

TARGETS = {
    "reference_validation_mse": Target(0.0090, 0.0120),
    "default_test_mse": Target(high=0.0050),
    "three_epochs_validation_mse": Target(high=0.0103),
    "few_default_test_mse": Target(high=0.0085),
    "few_default_seconds": Target(high=10),
    "few_fast_test_mse": Target(high=0.012),
    "few_fast_seconds": Target(high=3),
    "few_three_epochs_test_mse": Target(high=0.02),
}
BALANCED, FAST = PRESETS[:2]
RECIPES = {
    "reference": TrainConfig.reference(),
    "default": TrainConfig(),
    "three_epochs": TrainConfig(epochs=3),
}


def recipes_of_few(count: int) -> dict[str, TrainConfig]:
    """As the Train page and the command line have them for so many training digits."""
    default = BALANCED.recipe(count)
    return {
        "few_default": default,
        "few_fast": FAST.recipe(count),
        "few_three_epochs": default.with_changes(epochs=3),
    }


def mean_error(model: Any, split: Split) -> float:
    return float(reconstruction_errors(model, split.images).mean(dtype=float))


def measure(name: str, recipe: TrainConfig, digits: Digits) -> dict[str, float]:
    """Validation and test MSE of the reference network after `recipe`, and the seconds it took."""
    model = build_model(ModelConfig.reference(), recipe.seed)
    started = time.perf_counter()
    losses = [epoch.validation_loss for epoch in train(model, digits, recipe, device="cpu")]
    return {
        f"{name}_validation_mse": losses[-1],
        f"{name}_test_mse": mean_error(model, digits.test),
        f"{name}_seconds": time.perf_counter() - started,
    }


def main(as_json: AsJson = False) -> None:
    """Trains with each recipe, latent dimension 32; about two minutes on two quiet cores."""
    figures: dict[str, float] = {}
    few, digits = load_digits("embedded"), load_digits("mnist")
    measure("first", RECIPES["three_epochs"], few)  # not counted: it sets up threads and memory
    for name, recipe in recipes_of_few(len(few.train)).items():
        figures |= measure(name, recipe, few)
    for name, recipe in RECIPES.items():
        figures |= measure(name, recipe, digits)
    report(figures, TARGETS, as_json)


if __name__ == "__main__":
    typer.run(main)
