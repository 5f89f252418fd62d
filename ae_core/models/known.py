"""What a model makes of a data set, kept on disk: errors and codes, which most pages begin with."""

import numpy as np

from ae_core.data.digits import Digits
from ae_core.kept import on_disk
from ae_core.models.inference import encode, reconstruction_errors
from ae_core.models.network import Network


@on_disk()
def test_errors(model: Network, digits: Digits) -> np.ndarray:
    """Per-pixel mean squared errors of the test digits, float32 [N]."""
    return reconstruction_errors(model, digits.test.images)


@on_disk()
def training_codes(model: Network, digits: Digits) -> np.ndarray:
    """Float32 [N, latent_dim]."""
    return encode(model, digits.train.images)


@on_disk()
def test_codes(model: Network, digits: Digits) -> np.ndarray:
    """Float32 [N, latent_dim]."""
    return encode(model, digits.test.images)
