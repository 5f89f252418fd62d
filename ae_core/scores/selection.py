"""Choosing a score without having seen an anomaly: by how well it tells letters from normal digits.

Letters are anomalous shapes in the same ink. None of them is a digit, so neither an anomaly of an experiment
nor a label takes part in the choice. That other anomalies can stand in for unknown ones is the idea of
outlier exposure (Hendrycks et al., arXiv 1812.04606), here for a choice alone: nothing is trained on them.
"""

from functools import lru_cache

import numpy as np

from ae_core.data.digits import check_images
from ae_core.data.letters import letters
from ae_core.errors import ConfigError
from ae_core.scores.detector import Detector
from ae_core.scores.metrics import plain_auroc

LETTERS = 1000  # with as many normal digits: AUROC is then good to about one percent
FEWEST = 2


def letter_auroc(detector: Detector, held_out: np.ndarray) -> dict[str, float]:
    """How well each fitted score tells letters from normal digits, 0 to 1.

    held_out: normal images uint8 [N, 28, 28] that the model was not trained on. Raises ConfigError for fewer
    than two.
    """
    check_images(held_out)
    if len(held_out) < FEWEST:
        raise ConfigError(f"Choosing a score needs at least {FEWEST} normal digits, got {len(held_out)}.")
    normal, anomalous = detector.score_table(held_out[:LETTERS]), detector.score_table(some_letters())
    return {name: plain_auroc(normal[name], anomalous[name]) for name in detector.names}


@lru_cache(maxsize=1)
def some_letters() -> np.ndarray:
    return letters(LETTERS, seed=0)
