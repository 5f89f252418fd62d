"""The scores themselves: each is fitted on a pass of normal digits and then maps a pass to numbers [N].

Higher is stranger. Nothing here looks at labels.
"""

from collections.abc import Callable

import numpy as np
import torch
from scipy.spatial import KDTree
from sklearn.ensemble import IsolationForest
from torch.nn import functional

from ae_core.models.config import PIXELS
from ae_core.models.variational import VariationalAutoencoder, divergence
from ae_core.scores.frame_and_pen import frame_and_pen
from ae_core.scores.outline import outline
from ae_core.scores.passes import Pass

Measure = Callable[[Pass], torch.Tensor]

INK = 0.02  # added to the mean ink, so that a nearly blank image does not divide by nothing
WINDOW = 5  # pixels: about the width of a stroke and its edges
NEIGHBOURS = 5
SHARPEST = 1e-2  # of the largest singular value: dividing by less makes a few ordinary digits tower over all
SHARPEST_LOOK = 0.1  # the same for measurements of a picture, many of which say nearly the same
NEIGHBOURHOOD = 20  # known places whose density an image's is compared with
TINY = 1e-9  # keeps a distance among known images that are all alike from dividing by nothing
ROWS = 1024  # of a matrix of distances at once


# -- from the reconstruction


def fit_mse(_: Pass) -> Measure:
    return mse


def mse(seen: Pass) -> torch.Tensor:
    return seen.squared_errors.mean(dim=(1, 2))


def fit_error_per_ink(_: Pass) -> Measure:
    return lambda seen: mse(seen) / (seen.ink + INK)


def fit_largest_local_error(_: Pass) -> Measure:
    return largest_local_error


def largest_local_error(seen: Pass) -> torch.Tensor:
    return functional.avg_pool2d(seen.squared_errors.unsqueeze(1), WINDOW, stride=1).amax(dim=(1, 2, 3))


def fit_local_error_per_ink(_: Pass) -> Measure:
    return lambda seen: largest_local_error(seen) / (seen.ink + INK)


def fit_negative_elbo(_: Pass) -> Measure:
    return negative_elbo


def negative_elbo(seen: Pass) -> torch.Tensor:
    """The loss a variational network is trained on, per pixel."""
    assert isinstance(seen.model, VariationalAutoencoder)  # `Score.suits` sees to it
    cloud = divergence(*seen.model.distribution(seen.images))
    return mse(seen) + seen.model.config.beta * cloud / PIXELS


# -- from the code


def fit_neighbour_distance(normal: Pass) -> Measure:
    known = normal.codes
    return lambda seen: mean_distance(seen.codes, known)


def fit_mahalanobis(normal: Pass) -> Measure:
    mean, whiten = whitening(normal.codes)
    return lambda seen: ((seen.codes.double() - mean) @ whiten).square().sum(dim=1)


# -- from what the encoder sees


def fit_local_outlier_factor(normal: Pass) -> Measure:
    """Among what leaves the encoder before the code; among codes where there is no such stage."""
    known = last_stage(normal)
    around = NEIGHBOURHOOD + 1  # a known place is its own nearest
    usual = torch.cat([nearest(rows, known, around).values[:, 1:].mean(dim=1) for rows in known.split(ROWS)])

    def factor(seen: Pass) -> torch.Tensor:
        parts = []
        for rows in last_stage(seen).split(ROWS):
            distances, neighbours = nearest(rows, known, NEIGHBOURHOOD)
            parts.append(distances.mean(dim=1) / usual[neighbours].mean(dim=1).clamp_min(TINY))
        return torch.cat(parts)

    return factor


def last_stage(seen: Pass) -> torch.Tensor:
    path = seen.path
    return path[-2] if len(path) > 2 else path[-1]


def fit_sap(_: Pass) -> Measure:
    return lambda seen: torch.cat(seen.path_differences, dim=1).square().sum(dim=1)


def fit_nap(normal: Pass) -> Measure:
    mean, whiten = whitening(torch.cat(normal.path_differences, dim=1))
    return lambda seen: (
        ((torch.cat(seen.path_differences, dim=1).double() - mean) @ whiten).square().sum(dim=1)
    )


# -- without the network


def fit_pca_residual(normal: Pass) -> Measure:
    """As many components as the model's code has numbers."""
    mean = normal.pixels.mean(dim=0)
    _, vectors = torch.linalg.eigh(torch.cov((normal.pixels - mean).T.double()))
    components = vectors[:, -normal.codes.shape[1] :].float()

    def residual(seen: Pass) -> torch.Tensor:
        centred = seen.pixels - mean
        return (centred - centred @ components @ components.T).square().mean(dim=1)

    return residual


def fit_pixel_neighbour(normal: Pass) -> Measure:
    known = normal.pixels
    return lambda seen: mean_distance(seen.pixels, known, count=1)


def fit_isolation_forest(normal: Pass) -> Measure:
    forest = IsolationForest(n_estimators=100, random_state=0).fit(in_numpy(normal.pixels))
    return lambda seen: torch.from_numpy(-forest.score_samples(in_numpy(seen.pixels)))


def fit_frame_and_pen(normal: Pass) -> Measure:
    found = frame_and_pen(normal.images)
    spread = found.std(dim=0, correction=0)
    unit = torch.where(spread > TINY, spread, 1)  # pixels, shares and slopes, made comparable
    mean, whiten = whitening(found / unit, SHARPEST_LOOK)

    def white(values: torch.Tensor) -> torch.Tensor:
        return (((values / unit).double() - mean) @ whiten).float()

    known = white(found)
    return lambda seen: mean_distance(white(frame_and_pen(seen.images)), known)


def fit_outline(normal: Pass) -> Measure:
    """By a tree, as nothing else is quick enough for the score that a visitor meets first."""
    found = outline(normal.images)
    spread = found.std(dim=0, correction=0).clamp_min(TINY)
    mean, whiten = whitening(found / spread)

    def white(images: torch.Tensor) -> np.ndarray:
        return in_numpy(((outline(images) / spread).double() - mean) @ whiten)

    count = min(NEIGHBOURHOOD, len(found))
    known = KDTree(white(normal.images))
    return lambda seen: torch.from_numpy(known.query(white(seen.images), range(1, count + 1))[0].mean(axis=1))


# -- shared


def in_numpy(values: torch.Tensor) -> np.ndarray:
    return values.cpu().numpy()


def mean_distance(places: torch.Tensor, known: torch.Tensor, count: int = NEIGHBOURS) -> torch.Tensor:
    """Mean distance [N] of places [N, d] to the `count` nearest of `known` [M, d]."""
    return torch.cat([nearest(rows, known, count).values.mean(dim=1) for rows in places.split(ROWS)])


def nearest(places: torch.Tensor, known: torch.Tensor, count: int) -> torch.return_types.topk:
    """Distances [N, count] of places [N, d] to the nearest of `known` [M, d], and which they are."""
    return torch.cdist(places, known).topk(min(count, len(known)), dim=1, largest=False)


def whitening(values: torch.Tensor, sharpest: float = SHARPEST) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean [d] and a matrix [d, k] after which values [N, d] have variance 1 in every direction, float64.

    Directions in which they hardly vary are left out: less than `sharpest` times as far as in the widest.
    """
    values = values.double()
    mean = values.mean(dim=0)
    variances, axes = torch.linalg.eigh(torch.atleast_2d(torch.cov((values - mean).T)))
    kept = variances > max(float(variances.max()), 1e-30) * sharpest**2
    return mean, axes[:, kept] / variances[kept].sqrt()
