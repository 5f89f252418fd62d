"""What lives inside the code: maps of it, its principal components, ways between digits, neighbours."""

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from ae_core.errors import ConfigError
from ae_core.models.inference import decode
from ae_core.models.network import Network

MOST_AXES = 16
PROBED = 10_000  # training codes that classifiers are given: a visitor waits for the answer
PROBE_ITERATIONS = 200
NEIGHBOURS = 5


@dataclass(frozen=True, eq=False)
class PrincipalAxes:
    """Principal components of codes: mean [d], axes [k, d] orthonormal, largest spread first, with what real
    codes use of each: low and high [k], the 1st and 99th percentile; share [k] of the whole variance."""

    mean: np.ndarray
    axes: np.ndarray
    low: np.ndarray
    high: np.ndarray
    share: np.ndarray

    @classmethod
    def of(cls, codes: np.ndarray, most: int = MOST_AXES) -> "PrincipalAxes":
        """codes: float32 [N, d]. Raises ConfigError for fewer than two codes."""
        if len(codes) < 2:
            raise ConfigError(f"Principal components need at least 2 codes, got {len(codes)}.")
        mean = codes.mean(axis=0, dtype=float)
        centred = codes - mean
        variances, vectors = np.linalg.eigh(np.atleast_2d(np.cov(centred, rowvar=False)))
        order = np.argsort(variances)[::-1][:most]
        axes = vectors[:, order].T
        along = centred @ axes.T
        low, high = np.percentile(along, (1, 99), axis=0)
        return cls(mean, axes, low, high, variances[order] / max(variances.sum(), 1e-12))

    def places(self, codes: np.ndarray) -> np.ndarray:
        """Coordinates [N, k] of codes [N, d] along the axes."""
        return (codes - self.mean) @ self.axes.T

    def beyond(self, codes: np.ndarray) -> np.ndarray:
        """The squared distance [N] of codes [N, d] from what the axes hold of them."""
        return np.square(codes - self.codes(self.places(codes))).sum(axis=1)

    def codes(self, places: np.ndarray) -> np.ndarray:
        """Codes float32 [N, d] at coordinates [N, k]; what no axis holds is the mean's."""
        return (self.mean + places @ self.axes).astype(np.float32)


def map_of(codes: np.ndarray, axes: PrincipalAxes) -> np.ndarray:
    """Where codes [N, d] stand on a plane, [N, 2]: their own two values, else the first two components.

    A code of one number is spread out along the first coordinate alone.
    """
    if codes.shape[1] == 2:
        return codes
    places = axes.places(codes)[:, :2]
    return np.pad(places, ((0, 0), (0, 2 - places.shape[1])))


def plane(model: Network, low: np.ndarray, high: np.ndarray, side: int) -> np.ndarray:
    """Images [side * side, 28, 28] decoded from a grid of two-number codes, the highest line first."""
    across, up = np.linspace(low[0], high[0], side), np.linspace(high[1], low[1], side)
    grid = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    return decode(model, grid)


def walk(first: np.ndarray, second: np.ndarray, steps: int) -> np.ndarray:
    """`steps` points from `first` to `second` on a straight line, both ends included; codes or images."""
    parts = np.linspace(0, 1, steps).reshape(-1, *[1] * first.ndim)
    return ((1 - parts) * first + parts * second).astype(np.float32)


@dataclass(frozen=True, eq=False)
class NearestCodeDistance:
    """How near real codes are to each other, so that a place far from all of them can be told.

    codes: training codes [N, d]; usual: the distance to the nearest other within which 95 % of them have one.
    """

    codes: np.ndarray
    usual: float

    @classmethod
    def of(cls, codes: np.ndarray, seed: int = 0) -> "NearestCodeDistance":
        chosen = np.random.default_rng(seed).permutation(len(codes))[:500]
        known = np.delete(codes, chosen, axis=0) if len(codes) > 1000 else codes
        distances = [nearest_distance(known, codes[place], skip=known is codes) for place in chosen]
        return cls(codes, float(np.percentile(distances, 95)))

    def distance(self, code: np.ndarray) -> float:
        """From `code` [d] to the nearest training code."""
        return nearest_distance(self.codes, code)


def nearest_distance(codes: np.ndarray, code: np.ndarray, *, skip: bool = False) -> float:
    """skip: `code` is one of the codes, whose distance of zero does not count."""
    squared = np.square(codes - code).sum(axis=1)
    return float(np.sqrt(np.partition(squared, 1)[1] if skip else squared.min()))


def neighbour_accuracy(
    codes: np.ndarray, labels: np.ndarray, test_codes: np.ndarray, test_labels: np.ndarray
) -> float:
    """Share of test digits whose class the majority of the nearest training digits has, 0 to 1.

    codes: anything that distances can be measured between, [N, d]; pixels too.
    """
    from sklearn.neighbors import KNeighborsClassifier  # a second, which a page should not wait for

    chosen = probed(len(codes))
    known = KNeighborsClassifier(NEIGHBOURS, algorithm="brute").fit(codes[chosen], labels[chosen])
    return float(known.score(test_codes, test_labels))


def linear_accuracy(
    codes: np.ndarray, labels: np.ndarray, test_codes: np.ndarray, test_labels: np.ndarray
) -> float:
    """Share of test digits whose class a linear probe names, 0 to 1: how plainly the codes hold it.

    A logistic regression, fitted to as many training digits as `neighbour_accuracy` asks. Anything that has
    a scale will do for codes [N, d]; pixels too.
    """
    from sklearn.linear_model import LogisticRegression  # a second, which a page should not wait for

    chosen = probed(len(codes))
    if len(np.unique(labels[chosen])) == 1:  # there is nothing to tell apart
        return float((test_labels == labels[chosen][0]).mean())
    known, mean = codes[chosen].astype(np.float32), codes[chosen].mean(axis=0)
    scale = max(float(known.std()), 1e-12)  # one for all: numbers that hardly vary stay small
    probe = LogisticRegression(max_iter=PROBE_ITERATIONS, tol=1e-3)
    with threadpool_limits(
        1
    ):  # small products: threads that wait for each other are far slower on a busy machine
        probe.fit((known - mean) / scale, labels[chosen])
        return float(probe.score((test_codes - mean) / scale, test_labels))


def probed(count: int) -> np.ndarray:
    """Which of `count` training digits the classifiers are given."""
    return np.random.default_rng(0).permutation(count)[:PROBED]
