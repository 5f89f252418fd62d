"""Scores made ready for one model: fitted on normal digits, calibrated on normal digits it has not seen."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas

from ae_core.errors import ConfigError
from ae_core.models.autoencoder import Autoencoder
from ae_core.models.inference import evaluating
from ae_core.scores.calibration import Calibrator
from ae_core.scores.passes import Pass, Reference, passes
from ae_core.scores.scorers import Measure
from ae_core.scores.table import SCORES, suited

OnProgress = Callable[[float], None]  # is told which share of a work is done
REFERENCE = 10_000  # normal digits that measures are fitted on, chosen by a fixed seed: a person waits


@dataclass(frozen=True, eq=False)
class FittedScores:
    """The scores called `names`, for one model. calibrators: by name, on the normal digits held out."""

    model: Autoencoder
    names: tuple[str, ...]
    measures: dict[str, Measure]
    calibrators: dict[str, Calibrator]

    def score(self, images: np.ndarray) -> pandas.DataFrame:
        """A column a score and a row an image of `images`, uint8 [N, 28, 28]; higher is stranger.

        An image's scores do not depend on the images beside it. Raises ImageShapeError.
        """
        return self.score_with_parts(images)[list(self.names)]

    def score_with_parts(self, images: np.ndarray) -> pandas.DataFrame:
        """The same, with a column for each score that one of these is made of."""
        table = measured(self.model, self.measures, images)
        for name in mixed(self.names, self.measures):
            parts = [self.calibrators[part].p_values(table[part]) for part in SCORES[name].parts]
            table[name] = SCORES[name].mixed(parts)
        return table

    def calibrated_on(self, held_out: np.ndarray) -> "FittedScores":
        """The same measures, calibrated on other normal images, uint8 [N, 28, 28]."""
        return calibrated(self.model, self.names, self.measures, held_out)


def fit_scores(
    model: Autoencoder,
    normal: np.ndarray,
    held_out: np.ndarray,
    names: Iterable[str] | None = None,
    on_progress: OnProgress = lambda _: None,
) -> FittedScores:
    """Scores of `model`, ready to use.

    normal: images uint8 [N, 28, 28] that it was trained on; held_out: normal images that it was not trained
    on; names: None for all that suit it; on_progress: is told which share is done. Raises ConfigError for a
    name that is unknown or does not suit.
    """
    names = check_names(model, names)
    parts = {part for name in names for part in SCORES[name].parts}
    needed = [name for name in SCORES if name in names or name in parts]
    with evaluating(model):
        reference = Reference(model, some_of(normal))
        measures = {}
        for number, name in enumerate(needed, start=1):
            if fit := SCORES[name].fit:
                measures[name] = fit(reference)
            on_progress(number / len(needed) / 2)
    return calibrated(model, names, measures, held_out, lambda share: on_progress((1 + share) / 2))


def calibrated(
    model: Autoencoder,
    names: tuple[str, ...],
    measures: dict[str, Measure],
    held_out: np.ndarray,
    on_progress: OnProgress = lambda _: None,
) -> FittedScores:
    table = measured(model, measures, held_out, on_progress)
    calibrators = {name: Calibrator(table[name].to_numpy()) for name in measures}
    for name in mixed(names, measures):
        parts = [own_p_values(table[part]) for part in SCORES[name].parts]
        calibrators[name] = Calibrator(SCORES[name].mixed(parts))
    return FittedScores(model, names, measures, calibrators)


def check_names(model: Autoencoder, names: Iterable[str] | None) -> tuple[str, ...]:
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
    if len(images) <= REFERENCE:
        return images
    return images[np.sort(np.random.default_rng(0).permutation(len(images))[:REFERENCE])]


def measured(
    model: Autoencoder,
    measures: dict[str, Measure],
    images: np.ndarray,
    on_progress: OnProgress = lambda _: None,
) -> pandas.DataFrame:
    def rows() -> Iterator[pandas.DataFrame]:
        done = 0
        for seen in passes(model, images):
            yield scores_of(measures, seen)
            done += len(seen.images)
            on_progress(done / len(images))

    with evaluating(model):
        return pandas.concat(rows(), ignore_index=True)


def scores_of(measures: dict[str, Measure], seen: Pass) -> pandas.DataFrame:
    return pandas.DataFrame(
        {name: measure(seen).double().cpu().numpy() for name, measure in measures.items()}
    )


def mixed(names: Iterable[str], measures: dict[str, Measure]) -> list[str]:
    """Those of `names` that have no measure of their own: they are made of other scores."""
    return [name for name in names if name not in measures]


def own_p_values(scores: pandas.Series) -> np.ndarray:
    """p-values of the calibration digits among themselves, each compared with all others."""
    values = scores.to_numpy()
    return (len(values) - np.searchsorted(np.sort(values), values, side="left")) / len(values)
