"""What all sessions share, computed once: models, scores, codes. Everything in here is read-only.

A run that is continued gets another model under the same id, so keys hold the time of its last state too.
"""

import functools
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

import cachetools
import numpy as np
import pandas

from ae_core.data.digits import Digits
from ae_core.data.own.record import OwnRecord
from ae_core.data.own.store import OwnData
from ae_core.data.sources import data_status, load_digits
from ae_core.errors import LabError
from ae_core.models import known as known_of_model
from ae_core.runs.catalogue import TrainedModel, is_run, open_model
from ae_core.runs.store import RunStore
from ae_core.scores import known as known_of_scores
from ae_core.scores.calibration import Calibrator
from ae_core.scores.detector import Detector
from ae_core.scores.table import MSE, SCORES, Score
from ui.shell import memory
from ui.shell.memory import kept
from ui.shell.theme import plain


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The test digits by one score of a model, and what judges any other image by it.

    test: a row a digit with index, label, error (mean squared error), ink, and score: the one in question.
    """

    test: pandas.DataFrame
    detector: Detector

    @property
    def score(self) -> Score:
        return SCORES[self.detector.score]

    @property
    def calibrator(self) -> Calibrator:
        """Made of the scores of the validation digits."""
        return self.detector.calibrator

    def score_of(self, image: np.ndarray) -> float:
        """image: uint8 [28, 28]."""
        return float(self.detector.decision_function(image[None])[0])


@kept(entries=1)
def store() -> RunStore:
    return RunStore()


@kept(entries=1, seconds=60)
def data_state() -> dict:
    """Which data is there; looked up again after a minute, or when a download has ended."""
    return data_status()


def model(reference: str) -> TrainedModel:
    """The model called `reference`. Raises LabError where there is none or it is damaged."""
    trained = read_model(reference, version(reference))
    if not is_run(reference):
        return trained
    return replace(trained, title=plain(store().get(reference).name))  # a run can be renamed at any time


@kept(entries=24)
def read_model(reference: str, version: float) -> TrainedModel:  # noqa: ARG001
    return open_model(reference, store())


known_own: dict[str, str] = {}  # fingerprints of own data sets as they were seen last, by name
looking = Lock()


def own_data() -> list[OwnRecord]:
    """The own data sets; where one is no longer what it was, what was computed of its name is forgotten."""
    found = OwnData().list()
    now = {each.name: each.fingerprint for each in found if not each.visitor}  # theirs are named but once
    with looking:
        is_changed = any(now.get(name) != fingerprint for name, fingerprint in known_own.items())
        known_own.clear()
        known_own.update(now)
    if is_changed:
        memory.forget_everything()
    return found


def digits(dataset: str) -> Digits:
    return load_digits(dataset)  # kept in memory by ae_core itself


def version(reference: str) -> float:
    if not is_run(reference):
        return 0.0
    try:
        return store().get(reference).status_time()
    except LabError:
        return 0.0


def of_model(
    spinner: str = "", entries: int = 24, key: Callable[..., Hashable] = cachetools.keys.hashkey
) -> Callable:
    """Computes `of(reference, dataset, ...)` once for its arguments, anew when the model changes."""

    def decorate(of: Callable[..., Any]) -> Callable[..., Any]:
        @kept(entries, spinner, key=key)
        def of_version(reference: str, version: float, dataset: str, *more: Hashable) -> Any:  # noqa: ARG001
            return of(reference, dataset, *more)

        @functools.wraps(of)
        def look(reference: str, dataset: str, *more: Hashable) -> Any:
            return of_version(reference, version(reference), dataset, *more)

        look.clear = of_version.clear
        return look

    return decorate


def evaluation(reference: str, dataset: str, score: str = MSE) -> Evaluation:
    """By the score of that name; only what it needs is computed. Raises ConfigError if it does not suit."""
    if score == MSE:
        return evaluation_by_error(reference, dataset)
    return evaluation_by_score(reference, dataset, score)


@of_model(entries=48)
def evaluation_by_error(reference: str, dataset: str) -> Evaluation:
    """By the mean squared error."""
    detector = detector_of(reference, dataset, MSE)
    table = known_of_scores.evaluation(detector.model, digits(dataset))
    return Evaluation(table.assign(score=table["error"]), detector)


# Few are kept: some hold the pixels of 10,000 training digits, 31 MB.
@of_model(spinner="Fitting the score on training digits", entries=16)
def evaluation_by_score(reference: str, dataset: str, score: str) -> Evaluation:
    """By any other score."""
    detector = detector_of(reference, dataset, score)
    scores = known_of_scores.scores_of(detector, digits(dataset).test.images)
    return Evaluation(evaluation_by_error(reference, dataset).test.assign(score=scores), detector)


def detector_of(reference: str, dataset: str, score: str, most_calibration: int | None = None) -> Detector:
    """See `TrainedModel.detector`."""
    return model(reference).detector(digits(dataset), score, most_calibration=most_calibration)


@of_model(entries=12)
def training_codes(reference: str, dataset: str) -> np.ndarray:
    """Codes of the training digits, float32 [N, latent_dim]."""
    return known_of_model.training_codes(model(reference).model, digits(dataset))


@of_model()
def test_codes(reference: str, dataset: str) -> np.ndarray:
    """Codes of the test digits, float32 [N, latent_dim]."""
    return known_of_model.test_codes(model(reference).model, digits(dataset))
