"""Choosing a score without having seen an anomaly: on normal digits that were spoiled on purpose.

Each spoiled digit is made of normal ones alone, so neither an anomaly nor a label takes part. What they stand
for is a guess, as any choice before the fact must be: strokes in the wrong place (CutPaste: Li et al., CVPR
2021), two digits in one, a digit turned, a part rubbed out.
"""

import numpy as np
from sklearn.metrics import roc_auc_score

from ae_core.data.digits import check_images
from ae_core.errors import ConfigError
from ae_core.scores.fitted import FittedScores

SPOILED = 2000  # digits of each kind at most
PATCH = 10  # pixels: a third of the image, a stroke or two


def choose_score(fitted: FittedScores, held_out: np.ndarray, seed: int = 0) -> str:
    """The fitted score that tells spoiled digits from whole ones best, by AUROC averaged over the kinds.

    held_out: normal images uint8 [N, 28, 28] that the model was not trained on, at least two.
    """
    quality = selection_table(fitted, held_out, seed)
    means = {name: np.mean(list(kinds.values())) for name, kinds in quality.items()}
    return max(means, key=means.get)


def selection_table(fitted: FittedScores, held_out: np.ndarray, seed: int = 0) -> dict[str, dict[str, float]]:
    """AUROC of each score on each kind of spoiled digit."""
    check_images(held_out)
    if len(held_out) < 2:
        raise ConfigError(f"Choosing a score needs at least 2 normal digits, got {len(held_out)}.")
    random = np.random.default_rng(seed)
    chosen = held_out[random.permutation(len(held_out))[:SPOILED]]
    whole = fitted.score(chosen)
    truth = np.repeat([0, 1], len(chosen))
    table: dict[str, dict[str, float]] = {name: {} for name in fitted.names}
    for kind, spoil in SPOILS.items():
        spoiled = fitted.score(spoil(chosen, random))
        for name in fitted.names:
            table[name][kind] = float(roc_auc_score(truth, np.concatenate([whole[name], spoiled[name]])))
    return table


def moved_patch(images: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A square of each image, where there is ink, copied to another place of it."""
    spoiled = images.copy()
    for image in spoiled:
        top, left = inked_corner(image, random)
        patch = image[top : top + PATCH, left : left + PATCH].copy()
        down, across = random.integers(2, 26 - PATCH, 2)
        image[down : down + PATCH, across : across + PATCH] = patch
    return spoiled


def foreign_patch(images: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A square of each image replaced by that of another one, at the same place."""
    spoiled, others = images.copy(), np.roll(images, 1, axis=0)
    for image, other in zip(spoiled, others, strict=True):
        top, left = inked_corner(other, random)
        image[top : top + PATCH, left : left + PATCH] = other[top : top + PATCH, left : left + PATCH]
    return spoiled


def rubbed_out(images: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A square of each image, where there is ink, made black."""
    spoiled = images.copy()
    for image in spoiled:
        top, left = inked_corner(image, random)
        image[top : top + PATCH, left : left + PATCH] = 0
    return spoiled


def two_in_one(images: np.ndarray, _: np.random.Generator) -> np.ndarray:
    return np.maximum(images, np.roll(images, 1, axis=0))


def turned(images: np.ndarray, _: np.random.Generator) -> np.ndarray:
    return np.rot90(images, axes=(1, 2)).copy()


SPOILS = {
    "a patch moved": moved_patch,
    "a patch of another": foreign_patch,
    "a part rubbed out": rubbed_out,
    "two in one": two_in_one,
    "turned a quarter": turned,
}


def inked_corner(image: np.ndarray, random: np.random.Generator) -> tuple[int, int]:
    """Upper left corner of a square around some inked pixel, inside the image."""
    inked = np.argwhere(image > 127)
    centre = inked[random.integers(len(inked))] if len(inked) else np.array([14, 14])
    top, left = np.clip(centre - PATCH // 2, 0, 28 - PATCH)
    return int(top), int(left)
