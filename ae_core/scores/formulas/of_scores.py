"""The formula of each score in the table."""

from collections.abc import Callable

import numpy as np
import torch

from ae_core.models.config import PIXELS
from ae_core.models.variational import VariationalAutoencoder, kl
from ae_core.scores import mixtures, scorers
from ae_core.scores.formulas.formula import Case, Formula, sum_of, typeset
from ae_core.scores.frame_and_pen import frame_and_pen
from ae_core.scores.outline import outline

MEAN_SQUARE = rf"\frac{{1}}{{{PIXELS}}} \sum_i (x_i - \hat x_i)^2"


def squared_error(case: Case, left: str = "s") -> Formula:
    total = float(case.seen.squared_errors.double().sum())
    return Formula(left, MEAN_SQUARE, rf"\frac{{1}}{{{PIXELS}}} \cdot {typeset(total)}", total / PIXELS)


def per_ink(error: str, value: float, case: Case) -> Formula:
    ink = float(case.seen.ink[0])
    return Formula(
        "s",
        rf"\frac{{{error}}}{{\bar x + {scorers.INK}}}",
        rf"\frac{{{typeset(value)}}}{{{typeset(ink)} + {scorers.INK}}}",
        value / (ink + scorers.INK),
    )


def error_per_ink(case: Case) -> Formula:
    return per_ink(r"\text{MSE}(x, \hat x)", float(scorers.mse(case.seen)[0]), case)


def largest_local_error(case: Case) -> Formula:
    count, value = scorers.WINDOW**2, float(scorers.largest_local_error(case.seen)[0])
    return Formula(
        "s",
        rf"\max_W \frac{{1}}{{{count}}} \sum_{{i \in W}} (x_i - \hat x_i)^2",
        rf"\frac{{1}}{{{count}}} \cdot {typeset(value * count)}",
        value,
    )


def local_error_per_ink(case: Case) -> Formula:
    return per_ink(r"\max_W \text{MSE}_W(x, \hat x)", float(scorers.largest_local_error(case.seen)[0]), case)


def negative_elbo(case: Case, left: str = "s") -> Formula:
    """Also the loss of a variational network, at the mean of its code."""
    assert isinstance(case.model, VariationalAutoencoder)
    divergence = float(kl(*case.model.distribution(case.seen.images))[0])
    error, beta = float(scorers.mse(case.seen)[0]), case.model.config.beta
    return Formula(
        left,
        rf"\text{{MSE}} + \beta \cdot \tfrac{{1}}{{2}} \sum_j \big( \mu_j^2 + \sigma_j^2 - \ln \sigma_j^2 - 1"
        rf" \big) / {PIXELS}",
        rf"{typeset(error)} + {beta:g} \cdot {typeset(divergence)} / {PIXELS}",
        error + beta * divergence / PIXELS,
    )


def mean_distance(what: str, places: torch.Tensor, known: torch.Tensor, count: int) -> Formula:
    """To the nearest of what is known, in float64 [1, d] and [M, d]."""
    distances = [float(each) for each in scorers.nearest(places, known, count)[0][0]]
    return Formula(
        "s",
        rf"\frac{{1}}{{{len(distances)}}} \sum_k \lVert {what} - {what}_k \rVert",
        rf"\frac{{1}}{{{len(distances)}}} \big( {sum_of(distances)} \big)",
        float(np.mean(distances)),
    )


def neighbour_distance(case: Case) -> Formula:
    return mean_distance("z", case.seen.codes, case.scorer.state["known"], scorers.NEIGHBOURS)


def pixel_neighbour(case: Case) -> Formula:
    distance = float(scorers.nearest(case.seen.pixels, case.scorer.state["sample"], 1)[0])
    return Formula(
        "s",
        r"\min_k \sqrt{\textstyle\sum_i (x_i - x_{k,i})^2}",
        rf"\sqrt{{{typeset(distance**2)}}}",
        distance,
    )


def measured(found: Callable[[torch.Tensor], torch.Tensor], count: int) -> Callable[[Case], Formula]:
    """Distances among whitened measurements m."""

    def of(case: Case) -> Formula:
        assert isinstance(case.scorer, scorers.Measured)
        places, known = scorers.white(found(case.seen.images), **case.scorer.unit), case.scorer.state["known"]
        return mean_distance("m", places.to(known.dtype), known, count)

    return of


def whitened(symbols: str) -> Callable[[Case], Formula]:
    """A squared length, after whitening: u."""

    def of(case: Case) -> Formula:
        scorer = case.scorer
        assert isinstance(scorer, scorers.Whitened)
        centred = scorer.numbers(case.seen).double() - scorer.state["mean"]
        values = (centred @ scorer.state["whiten"])[0]
        return Formula("s", symbols, sum_of(values.tolist(), "^2"), float(values.square().sum()))

    return of


def local_outlier_factor(case: Case) -> Formula:
    known, usual = case.scorer.state["known"], case.scorer.state["usual"]
    distances, places = scorers.nearest(scorers.last_stage(case.seen), known, scorers.NEIGHBOURHOOD)
    own, theirs = float(distances.mean()), max(float(usual[places[0]].mean()), scorers.TINY)
    return Formula(
        "s",
        r"\frac{\text{mean distance to the nearest } h_k}{\text{theirs to their own}}",
        rf"\frac{{{typeset(own)}}}{{{typeset(theirs)}}}",
        own / theirs,
    )


def hidden_paths(case: Case) -> Formula:
    stages = [float(each.double().square().sum()) for each in case.seen.path_differences]
    return Formula("s", r"\sum_l \lVert h_l(x) - h_l(\hat x) \rVert^2", sum_of(stages), sum(stages))


def pca_residual(case: Case) -> Formula:
    assert isinstance(case.scorer, scorers.PcaResidual)
    total = float(case.scorer.residual(case.seen).double().square().sum())
    symbols = rf"\frac{{1}}{{{PIXELS}}} \sum_i (x_i - \hat x_i^\text{{PCA}})^2"
    return Formula("s", symbols, rf"\frac{{1}}{{{PIXELS}}} \cdot {typeset(total)}", total / PIXELS)


def isolation_forest(case: Case) -> Formula:
    """Liu et al., ICDM 2008: the score is 2 to the minus depth, in units of c, the usual depth."""
    share = -float(np.log2(case.score))
    return Formula(
        "s",
        r"2^{-\text{mean depth of } x \, / \, \text{usual depth}}",
        rf"2^{{-{typeset(share)}}}",
        2**-share,
    )


def tippett(case: Case) -> Formula:
    (of_error, of_outline), weight = case.p_values_of_parts().values(), mixtures.OUTLINE_WEIGHT
    return Formula(
        "s",
        rf"-\ln \min \big( p_\text{{error per ink}}, \; {weight} \cdot p_\text{{outline}} \big)",
        rf"-\ln \min \big( {typeset(of_error)}, \; {weight} \cdot {typeset(of_outline)} \big)",
        -float(np.log(min(of_error, weight * of_outline))),
    )


def fisher(case: Case) -> Formula:
    parts = case.p_values_of_parts().values()
    product = r" \cdot ".join(map(typeset, parts))
    return Formula("s", r"-\sum_k \ln p_k", rf"-\ln ( {product} )", -float(np.log(list(parts)).sum()))


OF_SCORE: dict[str, Callable[[Case], Formula]] = {
    "error_and_outline": tippett,
    "mse": squared_error,
    "error_per_ink": error_per_ink,
    "largest_local_error": largest_local_error,
    "local_error_per_ink": local_error_per_ink,
    "neighbour_distance": neighbour_distance,
    "mahalanobis": whitened(r"(z - \mu)^\top \Sigma^{-1} (z - \mu) = \sum_j u_j^2"),
    "local_outlier_factor": local_outlier_factor,
    "sap": hidden_paths,
    "nap": whitened(r"\big\lVert \text{whitened } h(x) - h(\hat x) \big\rVert^2 = \sum_j u_j^2"),
    "negative_elbo": negative_elbo,
    "pca_residual": pca_residual,
    "pixel_neighbour": pixel_neighbour,
    "isolation_forest": isolation_forest,
    "outline": measured(outline, scorers.NEIGHBOURHOOD),
    "frame_and_pen": measured(frame_and_pen, scorers.NEIGHBOURS),
    "combined": fisher,
}
