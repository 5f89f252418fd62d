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

from ae_core.config import Config, between, setting, whole
from ae_core.errors import ConfigError
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
    from ae_core.latent.descent import descend  # openTSNE takes two seconds to import

    config = config or ProjectionConfig()
    check_codes(codes, config)
    return descend(codes, config, threads, checkpoint)


def place(codes: np.ndarray, places: np.ndarray, new_codes: np.ndarray) -> np.ndarray:
    """Where new codes [M, d] belong on the map with `places` [N, 2] that was fitted to `codes` [N, d].

    Returns float32 [M, 2]. The map stays as it is; a fitted code gets its own place again, nearly.
    """
    from ae_core.latent.descent import added

    return added(codes, places, new_codes)


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


def fingerprint(model: Network, digits: str, config: ProjectionConfig | None = None) -> str:
    """Sixteen hexadecimal digits that change with any weight, the model's kind, the digits or the settings.

    digits: the fingerprint of the data set.
    """
    digest = hashlib.sha256(repr(("t-sne", model.config, digits, config or ProjectionConfig())).encode())
    for name, value in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(value.detach().cpu().contiguous().numpy())
    return digest.hexdigest()[:16]
