"""A contest of detectors: who detects most of anomalies that nobody has tuned for.

A model and a score are chosen; the lab itself measures them, so that a table can be trusted. What counts is
AUROC on a mixture of foreign images, which the score is neither fitted nor calibrated on.

contest/entries.json   the table, beside the runs
"""

import time
from dataclasses import asdict, dataclass, field

import numpy as np

from ae_core.data.digits import Digits
from ae_core.data.foreign import FOREIGN
from ae_core.data.mnist_files import default_data_dir
from ae_core.drawing import samples
from ae_core.drawing.ink import digit_from_drawing
from ae_core.errors import RunError
from ae_core.kept import on_disk
from ae_core.lessons.trials import some_of
from ae_core.runs.store import RunStore
from ae_core.scores.detector import Detector
from ae_core.scores.metrics import plain_auroc
from ae_core.words import visible

MOST_NAME = 30
MOST_ENTRIES = 500
EACH = 200  # images of each kind
SEED = 20_000  # first of the contest's own images: no page shows those
ENTRIES = "entries.json"


@dataclass(frozen=True)
class Entry:
    """A row of the table. owner: whose it is; auroc: by kind of anomaly, and their mean."""

    name: str
    owner: str
    model: str
    score: str
    dataset: str
    auroc: float
    by_kind: dict[str, float]
    entered: float


@dataclass(frozen=True)
class Table:
    """All entries, as they stand on file."""

    entries: list[Entry] = field(default_factory=list)


@on_disk()
def scribbles(count: int, seed: int) -> np.ndarray:
    made = [samples.scribble(seed + number) for number in range(count)]
    return np.stack([digit_from_drawing(each).image for each in made])


def anomalies(digits: Digits) -> dict[str, np.ndarray]:
    """Images uint8 [EACH, 28, 28] by kind, with seeds that nothing else in the lab uses."""
    test = some_of(digits.test, np.ones(len(digits.test), bool)).images[-EACH:]
    letters = FOREIGN["letters"].images(EACH, SEED, default_data_dir())
    return {
        "letters": letters,
        "scribbles": scribbles(EACH, SEED),
        "upside down": np.ascontiguousarray(test[:, ::-1]),
    }


def measure(detector: Detector, digits: Digits) -> dict[str, float]:
    """AUROC by kind of anomaly, 0 to 1, against test digits."""
    normal = detector.decision_function(
        some_of(digits.test, np.ones(len(digits.test), bool)).images[: 2 * EACH]
    )
    return {
        kind: plain_auroc(normal, detector.decision_function(images))
        for kind, images in anomalies(digits).items()
    }


class Leaderboard:
    """The table of all entries, kept beside the runs of a store."""

    def __init__(self, runs: RunStore) -> None:
        self.folder = runs.folder.child("contest")

    def entries(self) -> list[Entry]:
        """The best first. Raises DamagedError."""
        found = self.folder.read_as(ENTRIES, Table) or Table()
        return sorted(found.entries, key=lambda each: (-each.auroc, each.entered))

    def enter(self, name: str, owner: str, model: str, detector: Detector, digits: Digits) -> Entry:
        """Measures a detector and puts the result into the table: of one owner the best for each data set.

        Raises RunError for a name that is empty or too long, and DamagedError for a damaged table.
        """
        name = visible(name)
        if not 1 <= len(name) <= MOST_NAME:
            raise RunError(f"A name in the table has 1 to {MOST_NAME} characters, got {len(name)}.")
        found = measure(detector, digits)
        entry = Entry(
            name,
            owner,
            model,
            detector.score,
            digits.name,
            float(np.mean(list(found.values()))),
            found,
            time.time(),
        )
        with self.folder.alone():
            self.write(entry)
        return entry

    def write(self, entry: Entry) -> None:
        mine = [each for each in self.entries() if is_of(each, entry)]
        others = [each for each in self.entries() if not is_of(each, entry)]
        best = max([*mine, entry], key=lambda each: each.auroc)
        kept = sorted([*others, Entry(**(asdict(best) | {"name": entry.name}))], key=lambda each: -each.auroc)
        self.folder.write_json(ENTRIES, asdict(Table(kept[:MOST_ENTRIES])))


def is_of(each: Entry, entry: Entry) -> bool:
    """Whether both belong to one owner and one data set."""
    return (each.owner, each.dataset) == (entry.owner, entry.dataset)
