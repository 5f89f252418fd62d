"""The descent of a t-SNE map, and how a code is added to it: all that needs openTSNE."""

from collections.abc import Iterator

import numpy as np
from openTSNE import TSNEEmbedding, initialization
from openTSNE.affinity import Affinities, PerplexityBasedNN, joint_probabilities_nn
from sklearn.neighbors import NearestNeighbors

from ae_core.latent.geometry import PrincipalAxes, map_of
from ae_core.latent.tsne import (
    EVERY,
    EXAGGERATED_ITERATIONS,
    EXAGGERATION,
    NEIGHBOURS_PER_PERPLEXITY,
    Checkpoint,
    ProjectionConfig,
    Step,
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


def added(codes: np.ndarray, places: np.ndarray, new_codes: np.ndarray) -> np.ndarray:
    """See `tsne.place`."""
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
