"""t-SNE: a map of codes that keeps near codes near, and pays for it with what long distances mean.

Unlike the principal components it is no formula: it is fitted to the codes it shows, which takes seconds to
minutes, and another code has a place on it only by the method's own way of adding one. By openTSNE: Policar,
Strazar and Zupan, Journal of Statistical Software 109 (2024); early exaggeration and learning rate: Belkina
and others, Nature Communications 10 (2019).
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from openTSNE import TSNEEmbedding, initialization
from openTSNE.affinity import Affinities, PerplexityBasedNN, joint_probabilities_nn
from sklearn.neighbors import NearestNeighbors

from ae_core.config import Config, between, setting, whole
from ae_core.errors import ConfigError
from ae_core.latent.geometry import PrincipalAxes, map_of
from ae_core.models.network import Network

EXAGGERATED_ITERATIONS = 250  # the first ones, in which classes gather before they are drawn in detail
EXAGGERATION = 12
EVERY = 25  # iterations between two steps: a few a second for 10,000 codes
NEIGHBOURS_PER_PERPLEXITY = 3


@dataclass(frozen=True)
class ProjectionConfig(Config):
    """How a map is fitted."""

    perplexity: float = setting(
        30.0, between(2, 500), "About how many neighbours each code is kept near to.", "codes"
    )
    iterations: int = setting(
        500, whole(EVERY, 10_000), "Steps of descent after the first, exaggerated ones."
    )
    seed: int = setting(0, whole(0, 2**31 - 1), "Start of all random numbers: same seed, same map.")

    @property
    def all_iterations(self) -> int:
        return EXAGGERATED_ITERATIONS + self.iterations


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """All that a fit goes on from. iteration: how many are done; the rest: float64 [N, 2]."""

    iteration: int
    embedding: np.ndarray
    gains: np.ndarray
    update: np.ndarray


@dataclass(frozen=True, eq=False)
class Step:
    """A map as it forms. iteration: how many are done; places: float32 [N, 2]."""

    iteration: int
    places: np.ndarray
    checkpoint: Checkpoint


def fit(
    codes: np.ndarray,
    config: ProjectionConfig | None = None,
    threads: int = 1,
    checkpoint: Checkpoint | None = None,
) -> Iterator[Step]:
    """Fits a map to codes [N, d]; the last step is the finished one, and to stop is to `break`.

    checkpoint: of an earlier fit to the same codes, to go on from as if nothing had been between. Raises
    ConfigError, before the first step, for fewer codes than the perplexity needs and for codes that
    are all the same.
    """
    config = config or ProjectionConfig()
    check_codes(codes, config)
    return descend(codes, config, threads, checkpoint)


def check_codes(codes: np.ndarray, config: ProjectionConfig) -> None:
    needed = int(NEIGHBOURS_PER_PERPLEXITY * config.perplexity) + 1
    if len(codes) < needed:
        most = (len(codes) - 1) / NEIGHBOURS_PER_PERPLEXITY
        remedy = f" or a perplexity of at most {most:.3g}" if most >= 2 else ""
        raise ConfigError(
            f"A t-SNE map with a perplexity of {config.perplexity:g} needs at least {needed} codes, "
            f"got {len(codes)}: take more digits{remedy}."
        )
    if not np.isfinite(codes).all():
        raise ConfigError("Some codes are not finite numbers: this model has diverged and cannot be mapped.")
    if (codes == codes[0]).all():
        raise ConfigError(
            "All codes are the same: this model tells no digit from another, so none has a place."
        )


def descend(
    codes: np.ndarray, config: ProjectionConfig, threads: int, checkpoint: Checkpoint | None
) -> Iterator[Step]:
    affinities = PerplexityBasedNN(
        codes,
        config.perplexity,
        method="exact",
        knn_kwargs={"algorithm": "brute"},  # as fast as an index at this size, and the same on every machine
        n_jobs=1,  # joblib would want processes of its own, which a Dask worker may not have
        random_state=config.seed,
    )
    places = first_places(codes, config.seed) if checkpoint is None else checkpoint.embedding
    embedding = TSNEEmbedding(places, affinities, n_jobs=threads, random_state=config.seed)
    optimizer, begun = embedding.optimizer, 0
    if checkpoint is not None:
        begun = checkpoint.iteration
        optimizer.gains, optimizer.update = checkpoint.gains.copy(), checkpoint.update.copy()
    attraction = affinities.P.data.copy()
    for start in range(begun, config.all_iterations, EVERY):
        affinities.P.data[:] = attraction  # exaggerated and back, it is not the same to the last bit
        exaggerated = start < EXAGGERATED_ITERATIONS
        embedding.optimize(
            min(EVERY, config.all_iterations - start),
            exaggeration=EXAGGERATION if exaggerated else None,
            momentum=0.5 if exaggerated else 0.8,
            learning_rate="auto",
            inplace=True,
        )
        done, places = min(start + EVERY, config.all_iterations), np.array(embedding)
        state = Checkpoint(done, places, optimizer.gains.copy(), optimizer.update.copy())
        yield Step(done, centred(places), state)


def first_places(codes: np.ndarray, seed: int) -> np.ndarray:
    """The two principal components, tiny, jittered so that equal codes part and a line can open."""
    places = map_of(codes, PrincipalAxes.of(codes)).astype(float)
    return initialization.jitter(initialization.rescale(places), random_state=seed)


def centred(places: np.ndarray) -> np.ndarray:
    """About the middle of their range, where openTSNE moves a map before it adds to it."""
    return (places - (places.max(axis=0) + places.min(axis=0)) / 2).astype(np.float32)


def place(codes: np.ndarray, places: np.ndarray, new_codes: np.ndarray) -> np.ndarray:
    """Where new codes [M, d] belong on the map with `places` [N, 2] that was fitted to `codes` [N, d].

    Returns float32 [M, 2]. The map stays as it is; a fitted code gets its own place again, nearly.
    """
    embedding = TSNEEmbedding(places, Surrounding(codes), n_jobs=1, random_state=0)
    return np.asarray(embedding.transform(new_codes), np.float32)


class Surrounding(Affinities):
    """How near new codes are to those of a map, which is all that openTSNE needs to add them to it."""

    def __init__(self, codes: np.ndarray) -> None:
        super().__init__()
        self.neighbours = NearestNeighbors(algorithm="brute").fit(codes)
        self.P = codes  # openTSNE asks for its length alone: the number of codes on the map

    @property
    def n_samples(self) -> int:
        return len(self.P)

    def to_new(
        self, data: np.ndarray, perplexity: float = 5, return_distances: bool = False
    ) -> tuple[np.ndarray, ...] | np.ndarray:
        count = min(self.n_samples, int(NEIGHBOURS_PER_PERPLEXITY * perplexity))
        distances, near = self.neighbours.kneighbors(data, count)
        affinities = joint_probabilities_nn(
            near,
            distances,
            [min(perplexity, count / NEIGHBOURS_PER_PERPLEXITY)],
            symmetrize=False,
            normalization="point-wise",
            n_reference_samples=self.n_samples,
        )
        return (affinities, near, distances) if return_distances else affinities


def fingerprint(model: Network, digits: str, config: ProjectionConfig | None = None) -> str:
    """Sixteen hexadecimal digits that change with any weight, the model's kind, the digits or the settings.

    digits: the fingerprint of the data set.
    """
    digest = hashlib.sha256(repr(("t-sne", model.config, digits, config or ProjectionConfig())).encode())
    for name, value in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(value.detach().cpu().contiguous().numpy())
    return digest.hexdigest()[:16]
