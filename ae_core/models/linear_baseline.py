"""The best that a linear code can do: principal component analysis, as a model like any other."""

from dataclasses import dataclass
from typing import cast

import numpy as np
import torch

from ae_core.data.digits import Digits, check_images
from ae_core.errors import ConfigError
from ae_core.models.config import PIXELS, ModelConfig
from ae_core.models.inference import intensities
from ae_core.models.network import Network

_bases: dict[str, tuple[torch.Tensor, torch.Tensor]] = {}  # by the data set's fingerprint


@dataclass(frozen=True)
class BaselineConfig:
    """Names a baseline where a ModelConfig would name a network."""

    latent_dim: int
    architecture: str = "pca"


class LinearBaseline(Network):
    """Projection on the first latent_dim principal components, the linear code of least squared error.

    mean: float32 [784]; components: float32 [latent_dim, 784], orthonormal, largest variance first.
    Reconstructions are not cut to 0 to 1, which keeps the map linear.
    """

    def __init__(self, mean: torch.Tensor, components: torch.Tensor) -> None:
        # It has of a ModelConfig what is asked of a model that is not trained.
        super().__init__(cast(ModelConfig, BaselineConfig(len(components))))
        self.mean = torch.nn.Parameter(mean, requires_grad=False)
        self.components = torch.nn.Parameter(components, requires_grad=False)
        self.eval()

    @classmethod
    def fit(cls, digits: Digits, latent_dim: int) -> "LinearBaseline":
        """The baseline of `digits.train`; the components are computed once per data set.

        Raises ConfigError for a latent dimension that is no whole number from 1 to 784.
        """
        if not (isinstance(latent_dim, int) and 1 <= latent_dim <= PIXELS):
            raise ConfigError(f"latent_dim must be a whole number from 1 to {PIXELS}, got {latent_dim!r}.")
        if digits.fingerprint not in _bases:
            _bases[digits.fingerprint] = principal_components(digits.train.images)
        mean, components = _bases[digits.fingerprint]
        return cls(mean.clone(), components[:latent_dim].clone())

    def encode(self, images: torch.Tensor) -> torch.Tensor:
        return (images.flatten(1) - self.mean) @ self.components.T

    def decode(self, codes: torch.Tensor) -> torch.Tensor:
        return (codes @ self.components + self.mean).unflatten(1, (28, 28))

    def layers(self) -> tuple[list[torch.nn.Module], list[torch.nn.Module], int]:
        encoder = layer(self.components, -self.components @ self.mean)
        return [encoder], [layer(self.components.T, self.mean)], 1


def layer(weight: torch.Tensor, bias: torch.Tensor) -> torch.nn.Linear:
    made = torch.nn.Linear(weight.shape[1], weight.shape[0])
    made.load_state_dict({"weight": weight, "bias": bias})
    return made


def principal_components(images: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean [784] and all components [784, 784] of images uint8 [N, 28, 28], float32.

    Exact: the eigenvectors of the covariance in double precision are the right singular vectors of the
    centred images, without the N x 784 matrix's own decomposition.
    """
    check_images(images)
    values = intensities(images, torch.device("cpu")).flatten(1).double()
    mean = values.mean(dim=0)
    values -= mean
    _, vectors = torch.linalg.eigh(values.T @ values)
    components = vectors.flip(1).T
    largest = components.abs().argmax(dim=1, keepdim=True)
    components *= components.gather(1, largest).sign()  # a component and its negative are the same: fix one
    return mean.float(), components.float().contiguous()
