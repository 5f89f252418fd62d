"""Which digits of one data set a model has already seen by training on another.

The embedded 5,000 come from MNIST's 60,000 training images, so the two sets overlap. The counts are facts of
the files (tests/data/test_overlap.py counts them again), kept here because the embedded set must be judged
without full MNIST at hand.
"""

from ae_core.data.sources import DATASETS
from ae_core.errors import DataError

ZOO = "zoo"  # what the shipped models were trained on; see ae_core/zoo/build.py
SPLITS = ("validation", "test")

# (trained on, shown, split of the shown set) -> how many of its digits are among the training digits
SEEN = {
    ("mnist", "embedded", "validation"): 646,
    ("mnist", "embedded", "test"): 804,
    ("embedded", "mnist", "validation"): 608,
}
SIZES = {
    ("embedded", "validation"): 800,
    ("embedded", "test"): 1_000,
    ("mnist", "validation"): 12_000,
    ("mnist", "test"): 10_000,
}


def seen_in_training(trained_on: str, shown: str, split: str = "test") -> int:
    """How many digits of `shown`'s test (or validation) split a model trained on `trained_on` has seen.

    trained_on: "zoo", "embedded" or "mnist"; shown: "embedded" or "mnist". 0 means that the split is honest
    for this model. Raises DataError for other names.
    """
    for name, allowed in ((trained_on, (ZOO, *DATASETS)), (shown, DATASETS), (split, SPLITS)):
        if name not in allowed:
            raise DataError(f"The overlap is known for {', '.join(allowed)}, not for {name!r}.")
    return SEEN.get((trained_on, shown, split), 0)


def overlap_note(trained_on: str, shown: str) -> str:
    """One sentence for a person where a model is shown digits it was trained on, else an empty text."""
    seen = {split: seen_in_training(trained_on, shown, split) for split in SPLITS}
    shares = [f"{seen[split]:,} of the {SIZES[shown, split]:,} {split}" for split in SPLITS if seen[split]]
    if not shares:
        return ""
    return (
        f"This model was trained on {trained_on} and has seen {' and '.join(shares)} digits of {shown}: "
        f"errors look smaller than they are. Show it {trained_on}, or take a model of the zoo."
    )
