"""What a part measures: a model's scores of normal and of anomalous images."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pandas

from ae_core.data.corruptions import corrupt
from ae_core.data.digits import Digits, Split
from ae_core.data.foreign import FOREIGN
from ae_core.data.overlap import overlap_note
from ae_core.data.sources import load_recorded
from ae_core.errors import ChangedError
from ae_core.models.network import Network
from ae_core.runs.catalogue import open_model, weights_of
from ae_core.runs.store import RunStore
from ae_core.scores.detector import Detector
from ae_core.scores.detector_file import cache_for
from ae_core.scores.selection import letter_auroc
from ae_core.studies.experiment import UPLOAD, Kind
from ae_core.studies.parts import Part
from ae_core.studies.uploads import Uploads

NO_DIGIT = -1  # the label of an image that is none
CHOSEN_ON_LETTERS = "The score was chosen on letters of this kind, so they are no test of the choice."


@dataclass(frozen=True)
class Listener:
    """Is told which share of the fitting is done. All of them are equal: a cache knows them as one."""

    hear: Callable[[float], None] = field(default=lambda _: None, compare=False)


@dataclass(frozen=True, eq=False)
class Evaluator:
    """A model's scores, made ready on the digits that are normal for it.

    letters: how well each score tells letters from held-out normal digits, which scores are chosen by.
    calibration: scores of the held-out normal digits, each column sorted by itself.
    """

    detector: Detector
    letters: dict[str, float]
    calibration: pandas.DataFrame

    @classmethod
    def of(
        cls,
        model: Network,
        normal: Digits,
        scores: tuple[str, ...],
        listener: Listener,
    ) -> "Evaluator":
        """normal: training and validation digits of the model's classes. scores: () for all that suit."""
        held_out = normal.validation.images
        detector = Detector(model, scores or None).fit(
            normal.train.images, held_out, on_progress=listener.hear, cache=cache_for(normal)
        )
        calibration = {name: detector.calibrators[name].scores for name in detector.names}
        return cls(detector, letter_auroc(detector, held_out), in_float32(pandas.DataFrame(calibration)))

    def evaluate(
        self, images: np.ndarray, labels: np.ndarray, is_anomaly: np.ndarray, index: np.ndarray
    ) -> pandas.DataFrame:
        """As `PartRecord.scores`. images: uint8 [N, 28, 28]; labels, is_anomaly, index: [N]."""
        named = {"index": index, "label": labels.astype(np.int16), "is_anomaly": is_anomaly}
        return pandas.concat([pandas.DataFrame(named), in_float32(self.detector.score_table(images))], axis=1)


def in_float32(table: pandas.DataFrame) -> pandas.DataFrame:
    """Measures are taken of what is stored, so whoever reads it finds the same numbers."""
    return table.astype(np.float32)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a part found. notes: what a person must know of it."""

    scores: pandas.DataFrame
    evaluator: Evaluator
    notes: tuple[str, ...] = ()


def evaluate_trained(part: Part, model: Network, caution: str, listener: Listener) -> Evaluation:
    """The whole test split, scored by the model that the part has trained. caution: what its run says."""
    digits = digits_of(part)
    evaluator = Evaluator.of(model, digits.only(part.classes), part.scores, listener)
    test = digits.test
    is_anomaly = ~np.isin(test.labels, part.classes)
    scores = evaluator.evaluate(test.images, test.labels, is_anomaly, np.arange(len(test)))
    return Evaluation(scores, evaluator, (caution,))


def evaluate_given(part: Part, runs: RunStore, listener: Listener) -> Evaluation:
    """Test digits and as many anomalous images, scored by the model that the part names."""
    given = given_model(
        runs.folder.url,
        part.reference,
        part.weights,
        part.dataset,
        part.fingerprint,
        part.scores,
        part.images,
        listener,
    )
    images, labels, index = anomalous_images(part, runs, given.normal, given.index)
    anomalous = given.evaluator.evaluate(images, labels, np.ones(len(images), bool), index)
    table = pandas.concat([given.scores, anomalous], ignore_index=True)
    return Evaluation(table, given.evaluator, tuple(notes_of(part, given, len(images))))


@dataclass(frozen=True, eq=False)
class GivenModel:
    """A given model, ready to evaluate, and the test digits that are normal for it with their scores.

    index: their places in the test split. notes: what a person must know of the model.
    """

    evaluator: Evaluator
    normal: Split
    index: np.ndarray
    scores: pandas.DataFrame
    notes: tuple[str, ...]


@lru_cache(maxsize=1)  # the parts of an experiment share it and follow one another on a worker
def given_model(
    root: str,
    reference: str,
    weights: str,
    dataset: str,
    fingerprint: str,
    scores: tuple[str, ...],
    images: int,
    listener: Listener,
) -> GivenModel:
    runs = RunStore(root)
    if weights_of(reference, runs) != weights:
        raise ChangedError(f"The model {reference} has changed since this was asked for: ask anew.")
    trained = open_model(reference, runs)
    digits = checked_digits(dataset, fingerprint)
    classes = trained.classes_in(digits)
    evaluator = Evaluator.of(trained.model, digits.only(classes), scores, listener)
    index = some_of_test(digits, classes, images)
    normal = Split(digits.test.images[index], digits.test.labels[index])
    table = evaluator.evaluate(normal.images, normal.labels, np.zeros(len(index), bool), index)
    overlap = overlap_note(trained.trained_on, digits.name, classes)
    return GivenModel(evaluator, normal, index, table, (overlap, trained.caution))


def some_of_test(digits: Digits, classes: tuple[int, ...], count: int) -> np.ndarray:
    """Places of `count` test digits of the classes (() for all), or of as many as there are, ascending."""
    labels = digits.test.labels
    places = np.flatnonzero(np.isin(labels, classes)) if classes else np.arange(len(labels))
    return np.sort(np.random.default_rng(0).permutation(places)[:count])


def anomalous_images(
    part: Part, runs: RunStore, normal: Split, index: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images uint8 [M, 28, 28], labels [M] and places [M]: of a corrupted digit its own, else NO_DIGIT, 0...

    Raises DataError for a source that has not been fetched.
    """
    if part.kind == Kind.CORRUPTIONS:
        return corrupt(normal.images, part.subject, part.severity), normal.labels, index
    if part.subject == UPLOAD:
        images = Uploads(runs).get(part.upload)
    else:
        source = FOREIGN[part.subject]
        images = source.images(min(part.images, source.most))
    return images, np.full(len(images), NO_DIGIT), np.arange(len(images))


def notes_of(part: Part, given: GivenModel, count: int) -> Iterator[str]:
    yield from given.notes
    if part.kind == Kind.FOREIGN and part.subject != UPLOAD and count < part.images:
        yield f"There are {count:,} images of these, {part.images:,} were asked for."
    if part.subject == "letters":
        yield CHOSEN_ON_LETTERS


def digits_of(part: Part) -> Digits:
    return checked_digits(part.dataset, part.fingerprint)


def checked_digits(dataset: str, fingerprint: str) -> Digits:
    digits = load_recorded(dataset, fingerprint)
    if digits.fingerprint != fingerprint:
        raise ChangedError(
            f"The data set {dataset} is no longer the one that was asked for (fingerprint "
            f"{digits.fingerprint}, was {fingerprint}). Start a new experiment."
        )
    return digits
