"""Test images that are nearly the same as a training image: they test memory, not what was learned.

Source of the bound: the mean square difference of block means is at most that of the pixels (Jensen).
"""

from dataclasses import dataclass

import numpy as np

from ae_core.data.digits import Digits
from ae_core.drawing.form import SIDE
from ae_core.kept import on_disk

NEAR = 0.05  # root mean square difference of intensities, 0 to 1, up to which two images are nearly the same
COARSE, FINE = 4, 2  # pixels of a block
SLACK = 1e-3  # of float32, which may not lose a pair
AT_ONCE = 500  # test images
PAIRS_AT_ONCE = 10_000


@dataclass(frozen=True, eq=False)
class Duplicates:
    """test, training: places in their splits, int [M]; differences: root mean square, [M], ascending."""

    test: np.ndarray
    training: np.ndarray
    differences: np.ndarray

    def __len__(self) -> int:
        return len(self.test)

    @property
    def identical(self) -> int:
        return int((self.differences == 0).sum())


def near_duplicates(digits: Digits) -> Duplicates:
    """Each test image that has a training image within NEAR, with the nearest such one."""
    found = _near_pairs(digits)
    found = found[np.argsort(found[:, 2], kind="stable")]
    return Duplicates(found[:, 0].astype(int), found[:, 1].astype(int), found[:, 2])


@on_disk()
def _near_pairs(digits: Digits) -> np.ndarray:
    """Rows of test place, training place and difference, float64 [M, 3]."""
    train, test = digits.train.images, digits.test.images
    rows = []
    means_of_train, means_of_test = _block_means(train, COARSE), _block_means(test, COARSE)
    finer_of_train, finer_of_test = _block_means(train, FINE), _block_means(test, FINE)
    for first in range(0, len(test), AT_ONCE):
        pairs = _candidates(means_of_test[first : first + AT_ONCE], means_of_train)
        pairs[:, 0] += first
        for part in np.array_split(pairs, 1 + len(pairs) // PAIRS_AT_ONCE):
            finer = _differences(finer_of_test[part[:, 0]], finer_of_train[part[:, 1]])
            part = part[finer <= NEAR + SLACK]
            differences = _differences(_block_means(test[part[:, 0]], 1), _block_means(train[part[:, 1]], 1))
            rows.append(np.column_stack([part, differences])[differences <= NEAR])
    return _nearest_of_each(np.concatenate(rows))


def _block_means(images: np.ndarray, block: int) -> np.ndarray:
    """Means of squares of `block` pixels, float32 [N, (28 / block)²], intensities 0 to 1."""
    count, side = len(images), SIDE // block
    blocks = images.reshape(count, side, block, side, block)
    return blocks.mean(axis=(2, 4), dtype=np.float32).reshape(count, side * side) / 255


def _candidates(some: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Pairs int [M, 2] of rows of both that are not too far apart to be near."""
    squares = np.square(some).sum(axis=1)[:, None] + np.square(known).sum(axis=1)
    squares -= 2 * some @ known.T
    return np.argwhere(squares / some.shape[1] <= (NEAR + SLACK) ** 2)


def _differences(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Root mean square difference of each pair of rows, float32 [M]."""
    return np.sqrt(np.square(some - others).mean(axis=1))


def _nearest_of_each(rows: np.ndarray) -> np.ndarray:
    """Of rows that share a test image the one with the smallest difference."""
    rows = rows[np.lexsort((rows[:, 1], rows[:, 2], rows[:, 0]))]
    is_first = np.append(True, rows[1:, 0] != rows[:-1, 0]) if len(rows) else np.empty(0, bool)
    return rows[is_first]
