"""What the size of a code costs and buys: errors, bytes, time, and how well anomalies are detected."""

from typing import Any

import numpy as np
import pandas
import torch

from ae_core.data.corruptions import SHAPE_OR_INK, corrupt
from ae_core.data.digits import Digits
from ae_core.drawing import samples
from ae_core.drawing.ink import digit_from_drawing
from ae_core.kept import on_disk
from ae_core.models.config import PIXELS
from ae_core.models.inference import intensities, reconstruction_errors
from ae_core.models.linear_baseline import LinearBaseline
from ae_core.models.network import Network
from ae_core.scores.metrics import plain_auroc

BYTES_A_NUMBER = 4  # fp32
SCRIBBLES = 100
CORRUPTED = 200  # test digits, under each corruption


@on_disk()
def linear_errors(digits: Digits) -> np.ndarray:
    """Test error of PCA with 0, 1, ... 784 components, float64 [785]; the first is that of the mean image.

    The components are orthonormal, so each takes its squared projection off the error.
    """
    baseline = LinearBaseline.fit(digits, PIXELS)
    flat = intensities(digits.test.images, torch.device("cpu")).flatten(1) - baseline.mean.detach()
    projections = flat @ baseline.components.detach().T
    taken = projections.double().square().mean(dim=0).cumsum(0)
    errors = flat.double().square().sum(dim=1).mean() - torch.cat([taken.new_zeros(1), taken])
    return (errors.clamp_min(0) / PIXELS).numpy()


def cost_row(title: str, model: Network, errors: np.ndarray) -> dict[str, Any]:
    """What a table says of a model. errors: its scores of the test digits."""
    latent_dim = model.config.latent_dim
    return {
        "model": title,
        "architecture": model.config.architecture,
        "latent_dim": latent_dim,
        "test_error": float(np.mean(errors, dtype=float)),
        "compression": PIXELS / latent_dim,
        "code_bytes": BYTES_A_NUMBER * latent_dim,
        "parameters": sum(each.numel() for each in model.parameters()),
        "detection": detection(model, errors),
    }


def detection(model: Network, errors: np.ndarray) -> float:
    """AUROC, 0.5 to 1 where the score helps: do drawn letters and scribbles score above the test digits?"""
    return plain_auroc(errors, reconstruction_errors(model, foreign_drawings()))


def corruption_detection(model: Network, digits: Digits) -> float:
    """Mean AUROC over MNIST-C's corruptions that change a digit's shape or ink: corrupted against whole."""
    return float(np.mean(corruption_areas(model, digits)))


@on_disk()
def corruption_areas(model: Network, digits: Digits) -> np.ndarray:
    """That of each of these corruptions, float64 [N]."""
    whole = reconstruction_errors(model, some_digits(digits))
    return np.array(
        [plain_auroc(whole, reconstruction_errors(model, each)) for each in corrupted_digits(digits)]
    )


def corrupted_digits(digits: Digits) -> list[np.ndarray]:
    """Some test digits under each of those corruptions, made once for each data set."""
    if digits.fingerprint not in _corrupted:
        images = some_digits(digits)
        _corrupted[digits.fingerprint] = [corrupt(images, name) for name in SHAPE_OR_INK]
    return _corrupted[digits.fingerprint]


def some_digits(digits: Digits) -> np.ndarray:
    """Test digits from end to end of the set, for it may be in the order of its classes."""
    return digits.test.images[:: max(1, len(digits.test) // CORRUPTED)]


_corrupted: dict[str, list[np.ndarray]] = {}


@on_disk()
def foreign_drawings() -> np.ndarray:
    """Letters and scribbles through the same steps as a drawing of a person's, uint8 [N, 28, 28]."""
    letters = [samples.letter(seed) for seed in range(len(samples.LETTERS))]
    made = letters + [samples.scribble(seed) for seed in range(SCRIBBLES)]
    return np.stack([digit_from_drawing(each).image for each in made])


def errors_by_class(evaluations: dict[str, pandas.DataFrame]) -> pandas.DataFrame:
    """Mean error by digit (rows) and model (columns); each evaluation as `evaluate` gives it."""
    return pandas.DataFrame(
        {title: each.groupby("label")["error"].mean() for title, each in evaluations.items()}
    )
