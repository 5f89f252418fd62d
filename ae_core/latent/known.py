"""How plainly the codes of a data set hold the class, kept on disk."""

import numpy as np

from ae_core.data.digits import Digits
from ae_core.kept import on_disk
from ae_core.latent.geometry import linear_accuracy, neighbour_accuracy
from ae_core.models.known import test_codes, training_codes
from ae_core.models.network import Network


@on_disk()
def accuracies(model: Network, digits: Digits) -> np.ndarray:
    """Shares [2] of test digits whose class the nearest codes name, and a linear probe."""
    return both(training_codes(model, digits), test_codes(model, digits), digits)


@on_disk()
def pixel_accuracies(digits: Digits) -> np.ndarray:
    """The same of the pixels themselves, which no model has touched."""
    train, test = (
        split.images.reshape(len(split), -1).astype(np.float32) for split in (digits.train, digits.test)
    )
    return both(train, test, digits)


def both(train: np.ndarray, test: np.ndarray, digits: Digits) -> np.ndarray:
    known = train, digits.train.labels, test, digits.test.labels
    return np.array([neighbour_accuracy(*known), linear_accuracy(*known)])
