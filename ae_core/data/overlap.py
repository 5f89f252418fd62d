"""Which digits of one data set a model has already seen by training on another.

The embedded 5,000 come from MNIST's 60,000 training images, so the two sets overlap. The counts are facts of
the files (tests/data/test_overlap.py counts them again), kept here because the embedded set must be judged
without full MNIST at hand.
"""

from ae_core.data.sources import SHIPPED
from ae_core.errors import DataError

ZOO = "zoo"  # what the shipped models were trained on; see ae_core/commands/build_zoo.py
SPLITS = ("validation", "test")

ALL = tuple(range(10))

# (trained on, shown, split of the shown set) -> how many of its 0s, 1s, ..., 9s are among the training digits
SEEN = {
    ("mnist", "embedded", "validation"): (62, 64, 62, 65, 68, 61, 63, 68, 67, 66),
    ("mnist", "embedded", "test"): (83, 85, 75, 77, 82, 82, 83, 78, 78, 81),
    ("embedded", "mnist", "validation"): (61, 63, 65, 61, 64, 45, 58, 59, 62, 70),
}
# (data set, split) -> how many 0s, 1s, ..., 9s it has
SIZES = {
    ("embedded", "validation"): (80,) * 10,
    ("embedded", "test"): (100,) * 10,
    ("mnist", "validation"): (1188, 1359, 1196, 1245, 1161, 1053, 1166, 1282, 1177, 1173),
    ("mnist", "test"): (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009),
}


def seen_in_training(trained_on: str, shown: str, split: str = "test", classes: tuple[int, ...] = ()) -> int:
    """How many digits of `shown`'s test (or validation) split a model trained on `trained_on` has seen.

    trained_on: "zoo", "embedded" or "mnist"; shown: "embedded" or "mnist"; classes: the digits that it was
    trained on, () for all. 0 means that the split is honest for this model. Raises DataError for other names.
    """
    for name, allowed in ((trained_on, (ZOO, *SHIPPED)), (shown, SHIPPED), (split, SPLITS)):
        if name not in allowed:
            raise DataError(f"The overlap is known for {', '.join(allowed)}, not for {name!r}.")
    return of_classes(SEEN.get((trained_on, shown, split), (0,) * 10), classes)


def of_classes(counts: tuple[int, ...], classes: tuple[int, ...]) -> int:
    return sum(counts[digit] for digit in classes or ALL)


def overlap_note(trained_on: str, shown: str, classes: tuple[int, ...] = ()) -> str:
    """One sentence for a person where a model is shown digits it was trained on, else an empty text.

    A model of some classes is told of the digits of these: no other is normal for it. Of own data sets
    nothing is known.
    """
    if trained_on not in (ZOO, *SHIPPED) or shown not in SHIPPED:
        return ""
    shares = []
    for split in SPLITS:
        if seen := seen_in_training(trained_on, shown, split, classes):
            shares.append(f"{seen:,} of the {of_classes(SIZES[shown, split], classes):,} {split}")
    if not shares:
        return ""
    of_its = " of its classes" if classes else ""
    return (
        f"This model was trained on {trained_on} and has seen {' and '.join(shares)} digits{of_its} in "
        f"{shown}: errors look smaller than they are. Show it {trained_on}, or take a model of the zoo."
    )
