"""From a model, digits and a score to a verdict, with the conventions of PyOD, which detectors here share."""

import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas

from ae_core.data.digits import check_images
from ae_core.errors import ConfigError, NotFittedError
from ae_core.models.inference import encode, evaluating, reconstruct
from ae_core.models.neighbours import nearest
from ae_core.models.network import Network
from ae_core.scores import detector_file
from ae_core.scores.calibration import Calibrator
from ae_core.scores.passes import Pass, Reference, passes
from ae_core.scores.scorers import Scorer
from ae_core.scores.table import COMBINED, SCORES, suited
from ae_core.scores.verdicts import Verdict
from ae_core.storage import Folder

OnProgress = Callable[[float], None]  # is told which share of a work is done
SAMPLE = 10_000  # normal digits that scorers are fitted on, chosen by a fixed seed: a person waits
NEAREST = 5  # training digits that explain an image


@dataclass(frozen=True, eq=False)
class Explanation:
    """What a detector has to say of one image.

    code: float32 [latent_dim]; reconstruction: float32 [28, 28], 0 to 1; signed_error: reconstruction minus
    image; nearest: positions of the known digits with the nearest codes, and distances: to these; rank: the
    share of calibration digits that score lower, 0 to 1.
    """

    verdict: Verdict
    code: np.ndarray
    reconstruction: np.ndarray
    signed_error: np.ndarray
    nearest: np.ndarray
    distances: np.ndarray
    rank: float


class Detector:
    """Tells anomalies from normal digits by a score of a model.

    score: a name in `scores.table.SCORES`; several, of which the first decides; or None for all that suit the
    model. Raises ConfigError for a name that is unknown or does not suit.

    After `fit`: scorers and calibrators, by name, and sample: the normal digits that scorers were fitted on.

    >>> from ae_core import load_digits, load_model
    >>> digits, upside_down = load_digits("embedded"), load_digits("embedded").test.images[:200, ::-1]
    >>> detector = Detector(load_model("zoo:dense-32")).fit(digits.train.images, digits.validation.images)
    >>> found = detector.predict(upside_down, false_alarm_rate=0.05)  # 1 for an anomaly, 0 for a digit
    >>> bool(found.mean() > detector.predict(digits.test.images[:200]).mean())
    True
    """

    def __init__(self, model: Network, score: str | Iterable[str] | None = COMBINED) -> None:
        self.model = model
        self.names = check_names(model, [score] if isinstance(score, str) else score)
        self.scorers: dict[str, Scorer] = {}
        self.calibrators: dict[str, Calibrator] = {}
        self.sample = np.empty((0, 28, 28), np.uint8)
        self.key = ""

    @property
    def fingerprint(self) -> str:
        """Changes with the model, the scores, and the digits that it was fitted and calibrated on."""
        self.check_fitted()
        return f"{self.key} {self.names}"

    @property
    def score(self) -> str:
        """The name of the score that decides."""
        return self.names[0]

    def by(self, score: str) -> "Detector":
        """The same, deciding by another of its scores. Raises ConfigError for one that it has not."""
        if score not in self.names:
            raise ConfigError(f"This detector has {', '.join(self.names)}; got {score!r}.")
        other = copy.copy(self)
        other.names = (score, *(name for name in self.names if name != score))
        return other

    # -- made ready

    def fit(
        self,
        normal: np.ndarray,
        calibration: np.ndarray,
        *,
        on_progress: OnProgress = lambda _: None,
        cache: Folder | None = None,
    ) -> Self:
        """Fits the score and calibrates it; returns itself.

        normal: images uint8 [N, 28, 28] that the model was trained on; calibration: normal images that it was
        not trained on; on_progress: is told which share is done; cache: a folder that keeps what is found, so
        that the same model, images and scores are never fitted again. Raises ImageShapeError.
        """
        check_images(normal)
        check_images(calibration)
        self.sample = some_of(normal)
        file = detector_file.DetectorFile(cache, self.model, self.needed(), self.sample, calibration)
        if not self.take(file.read()):
            self.find(on_progress)
            self.calibrate(calibration, lambda share: on_progress((1 + share) / 2))
            file.write(self.scorers, self.calibrators)
        self.key = file.key
        on_progress(1.0)
        return self

    def needed(self) -> list[str]:
        """The scores and those that they are made of, in the order of the table."""
        parts = {part for name in self.names for part in SCORES[name].parts}
        return [name for name in SCORES if name in self.names or name in parts]

    def take(self, found: detector_file.Found | None) -> bool:
        """Takes over what was found before; whether there was anything."""
        if found is None:
            return False
        sample = None
        device = next(self.model.parameters()).device
        for name in self.needed():
            scorer = SCORES[name].scorer
            if scorer is not None and scorer.keeps_sample:
                sample = Reference(self.model, self.sample) if sample is None else sample
                self.scorers[name] = scorer.fit(sample)
            elif scorer is not None:
                state = {key: value.to(device) for key, value in found.states.get(name, {}).items()}
                self.scorers[name] = scorer(state)
        self.calibrators = {name: Calibrator(scores) for name, scores in found.calibrations.items()}
        return True

    def find(self, on_progress: OnProgress) -> None:
        needed = self.needed()
        with evaluating(self.model):
            sample = Reference(self.model, self.sample)
            for number, name in enumerate(needed, start=1):
                if scorer := SCORES[name].scorer:
                    self.scorers[name] = scorer.fit(sample)
                on_progress(number / len(needed) / 2)

    def calibrate(self, calibration: np.ndarray, on_progress: OnProgress = lambda _: None) -> None:
        table = self.scored(calibration, on_progress)
        self.calibrators = {name: Calibrator(table[name].to_numpy()) for name in self.scorers}
        for name in self.mixed():
            parts = [own_p_values(table[part]) for part in SCORES[name].parts]
            self.calibrators[name] = Calibrator(SCORES[name].mixed(parts))

    def calibrated_on(self, calibration: np.ndarray) -> "Detector":
        """Another with the same scorers, calibrated on other normal images, uint8 [N, 28, 28]."""
        other = copy.copy(self)
        other.calibrate(calibration)
        other.key = detector_file.key_of(self.model, self.needed(), self.sample, calibration)
        return other

    # -- at work

    def decision_function(self, images: np.ndarray) -> np.ndarray:
        """The score [N] of images uint8 [N, 28, 28], float64; higher is more anomalous.

        An image's score does not depend on the images beside it. Raises ImageShapeError, and NotFittedError
        before `fit`.
        """
        return self.score_table(images)[self.score].to_numpy(np.float64)

    def p_values(self, images: np.ndarray) -> np.ndarray:
        """The share [N] of normal digits that score at least as high, never 0; see `Calibrator`."""
        return self.calibrator.p_values(self.decision_function(images))

    def predict(self, images: np.ndarray, false_alarm_rate: float = 0.05) -> np.ndarray:
        """1 for an anomaly and 0 for a normal digit, int64 [N], at this share of false alarms.

        Raises ConfigError for a rate that the calibration digits cannot tell.
        """
        return self.calibrator.flags(self.decision_function(images), false_alarm_rate).astype(np.int64)

    def verdict(self, image: np.ndarray, false_alarm_rate: float = 0.05) -> Verdict:
        """Of one image, uint8 [28, 28], with what it rests on. Raises as `predict` does."""
        found = self.scores_and_parts(image[None]).iloc[0]
        value = float(found[self.score])
        parts = {
            part: float(self.calibrators[part].p_values(found[part])) for part in SCORES[self.score].parts
        }
        is_anomaly = bool(self.calibrator.flags(value, false_alarm_rate))
        return Verdict(value, float(self.calibrator.p_values(value)), is_anomaly, parts)

    def explain(
        self, image: np.ndarray, false_alarm_rate: float = 0.05, codes: np.ndarray | None = None
    ) -> Explanation:
        """What the verdict on one image, uint8 [28, 28], rests on.

        codes: of the known digits, float32 [N, latent_dim]; none: those of `sample`, computed each time.
        """
        verdict = self.verdict(image, false_alarm_rate)
        (code,), (reconstruction,) = encode(self.model, image[None]), reconstruct(self.model, image[None])
        codes = encode(self.model, self.sample) if codes is None else codes
        return Explanation(
            verdict,
            code,
            reconstruction,
            reconstruction - image.astype(np.float32) / 255,
            *nearest(codes, code, NEAREST),
            rank=float((self.calibrator.scores < verdict.score).mean()),
        )

    @property
    def calibrator(self) -> Calibrator:
        """That of the score that decides. Raises NotFittedError before `fit`."""
        self.check_fitted()
        return self.calibrators[self.score]

    def score_table(self, images: np.ndarray) -> pandas.DataFrame:
        """A column a score and a row an image."""
        return self.scores_and_parts(images)[list(self.names)]

    def scores_and_parts(self, images: np.ndarray) -> pandas.DataFrame:
        """The same, with a column for each score that one of these is made of."""
        self.check_fitted()
        table = self.scored(images)
        for name in self.mixed():
            parts = [self.calibrators[part].p_values(table[part]) for part in SCORES[name].parts]
            table[name] = SCORES[name].mixed(parts)
        return table

    def scored(self, images: np.ndarray, on_progress: OnProgress = lambda _: None) -> pandas.DataFrame:
        """By the scorers alone."""

        def rows() -> Iterator[pandas.DataFrame]:
            done = 0
            for seen in passes(self.model, images):
                yield self.scored_pass(seen)
                done += len(seen.images)
                on_progress(done / len(images))

        with evaluating(self.model):
            return pandas.concat(rows(), ignore_index=True)

    def scored_pass(self, seen: Pass) -> pandas.DataFrame:
        scores = {name: scorer(seen).double().cpu().numpy() for name, scorer in self.scorers.items()}
        return pandas.DataFrame(scores)

    def mixed(self) -> list[str]:
        """The scores that have no scorer of their own: they are made of others."""
        return [name for name in self.names if name not in self.scorers]

    def check_fitted(self) -> None:
        if not self.calibrators:
            raise NotFittedError(
                f"The detector by {self.score} is not fitted yet: call fit(normal, calibration) first."
            )


def check_names(model: Network, names: Iterable[str] | None) -> tuple[str, ...]:
    if names is None:
        return tuple(suited(model))
    names = tuple(names)
    unknown = [name for name in names if name not in SCORES]
    if unknown or not names:
        given = f"got {unknown[0]!r}" if unknown else "got none"
        raise ConfigError(f"Scores are {', '.join(SCORES)}; {given}.")
    for name in names:
        if not SCORES[name].suits(model):
            raise ConfigError(
                f"{SCORES[name].title} needs {SCORES[name].needs}; this one is {model.config.architecture}. "
                f"It has {', '.join(suited(model))}."
            )
    return names


def some_of(images: np.ndarray) -> np.ndarray:
    if len(images) <= SAMPLE:
        return images
    return images[np.sort(np.random.default_rng(0).permutation(len(images))[:SAMPLE])]


def own_p_values(scores: pandas.Series) -> np.ndarray:
    """p-values of the calibration digits among themselves, each compared with all others."""
    values = scores.to_numpy()
    return (len(values) - np.searchsorted(np.sort(values), values, side="left")) / len(values)
