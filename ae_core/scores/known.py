"""What scores say of images, kept on disk."""

import numpy as np
import pandas

from ae_core.data.digits import Digits
from ae_core.kept import on_disk
from ae_core.models.known import test_errors
from ae_core.models.network import Network
from ae_core.scores.calibration import described
from ae_core.scores.detector import Detector


def evaluation(model: Network, digits: Digits) -> pandas.DataFrame:
    """The test digits as `evaluate` describes them."""
    return described(digits.test, test_errors(model, digits))


@on_disk()
def scores_of(detector: Detector, images: np.ndarray) -> np.ndarray:
    """By the detector's score, float64 [N]; images: uint8 [N, 28, 28]."""
    return detector.decision_function(images)
