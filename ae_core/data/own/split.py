"""Training, validation and test: fixed by a seed, class by class; a part that was given stays what it is."""

from dataclasses import dataclass

import numpy as np

from ae_core.data.own.naming import ANY, TEST, TRAINING, VALIDATION

SHARE = (
    0.2  # of a class that tests, and of the rest that validates: 64 / 16 / 20 percent, as the embedded digits
)
LEAST = 4  # images of a class where nothing is given: two train, one validates, one tests


@dataclass(frozen=True, eq=False)
class Parts:
    """Indices of the images of each part, and the labels of classes that have too few of them."""

    training: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    too_few: tuple[int, ...]


def split(labels: np.ndarray, parts: np.ndarray, seed: int) -> Parts:
    """labels: int [N]; parts: what each image was given as, [N]; ANY and training may be split further."""
    random = np.random.default_rng(seed)
    found: dict[str, list[np.ndarray]] = {TRAINING: [], VALIDATION: [], TEST: []}
    too_few = []
    has = {part: bool((parts == part).any()) for part in (VALIDATION, TEST)}
    for label in np.unique(labels):
        of_class = labels == label
        given = {part: np.flatnonzero(of_class & (parts == part)) for part in (VALIDATION, TEST)}
        rest = random.permutation(np.flatnonzero(of_class & np.isin(parts, (ANY, TRAINING))))
        for part in (TEST, VALIDATION):
            if not has[part]:
                count = max(1, round(SHARE * len(rest)))
                given[part], rest = rest[:count], rest[count:]
        if len(rest) < 2 or not len(given[VALIDATION]) or not len(given[TEST]):
            too_few.append(int(label))
            continue
        for part, indices in (*given.items(), (TRAINING, rest)):
            found[part].append(indices)
    training, validation, test = (
        random.permutation(np.concatenate(found[part])) if found[part] else np.empty(0, int)
        for part in (TRAINING, VALIDATION, TEST)
    )
    return Parts(training, validation, test, tuple(too_few))
