"""The shipped models' recipe at every latent dimension of theirs: test MSE of the dense one, full MNIST."""

from statistics import mean
from typing import Annotated

import typer

from ae_core.commands.options import numbers_from
from ae_core.data.sources import load_digits
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.inference import reconstruction_errors
from ae_core.training.loop import train
from ae_core.training.presets import ADAM
from benchmarks.report import AsJson, Target, report

HIGHEST = {2: 0.0355, 4: 0.0250, 8: 0.0150, 16: 0.0085, 32: 0.0048, 64: 0.0031}
TARGETS = {f"test_mse_at_{dim}": Target(high=high) for dim, high in HIGHEST.items()}


def test_error(latent_dim: int, seed: int) -> float:
    """Test MSE after that recipe."""
    digits = load_digits("mnist")
    model = build_model(ModelConfig(latent_dim=latent_dim), seed)
    for _ in train(model, digits, ADAM.with_changes(seed=seed), device="cpu"):
        pass
    return float(reconstruction_errors(model, digits.test.images).mean(dtype=float))


def main(
    seeds: Annotated[str, typer.Option(help="Of the trainings whose mean is reported.")] = "0,1,2",
    as_json: AsJson = False,
) -> None:
    """Trains six networks for each seed; about two minutes a seed on two quiet cores."""
    figures = {}
    for dim in HIGHEST:
        errors = [test_error(dim, seed) for seed in numbers_from(seeds, "seeds", "0,1,2")]
        figures |= {f"test_mse_at_{dim}": mean(errors), f"all_at_{dim}": errors}
    report(figures, TARGETS, as_json)


if __name__ == "__main__":
    typer.run(main)
