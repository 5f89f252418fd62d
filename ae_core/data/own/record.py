"""What is on file of an own data set, beside its images."""

import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum

from ae_core.errors import DataError
from ae_core.words import counted

VERSION = 1
KEPT = r"[a-z0-9][a-z0-9_-]{0,39}"
OF_SESSION = re.compile(rf"({KEPT})~([0-9a-f]{{8}})")  # a name and chance: it is never given again
NAME = re.compile(rf"{KEPT}(~[0-9a-f]{{8}})?")
TAKEN = ("auto", "embedded", "mnist", "zoo")
MAX_CLASSES = 100
MAX_CLASS_NAME = 40  # characters


class Way(StrEnum):
    """How images come to 28 × 28."""

    HANDWRITING = "handwriting"  # as drawings do: ink told from paper, fitted into 20 × 20, centred by mass
    RESIZED = "resized"  # the whole picture made small: for things, clothes, letters in their frame


@dataclass(frozen=True)
class OwnRecord:
    """An own data set, fixed when it is imported.

    counts: of each class, its images for training, validation and test. seed: of the split. source: what the
    file or folder was called. skipped: how many were passed over, by reason. notes: how the rest was read.
    visitor: for whose session alone it is kept; empty for everybody.
    """

    version: int
    name: str
    class_names: tuple[str, ...]
    counts: tuple[tuple[int, int, int], ...]
    fingerprint: str
    seed: int
    way: Way
    source: str
    created: float
    skipped: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    visitor: str = ""

    @property
    def title(self) -> str:
        """What its person calls it."""
        return self.name.partition("~")[0]

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Images for training, validation and test."""
        training, validation, test = (sum(part) for part in zip(*self.counts, strict=True))
        return training, validation, test

    def __len__(self) -> int:
        return sum(self.sizes)

    @property
    def report(self) -> str:
        """What was read, how, and what was passed over, in a few sentences."""
        parts = "{:,} training, {:,} validation and {:,} test".format(*self.sizes)
        classes = counted(len(self.class_names), "class").replace("classs", "classes")
        told = [f"{counted(len(self), 'image')} of {classes} read from {self.source}: {parts}."]
        told += self.notes
        if self.skipped:
            told.append(f"Skipped: {listed(self.skipped)}.")
        return " ".join(told)


def listed(skipped: dict[str, int]) -> str:
    """ "a link (2), no picture (1)" """
    return ", ".join(f"{reason} ({count:,})" for reason, count in skipped.items())


def checked_name(name: str) -> str:
    """`name`, if a data set may be called so. Raises DataError."""
    if not re.fullmatch(KEPT, name):
        raise DataError(
            f"A data set cannot be called {name[:60]!r}: a name has 1 to 40 small letters, digits, - and _, "
            f"and begins with a letter or a digit. {suggested(name)!r} would do."
        )
    if name in TAKEN:
        raise DataError(f"The name {name} has a meaning in the lab already: choose another.")
    return name


def name_for_session(title: str) -> str:
    """A name for what is kept for a session alone, another each time. Raises DataError."""
    return f"{checked_name(title)}~{secrets.token_hex(4)}"


def is_of_session(name: str) -> bool:
    return OF_SESSION.fullmatch(name) is not None


def spoken_name(name: str) -> str:
    """ "shoes"; "shoes of one session" """
    found = OF_SESSION.fullmatch(name)
    return f"{found[1]} of one session" if found else name


def suggested(name: str) -> str:
    """A name that a data set may have, like `name`."""
    plain = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-_")[:40]
    return plain if plain and plain not in TAKEN else f"my-{plain or 'images'}"[:40]
