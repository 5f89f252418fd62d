"""What is shown of a selected region: as many of each class as its share, and the counts."""

import numpy as np

from ui.latent.selection import SELECTED, alternative, class_counts, spread_out

LABELS = np.repeat([0, 4, 9], [600, 300, 100])  # sorted, as the embedded digits are


def test_a_large_selection_is_shown_class_by_class_by_their_shares():
    some = spread_out(np.arange(1000), LABELS)
    assert len(some) == len(set(some)) == SELECTED
    assert np.bincount(LABELS[some], minlength=10)[[0, 4, 9]].tolist() == [24, 12, 4]
    assert LABELS[some].tolist() == sorted(LABELS[some])


def test_a_small_selection_is_shown_whole():
    assert spread_out(np.array([999, 0, 700]), LABELS) == [0, 700, 999]
    assert spread_out(np.array([5]), LABELS) == [5]


def test_the_classes_are_counted_the_most_first():
    assert class_counts(LABELS[500:]) == "300 of 4, 100 of 0, 100 of 9"
    assert class_counts(LABELS[:1]) == "1 of 0"


def test_each_picture_is_told_with_its_class():
    assert alternative([3, 7], np.array([0, 0, 0, 1, 0, 0, 0, 8])).endswith("3 (a 1), 7 (an 8)")
