"""All formulas that a page or a lesson can ask for: of the score, its p-value, the losses, the layers."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ae_core.models.config import PIXELS
from ae_core.models.inference import evaluating
from ae_core.models.network import Network
from ae_core.models.variational import VariationalAutoencoder
from ae_core.scores.detector import Detector
from ae_core.scores.formulas.formula import Case, Formula, typeset
from ae_core.scores.formulas.of_layers import batch_norm, dense_layer, normalised, stages
from ae_core.scores.formulas.of_scores import OF_SCORE, negative_elbo, squared_error


def p_value(case: Case) -> Formula:
    score, scores = case.score, case.detector.calibrator.scores
    above, count = int((scores >= score).sum()), len(scores)
    return Formula(
        "p",
        r"\frac{1 + \#\{\text{validation scores} \ge s\}}{1 + \#\{\text{validation digits}\}}",
        rf"\frac{{1 + {above}}}{{1 + {count}}}",
        (1 + above) / (1 + count),
    )


def mse_loss(case: Case) -> Formula:
    return squared_error(case, r"\text{MSE}(x, \hat x)")


def bce_loss(case: Case) -> Formula:
    """As PyTorch computes it: no logarithm below -100."""
    clean, made = case.seen.images.double(), case.seen.reconstructions.double().clamp(0, 1)
    logarithms = clean * made.log().clamp(-100) + (1 - clean) * (1 - made).log().clamp(-100)
    total = -float(logarithms.sum())
    return Formula(
        r"\text{BCE}(x, \hat x)",
        rf"-\frac{{1}}{{{PIXELS}}} \sum_i \big( x_i \ln \hat x_i + (1 - x_i) \ln (1 - \hat x_i) \big)",
        rf"\frac{{1}}{{{PIXELS}}} \cdot {typeset(total)}",
        total / PIXELS,
    )


def variational_loss(case: Case) -> Formula:
    return negative_elbo(case, r"\text{loss}")


@dataclass(frozen=True)
class Kind:
    """of: its formula for a case; suits: whether a model has it."""

    title: str
    of: Callable[[Case], Formula]
    suits: Callable[[Network], bool] = lambda _: True


KINDS = {
    "score": Kind("Score", lambda case: OF_SCORE[case.detector.score](case)),
    "p-value": Kind("p-value", p_value),
    "error": Kind("Loss: mean squared error", mse_loss),
    "bce": Kind("Loss: binary cross-entropy", bce_loss),
    "loss": Kind(
        "Loss of a variational network", variational_loss, lambda m: isinstance(m, VariationalAutoencoder)
    ),
    "batch norm": Kind("Layer: BatchNorm", batch_norm, normalised),
    "layer": Kind("Layer: dense, the last before the code", dense_layer, lambda m: bool(stages(m))),
}


def formula(kind: str, detector: Detector, image: np.ndarray) -> Formula:
    """Of one of `KINDS`, for an image uint8 [28, 28]; the model must suit it."""
    with evaluating(detector.model):
        return KINDS[kind].of(Case(detector, image))


def formulas(detector: Detector, image: np.ndarray) -> dict[str, Formula]:
    """All that the detector's model has, by title."""
    return {
        each.title: formula(name, detector, image)
        for name, each in KINDS.items()
        if each.suits(detector.model)
    }
