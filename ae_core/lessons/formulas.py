"""Formulas of errors, scores, losses and layers, typeset, with one digit's own numbers in them (LaTeX)."""

import numpy as np
import torch

from ae_core.models.config import PIXELS
from ae_core.models.inference import evaluating, intensities, reconstruct, reconstruction_errors
from ae_core.models.network import Network
from ae_core.models.variational import VariationalAutoencoder, kl
from ae_core.scores.detector import Detector
from ae_core.words import three_digits

STEPS = r" \\[4pt] &= "


def aligned(left: str, *steps: str) -> str:
    return rf"\begin{{aligned}} {left} &= {STEPS.join(steps)} \end{{aligned}}"


def of_error(model: Network, image: np.ndarray) -> str:
    """The mean squared error of an image, uint8 [28, 28]."""
    squares = np.square(reconstruct(model, image[None])[0] - image.astype(np.float32) / 255)
    total, count = float(squares.sum(dtype=float)), squares.size
    return aligned(
        r"\text{MSE}(x, \hat x)",
        rf"\frac{{1}}{{{count}}} \sum_{{i=1}}^{{{count}}} (x_i - \hat x_i)^2",
        rf"\frac{{1}}{{{count}}} \cdot {total:.3f} = {three_digits(total / count)}",
    )


def of_p_value(detector: Detector, image: np.ndarray) -> str:
    """The p-value of an image, uint8 [28, 28], by the detector's score."""
    score = float(detector.decision_function(image[None])[0])
    scores = detector.calibrator.scores
    above, count = int((scores >= score).sum()), len(scores)
    return aligned(
        "p",
        r"\frac{1 + \#\{\text{validation scores} \ge s\}}{1 + \#\{\text{validation digits}\}}",
        rf"\frac{{1 + {above}}}{{1 + {count}}} = {three_digits((1 + above) / (1 + count))}"
        rf" \qquad (s = {three_digits(score)})",
    )


def of_layer(model: Network, image: np.ndarray) -> str:
    """The first value of the code of an image, uint8 [28, 28]: the last layer of a dense encoder."""
    *before, last = model.layers()[0]
    assert isinstance(last, torch.nn.Linear)
    with evaluating(model):
        values = intensities(image[None], torch.device("cpu")).flatten(1)
        for layer in before:
            values = layer(values)
        weighted = float((last.weight[0] * values[0]).sum())
        bias = float(last.bias[0])
    return aligned(
        "z_1",
        rf"\sum_{{j=1}}^{{{values.shape[1]}}} w_{{1j}}\, h_j + b_1",
        rf"{weighted:.3f} {'+' if bias >= 0 else '-'} {abs(bias):.3f} = {weighted + bias:.3f}",
    )


def of_loss(model: Network, image: np.ndarray) -> str:
    """The loss of an image, uint8 [28, 28], under a variational network, at the mean of its code."""
    assert isinstance(model, VariationalAutoencoder)
    with evaluating(model):
        divergence = float(kl(*model.distribution(intensities(image[None], torch.device("cpu"))))[0])
    error, beta = float(reconstruction_errors(model, image[None])[0]), model.config.beta
    return aligned(
        r"\text{loss}",
        rf"\text{{MSE}} + \beta \cdot \text{{KL}} / {PIXELS}",
        rf"{three_digits(error)} + {beta:g} \cdot {divergence:.2f} / {PIXELS}"
        rf" = {three_digits(error + beta * divergence / PIXELS)}",
    )
