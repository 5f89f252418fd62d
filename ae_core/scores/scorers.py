"""The scores themselves: each is fitted on a pass of normal digits and then maps a pass to numbers [N].

Higher is more anomalous. Nothing here looks at labels.
"""

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
import scipy
import torch
from torch.nn import functional

from ae_core.models.config import PIXELS
from ae_core.models.variational import VariationalAutoencoder, kl
from ae_core.scores.frame_and_pen import frame_and_pen
from ae_core.scores.outline import outline
from ae_core.scores.passes import Pass

if TYPE_CHECKING:  # their imports take long
    from sklearn.ensemble import IsolationForest

INK = 0.02  # added to the mean ink, so that a nearly blank image does not divide by nothing
WINDOW = 5  # pixels: about the width of a stroke and its edges
NEIGHBOURS = 5
SHARPEST = 1e-2  # of the largest singular value: dividing by less makes a few ordinary digits tower over all
SHARPEST_LOOK = 0.1  # the same for measurements of a picture, many of which say nearly the same
NEIGHBOURHOOD = 20  # known places whose density an image's is compared with
TINY = 1e-9  # keeps a distance among known images that are all alike from dividing by nothing
ROWS = 1024  # of a matrix of distances at once


class Scorer:
    """Maps a pass to numbers [N]. state: what fitting has found, by name; with it alone it is made again."""

    keeps_sample: ClassVar[bool] = False  # its state is the sample that it is fitted on, nothing else

    def __init__(self, state: dict[str, torch.Tensor] | None = None) -> None:
        self.state = state or {}

    @classmethod
    def fit(cls, normal: Pass) -> Self:
        # Laid out as it will be when it comes back from a file: a product's last bits depend on that.
        return cls({name: value.contiguous() for name, value in cls.find(normal).items()})

    @staticmethod
    def find(normal: Pass) -> dict[str, torch.Tensor]:  # noqa: ARG004
        """What is found out of normal digits."""
        return {}

    def __call__(self, seen: Pass) -> torch.Tensor:
        raise NotImplementedError


# -- from the reconstruction


class MeanSquaredError(Scorer):
    def __call__(self, seen: Pass) -> torch.Tensor:
        return mse(seen)


def mse(seen: Pass) -> torch.Tensor:
    return seen.squared_errors.mean(dim=(1, 2))


class ErrorPerInk(Scorer):
    def __call__(self, seen: Pass) -> torch.Tensor:
        return mse(seen) / (seen.ink + INK)


class LargestLocalError(Scorer):
    def __call__(self, seen: Pass) -> torch.Tensor:
        return largest_local_error(seen)


def largest_local_error(seen: Pass) -> torch.Tensor:
    return functional.avg_pool2d(seen.squared_errors.unsqueeze(1), WINDOW, stride=1).amax(dim=(1, 2, 3))


class LocalErrorPerInk(Scorer):
    def __call__(self, seen: Pass) -> torch.Tensor:
        return largest_local_error(seen) / (seen.ink + INK)


class NegativeElbo(Scorer):
    """The loss a variational network is trained on, per pixel."""

    def __call__(self, seen: Pass) -> torch.Tensor:
        assert isinstance(seen.model, VariationalAutoencoder)  # `Score.suits` sees to it
        cloud = kl(*seen.model.distribution(seen.images))
        return mse(seen) + seen.model.config.beta * cloud / PIXELS


# -- from the code


class NeighbourDistance(Scorer):
    @staticmethod
    def find(normal: Pass) -> dict[str, torch.Tensor]:
        return {"known": normal.codes}

    def __call__(self, seen: Pass) -> torch.Tensor:
        return mean_distance(seen.codes, self.state["known"])


class Whitened(Scorer):
    """The squared length of some numbers, after those of normal digits are made to vary alike."""

    @classmethod
    def find(cls, normal: Pass) -> dict[str, torch.Tensor]:
        mean, whiten = whitening(cls.numbers(normal))
        return {"mean": mean, "whiten": whiten}

    @staticmethod
    def numbers(seen: Pass) -> torch.Tensor:
        """[N, d]"""
        raise NotImplementedError

    def __call__(self, seen: Pass) -> torch.Tensor:
        centred = self.numbers(seen).double() - self.state["mean"]
        return (centred @ self.state["whiten"]).square().sum(dim=1)


class Mahalanobis(Whitened):
    @staticmethod
    def numbers(seen: Pass) -> torch.Tensor:
        return seen.codes


# -- from what the encoder sees


class LocalOutlierFactor(Scorer):
    """Among what leaves the encoder before the code; among codes where there is no such stage."""

    @staticmethod
    def find(normal: Pass) -> dict[str, torch.Tensor]:
        known = last_stage(normal)
        around = NEIGHBOURHOOD + 1  # a known place is its own nearest
        usual = [nearest(rows, known, around)[0][:, 1:].mean(dim=1) for rows in known.split(ROWS)]
        return {"known": known, "usual": torch.cat(usual)}

    def __call__(self, seen: Pass) -> torch.Tensor:
        parts = []
        for rows in last_stage(seen).split(ROWS):
            distances, neighbours = nearest(rows, self.state["known"], NEIGHBOURHOOD)
            usual = self.state["usual"][neighbours].mean(dim=1).clamp_min(TINY)
            parts.append(distances.mean(dim=1) / usual)
        return torch.cat(parts)


def last_stage(seen: Pass) -> torch.Tensor:
    path = seen.path
    return path[-2] if len(path) > 2 else path[-1]


class Sap(Scorer):
    def __call__(self, seen: Pass) -> torch.Tensor:
        return torch.stack([stage.square().sum(dim=1) for stage in seen.path_differences]).sum(dim=0)


class Nap(Whitened):
    @staticmethod
    def numbers(seen: Pass) -> torch.Tensor:
        return torch.cat(seen.path_differences, dim=1)


# -- without the network


class PcaResidual(Scorer):
    """With as many components as the model's code has numbers."""

    @staticmethod
    def find(normal: Pass) -> dict[str, torch.Tensor]:
        mean = normal.pixels.mean(dim=0)
        _, vectors = torch.linalg.eigh(torch.cov((normal.pixels - mean).T.double()))
        return {"mean": mean, "components": vectors[:, -normal.codes.shape[1] :].float()}

    def residual(self, seen: Pass) -> torch.Tensor:
        """What the components leave of each pixel, [N, 784]."""
        components, centred = self.state["components"], seen.pixels - self.state["mean"]
        return centred - centred @ components @ components.T

    def __call__(self, seen: Pass) -> torch.Tensor:
        return self.residual(seen).square().mean(dim=1)


class PixelNeighbour(Scorer):
    keeps_sample = True

    @staticmethod
    def find(normal: Pass) -> dict[str, torch.Tensor]:
        return {"sample": normal.pixels}

    def __call__(self, seen: Pass) -> torch.Tensor:
        return mean_distance(seen.pixels, self.state["sample"], count=1)


class RandomCuts(Scorer):
    """scikit-learn's isolation forest; the same sample gives the same."""

    keeps_sample = True

    @staticmethod
    def find(normal: Pass) -> dict[str, torch.Tensor]:
        return {"sample": normal.pixels}

    @cached_property
    def forest(self) -> "IsolationForest":
        from sklearn.ensemble import IsolationForest  # its import takes two seconds

        return IsolationForest(n_estimators=100, random_state=0).fit(in_numpy(self.state["sample"]))

    def __call__(self, seen: Pass) -> torch.Tensor:
        return torch.from_numpy(-self.forest.score_samples(in_numpy(seen.pixels)))


class Measured(Scorer):
    """Distances among whitened measurements of the picture."""

    @property
    def unit(self) -> dict[str, torch.Tensor]:
        """What makes measurements comparable, for `white`."""
        return {name: self.state[name] for name in ("unit", "mean", "whiten")}


class FrameAndPen(Measured):
    @staticmethod
    def find(normal: Pass) -> dict[str, torch.Tensor]:
        found = frame_and_pen(normal.images)
        spread = found.std(dim=0, correction=0)
        unit = torch.where(spread > TINY, spread, 1)  # pixels, shares and slopes, made comparable
        mean, whiten = whitening(found / unit, SHARPEST_LOOK)
        return {
            "unit": unit,
            "mean": mean,
            "whiten": whiten,
            "known": white(found, unit, mean, whiten).float(),
        }

    def __call__(self, seen: Pass) -> torch.Tensor:
        return mean_distance(white(frame_and_pen(seen.images), **self.unit).float(), self.state["known"])


class Outline(Measured):
    """By a tree, as nothing else is quick enough for the score that a visitor meets first."""

    @staticmethod
    def find(normal: Pass) -> dict[str, torch.Tensor]:
        found = outline(normal.images)
        unit = found.std(dim=0, correction=0).clamp_min(TINY)
        mean, whiten = whitening(found / unit)
        return {"unit": unit, "mean": mean, "whiten": whiten, "known": white(found, unit, mean, whiten)}

    @cached_property
    def tree(self) -> "scipy.spatial.KDTree":

        return scipy.spatial.KDTree(in_numpy(self.state["known"]))

    def __call__(self, seen: Pass) -> torch.Tensor:
        places = in_numpy(white(outline(seen.images), **self.unit))
        count = min(NEIGHBOURHOOD, len(self.state["known"]))
        return torch.from_numpy(self.tree.query(places, range(1, count + 1))[0].mean(axis=1))


def white(values: torch.Tensor, unit: torch.Tensor, mean: torch.Tensor, whiten: torch.Tensor) -> torch.Tensor:
    """Measurements [N, d] in units of their own, whitened: float64 [N, k]."""
    return ((values / unit).double() - mean) @ whiten


# -- shared


def in_numpy(values: torch.Tensor) -> np.ndarray:
    return values.cpu().numpy()


def mean_distance(places: torch.Tensor, known: torch.Tensor, count: int = NEIGHBOURS) -> torch.Tensor:
    """Mean distance [N] of places [N, d] to the `count` nearest of `known` [M, d]."""
    return torch.cat([nearest(rows, known, count)[0].mean(dim=1) for rows in places.split(ROWS)])


def nearest(places: torch.Tensor, known: torch.Tensor, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Distances [N, count] of places [N, d] to the nearest of `known` [M, d], and which they are.

    The many distances come from a matrix product, which rounds small ones away; the few are taken again.
    """
    found = torch.cdist(places, known).topk(min(count, len(known)), dim=1, largest=False).indices
    distances, order = (places[:, None] - known[found]).norm(dim=2).sort(dim=1)
    return distances, found.gather(1, order)


def whitening(values: torch.Tensor, sharpest: float = SHARPEST) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean [d] and a matrix [d, k] after which values [N, d] have variance 1 in every direction, float64.

    Directions in which they hardly vary are left out: less than `sharpest` times as far as in the widest.
    """
    values = values.double()
    mean = values.mean(dim=0)
    variances, axes = torch.linalg.eigh(torch.atleast_2d(torch.cov((values - mean).T)))
    kept = variances > max(float(variances.max()), 1e-30) * sharpest**2
    return mean, axes[:, kept] / variances[kept].sqrt()
