"""Whether a training came to anything: a caution for a person where it did not.

What draws digits no better than one grey picture, the mean of the training digits, has learned nothing of
use: its error is about as high for what it should know as for anything else, so it calls nearly all normal.
"""

import numpy as np
import pandas

from ae_core.data.digits import Digits
from ae_core.models.config import ModelConfig
from ae_core.models.inference import reconstruct
from ae_core.models.network import Network
from ae_core.training.config import TrainConfig

NO_BETTER = 0.95  # of the mean image's error; one principal component alone comes to 0.90
SAME_PICTURE = 0.1  # of the digits' variance: what reconstructions vary by where all look alike
LOOKED_AT = 500  # test digits: for how their reconstructions vary these are enough
FAST, SLOW = 10, 0.1  # times the usual learning rate, from where on another is advised


def nothing_learned(
    model: Network, digits: Digits, classes: tuple[int, ...], scores: pandas.DataFrame
) -> str:
    """What is wrong with the reconstructions of `model`, as a sentence; "" where it has learned something.

    digits: training digits of its classes, and all test digits; classes: () for all; scores: of these test
    digits, as `evaluate` gives them.
    """
    known = np.isin(scores["label"], classes) if classes else np.ones(len(scores), bool)
    images = digits.test.images[known]
    error, floor = float(scores["error"][known].mean()), mean_image_error(digits.train.images, images)
    if error < NO_BETTER * floor:
        return ""
    some = images[:: max(1, len(images) // LOOKED_AT)]
    alike = spread(reconstruct(model, some)) < SAME_PICTURE * spread(some / np.float32(255))
    how = "It answers nearly every digit with the same picture" if alike else "It reconstructs digits badly"
    return (
        f"{how}: its test error, {error:.4f}, is no better than that of the mean digit alone, {floor:.4f}. "
        "Its verdicts mean nothing: most of what it is shown will be called normal."
    )


def mean_image_error(train: np.ndarray, test: np.ndarray) -> float:
    """Mean squared error of answering each of `test` with the mean of `train`; both uint8 [N, 28, 28]."""
    mean = train.mean(axis=0, dtype=np.float32) / 255
    return float(np.mean(np.square(test / np.float32(255) - mean), dtype=float))


def spread(images: np.ndarray) -> float:
    """How much images, [N, 28, 28], differ from each other: the mean variance of a pixel."""
    return float(images.var(axis=0).mean())


def advice(model: ModelConfig, peak: float, epochs: int) -> str:
    """What to change in a recipe that came to nothing.

    peak: the learning rate that was asked for last; epochs: that it was trained for.
    """
    usual = TrainConfig().peak_learning_rate
    changes = []
    if peak >= FAST * usual:
        changes.append(f"a lower peak learning rate (it was {peak:g}, {usual:g} is usual)")
    if peak <= SLOW * usual:
        changes.append(f"a higher peak learning rate (it was {peak:g}, {usual:g} is usual)")
    if model.is_variational and model.beta > ModelConfig().beta:
        changes.append(f"a lower beta (it was {model.beta:g}, {ModelConfig().beta:g} is usual)")
    changes.append(f"more epochs (it had {epochs})")
    return f"Try {' or '.join(changes)}."
