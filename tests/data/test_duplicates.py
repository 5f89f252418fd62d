"""Near duplicates between test and training are found, whatever their place, and nothing else is."""

import numpy as np

from ae_core.data.digits import Digits, Split
from ae_core.data.duplicates import NEAR, near_duplicates


def test_near_and_identical_pairs_are_found_nearest_first(few):
    images = few.test.images.copy()
    images[3] = few.train.images[17]
    images[8] = np.clip(few.train.images[40].astype(int) + 2, 0, 255)
    images[9] = np.clip(few.train.images[41].astype(int) + 255 * 2 * NEAR, 0, 255)
    spoiled = Digits("spoiled", few.train, few.validation, Split(images, few.test.labels.copy()))
    found = near_duplicates(spoiled)
    pairs = dict(zip(found.test.tolist(), found.training.tolist(), strict=True))
    assert (pairs[3], pairs[8]) == (17, 40)
    assert pairs.get(9) != 41
    assert found.identical == 1
    assert found.differences[0] == 0
    assert (np.diff(found.differences) >= 0).all()


def test_all_pairs_that_are_near_are_found(few):
    """By the plain definition, which compares every pair."""
    train, test = (split.images.reshape(len(split), -1) / 255 for split in (few.train, few.test))
    nearest = np.sqrt(np.square(test[:, None] - train[None]).mean(axis=2)).min(axis=1)
    found = near_duplicates(few)
    assert sorted(found.test.tolist()) == np.flatnonzero(nearest <= NEAR).tolist()
