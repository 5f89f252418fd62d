"""How well 32 numbers can describe a digit: test MSE after the preset "Best". Needs full MNIST."""

import time

import typer

from ae_core.data.sources import load_digits
from ae_core.models.build import build_model, parameter_count
from ae_core.models.inference import reconstruction_errors
from ae_core.training.loop import train
from ae_core.training.presets import preset_called
from benchmarks.report import AsJson, Target, report

TARGETS = {"test_mse": Target(high=0.0033), "seconds": Target(high=600)}


def main(as_json: AsJson = False) -> None:
    """Trains once; up to ten minutes on two quiet cores."""
    digits = load_digits("mnist")
    preset = preset_called("best")
    model = build_model(preset.model, preset.train.seed)
    started = time.perf_counter()
    epochs = list(train(model, digits, preset.train, device="cpu"))
    figures = {
        "seconds": time.perf_counter() - started,
        "epochs": len(epochs),
        "train_mse": epochs[-1].train_loss,
        "validation_mse": epochs[-1].validation_loss,
        "test_mse": float(reconstruction_errors(model, digits.test.images).mean(dtype=float)),
        "parameters": parameter_count(preset.model),
        "latent_dim": preset.model.latent_dim,
    }
    report(figures, TARGETS, as_json)


if __name__ == "__main__":
    typer.run(main)
