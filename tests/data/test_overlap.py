"""The table of overlaps against the files themselves."""

from itertools import product

import numpy as np
import pytest

from ae_core.data.overlap import SEEN, SIZES, SPLITS, overlap_note, seen_in_training
from ae_core.data.sources import SHIPPED, data_status, load_digits
from ae_core.errors import DataError

needs_mnist = pytest.mark.skipif(not data_status()["mnist"], reason="full MNIST is not here (AE_DATA_DIR)")


def count_seen(trained_on, shown, split):
    """How many 0s, 1s, ..., 9s."""
    known = {image.tobytes() for image in load_digits(trained_on).train.images}
    digits = getattr(load_digits(shown), split)
    seen = [image.tobytes() in known for image in digits.images]
    return tuple(np.bincount(digits.labels[seen], minlength=10))


@needs_mnist
@pytest.mark.full_mnist
@pytest.mark.parametrize(("trained_on", "shown", "split"), list(product(SHIPPED, SHIPPED, SPLITS)))
def test_the_table_is_what_the_files_say(trained_on, shown, split):
    counts = count_seen(trained_on, shown, split)
    assert SEEN.get((trained_on, shown, split), (0,) * 10) == counts
    assert seen_in_training(trained_on, shown, split) == sum(counts)
    assert seen_in_training(trained_on, shown, split, (3, 7)) == counts[3] + counts[7]


@needs_mnist
@pytest.mark.full_mnist
@pytest.mark.parametrize(("shown", "split"), list(SIZES))
def test_sizes_are_those_of_the_data_sets(shown, split):
    assert SIZES[shown, split] == tuple(np.bincount(getattr(load_digits(shown), split).labels))


def test_a_model_of_some_classes_is_told_of_these():
    note = overlap_note("mnist", "embedded", (1,))
    assert "64 of the 80 validation and 85 of the 100 test digits of its classes in embedded" in note


def test_most_embedded_test_digits_are_known_to_a_model_of_mnist():
    assert seen_in_training("mnist", "embedded") == 804
    note = overlap_note("mnist", "embedded")
    assert "646 of the 800 validation and 804 of the 1,000 test digits" in note


@pytest.mark.parametrize(
    ("trained_on", "shown"),
    [("zoo", "embedded"), ("zoo", "mnist"), ("mnist", "mnist"), ("embedded", "embedded")],
)
def test_an_honest_pair_needs_no_note(trained_on, shown):
    assert overlap_note(trained_on, shown) == ""


def test_an_unknown_data_set_is_refused():
    with pytest.raises(DataError, match="zoo, embedded, mnist"):
        seen_in_training("letters", "mnist")
