"""A network and its training as one object, as scikit-learn has its estimators."""

from collections.abc import Callable
from typing import Self

import numpy as np

from ae_core.data.digits import Digits
from ae_core.errors import NotFittedError
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.inference import encode, reconstruct, reconstruction_errors
from ae_core.models.network import Network
from ae_core.training.config import TrainConfig
from ae_core.training.loop import EpochResult, train

OnEpoch = Callable[[EpochResult], None]


class Autoencoder:
    """An autoencoder of the given shape; `fit` trains it.

    After `fit`: network, the trained torch module; history, one EpochResult an epoch.

    >>> from ae_core import load_digits
    >>> digits = load_digits("embedded")
    >>> small = Autoencoder(ModelConfig(latent_dim=4)).fit(digits, TrainConfig(epochs=1))
    >>> small.encode(digits.test.images[:5]).shape, len(small.history)
    ((5, 4), 1)
    """

    def __init__(self, config: ModelConfig | None = None) -> None:
        self.config = config or ModelConfig()
        self.history: list[EpochResult] = []
        self._network: Network | None = None

    def fit(
        self,
        digits: Digits,
        config: TrainConfig | None = None,
        *,
        device: str = "auto",
        on_epoch: OnEpoch = lambda _: None,
    ) -> Self:
        """Trains a new network on `digits.train` and returns itself.

        config: the recipe, whose seed also makes the network; on_epoch: is told of each epoch. Raises
        ConfigError for a device that is not there, and DivergedError as `train` does.
        """
        config = config or TrainConfig()
        self._network, self.history = build_model(self.config, config.seed), []
        for epoch in train(self._network, digits, config, device=device):
            self.history.append(epoch)
            on_epoch(epoch)
        return self

    @property
    def network(self) -> Network:
        """Raises NotFittedError before `fit`."""
        if self._network is None:
            raise NotFittedError("This autoencoder is not trained yet: call fit(digits) first.")
        return self._network

    def encode(self, images: np.ndarray) -> np.ndarray:
        """The codes of images uint8 [N, 28, 28], float32 [N, latent_dim]. Raises ImageShapeError."""
        return encode(self.network, images)

    def reconstruct(self, images: np.ndarray) -> np.ndarray:
        """What the network makes of images uint8 [N, 28, 28]: float32 [N, 28, 28], 0 to 1."""
        return reconstruct(self.network, images)

    def errors(self, images: np.ndarray) -> np.ndarray:
        """Per-pixel mean squared errors [N] of images uint8 [N, 28, 28]."""
        return reconstruction_errors(self.network, images)
