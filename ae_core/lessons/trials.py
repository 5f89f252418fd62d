"""A score tried out: normal test digits and anomalies side by side, and what the score says of each."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas

from ae_core.data.digits import DIGIT_CLASSES, Digits, Split, name_of_class
from ae_core.data.foreign import FOREIGN
from ae_core.data.sources import load_recorded
from ae_core.errors import ConfigError
from ae_core.runs.store import RunStore
from ae_core.scores.calibration import Calibrator
from ae_core.scores.detector import Detector
from ae_core.scores.known import scores_of
from ae_core.studies.evaluation import NO_DIGIT, anomalous_images
from ae_core.studies.parts import Part

IMAGES = 1000  # of each kind: an AUROC is then good to about one percent, and nobody waits
DIGIT = "digit "  # what names of sources begin with that are one class of the data set: "digit 4"
SOURCES = (*FOREIGN, *(f"{DIGIT}{digit}" for digit in range(10)))


@dataclass(frozen=True, eq=False)
class Trial:
    """One score of normal images and of anomalies, all [N].

    images: uint8 [N, 28, 28]; labels: NO_DIGIT for what is no digit; calibrator: on normal digits held out,
    for a threshold as it would be in use.
    """

    images: np.ndarray
    labels: np.ndarray
    is_anomaly: np.ndarray
    scores: np.ndarray
    calibrator: Calibrator

    @property
    def normal(self) -> np.ndarray:
        return self.scores[~self.is_anomaly]

    @property
    def anomalous(self) -> np.ndarray:
        return self.scores[self.is_anomaly]

    def misses(self, threshold: float) -> np.ndarray:
        """Places of the anomalies that are not called so, the most normal first."""
        missed = np.flatnonzero(self.is_anomaly & (self.scores <= threshold))
        return missed[np.argsort(self.scores[missed], kind="stable")]

    def false_alarms(self, threshold: float) -> np.ndarray:
        """Places of the normal images that are called anomalies, the most anomalous first."""
        flagged = np.flatnonzero(~self.is_anomaly & (self.scores > threshold))
        return flagged[np.argsort(-self.scores[flagged], kind="stable")]


def sources_for(digits: Digits) -> tuple[str, ...]:
    """Where anomalies may come from: other images, or one class of these digits."""
    return (*FOREIGN, *(f"{DIGIT}{label}" for label in digits.classes))


def title_of(source: str) -> str:
    """What a source is called in lists. Raises ConfigError for one that is not in SOURCES."""
    return title_among(source, ())


def title_among(source: str, class_names: tuple[str, ...]) -> str:
    """The same where classes have these names, () for digits."""
    label = class_of(source, len(class_names) or DIGIT_CLASSES)
    if label is None:
        return FOREIGN[source].title
    return f"The class {name_of_class(class_names, label)}" if class_names else f"The digit {label}"


def class_of(source: str, count: int = DIGIT_CLASSES) -> int | None:
    """The digit that is the anomaly; None for sources of other images. Raises ConfigError for no source.

    count: of the classes that there are.
    """
    is_class = source in {f"{DIGIT}{label}" for label in range(count)}
    if source not in FOREIGN and not is_class:
        raise ConfigError(f"Anomalies come from {', '.join(SOURCES)}; got {source[:40]!r}.")
    return int(source.removeprefix(DIGIT)) if is_class else None


def try_out(
    detector: Detector,
    name: str,
    digits: Digits,
    source: str,
    *,
    classes: tuple[int, ...] = (),
    data_dir: str | Path | None = None,
) -> Trial:
    """The fitted score called `name` of at most IMAGES test digits and as many images of `source`.

    source: one of SOURCES; a digit that is the anomaly is not among the normal ones, nor among those that the
    threshold is set on. classes: the digits that are normal for the model, () for all. Raises ConfigError for
    another source and for a digit that would leave none normal, DataError for one whose files are not here.
    """
    digit, test = class_of(source, len(digits.classes)), digits.test
    classes = tuple(each for each in classes or digits.classes if each != digit)
    if not classes:
        alone = digits.class_name(digit or 0)
        raise ConfigError(f"This model was trained on the {alone} alone: without it no digit is normal.")
    normal = some_of(test, np.isin(test.labels, classes))
    if digit is None:
        foreign = FOREIGN[source]
        anomalous = foreign.images(min(IMAGES, foreign.most), data_dir=data_dir)
        labels = np.full(len(anomalous), NO_DIGIT, np.int16)
    else:
        anomalous, labels = (chosen := some_of(test, test.labels == digit)).images, chosen.labels
        count = len(detector.calibrators[name].scores)  # no more than the caller had time for
        detector = detector.calibrated_on(digits.validation.only(classes).images[:count])
    images = np.concatenate([normal.images, anomalous])
    return Trial(
        images,
        np.concatenate([normal.labels, labels]).astype(np.int16),
        np.arange(len(images)) >= len(normal),
        scores_of(detector.by(name), images),
        detector.calibrators[name],
    )


def some_of(split: Split, wanted: np.ndarray) -> Split:
    """At most IMAGES of the `wanted` (bool [N]), by a fixed seed. Raises ImageShapeError for none."""
    places = np.flatnonzero(wanted)
    chosen = np.sort(np.random.default_rng(0).permutation(places)[:IMAGES])
    return Split(split.images[chosen], split.labels[chosen])


# -- a part of an experiment


def from_part(table: pandas.DataFrame, calibration: pandas.DataFrame, images: np.ndarray, name: str) -> Trial:
    """The score called `name` in a finished part, from its tables as `PartRecord` reads them.

    images: those of its rows, see `images_of`. Raises ConfigError where a calibration score is not finite.
    """
    return Trial(
        images,
        table["label"].to_numpy(np.int16),
        table["is_anomaly"].to_numpy(bool),
        table[name].to_numpy(np.float64),
        Calibrator(calibration[name].to_numpy(np.float64)),
    )


def images_of(part: Part, table: pandas.DataFrame, runs: RunStore) -> np.ndarray:
    """The images of the rows of `PartRecord.scores`, which keeps their places alone; uint8 [N, 28, 28].

    Raises LabError where the data set, the source or the upload is no longer there.
    """
    test = load_recorded(part.dataset, part.fingerprint).test
    index, anomalous = table["index"].to_numpy(), table["is_anomaly"].to_numpy(bool)
    if part.trains:
        return test.images[index]
    normal = Split(test.images[index[~anomalous]], test.labels[index[~anomalous]])
    images, _, _ = anomalous_images(part, runs, normal, index[~anomalous])
    return np.concatenate([normal.images, images])
