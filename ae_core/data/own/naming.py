"""What names of files, folders, columns and labels tell: which part an image is of, and of which class."""

import re
from pathlib import PurePosixPath

import numpy as np

from ae_core.data.own.record import MAX_CLASS_NAME
from ae_core.errors import UploadError
from ae_core.words import visible

TRAINING, VALIDATION, TEST, ANY = "training", "validation", "test", ""
PARTS = {
    **dict.fromkeys(("train", "training"), TRAINING),
    **dict.fromkeys(("val", "valid", "validation", "dev"), VALIDATION),
    **dict.fromkeys(("test", "testing", "t10k"), TEST),
}
LABEL_COLUMNS = ("label", "labels", "class", "target", "y", "digit", "category", "fine_label")
WORDS_FOR_LABELS = {"label", "labels", "y", "target", "targets", "idx1", "classes"}
ONE_CLASS = "image"  # what the class of images without labels is called


def part_named(name: str) -> str:
    """The part that a name tells of: "t10k-images-idx3-ubyte" is of the test; ANY for none."""
    found = {PARTS[word] for word in words_in(name) if word in PARTS}
    return found.pop() if len(found) == 1 else ANY


def words_in(name: str) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9]+", PurePosixPath(name).name.lower()) if word]


def rest_of_name(name: str) -> tuple[str, ...]:
    """What is left of an array's name without words for parts, images and labels: equal rests match."""
    plain = {*PARTS, *WORDS_FOR_LABELS, "x", "images", "image", "imgs", "data", "idx3", "ubyte", "gz", "npy"}
    return tuple(word for word in words_in(name) if word not in plain)


def part_and_class(name: str, common: int) -> tuple[str, str]:
    """Of a picture by its path: shoes/train/boots/1.png is of the training part and the class "boots".

    common: how many folders at the beginning all pictures share.
    """
    folders = PurePosixPath(name).parts[:-1]
    own = folders[common:]
    part = PARTS.get(own[0].lower(), ANY) if own else ANY
    if part:
        own = own[1:]
    known = own[:1] or folders[-1:]
    return part, ONE_CLASS if not known or known[0].lower() in PARTS else known[0]


def shared_folders(names: list[str]) -> int:
    """How many folders at the beginning are the same of all `names`."""
    split = [PurePosixPath(name).parts[:-1] for name in names]
    shared = 0
    while all(len(each) > shared for each in split) and len({each[shared] for each in split}) == 1:
        shared += 1
    return shared


def class_named(label: object) -> str | None:
    """The name of the class that a label tells of: 3 and 3.0 are "3". None for an empty or missing one."""
    if isinstance(label, bytes):
        label = label.decode("utf-8", errors="replace")
    if isinstance(label, float | np.floating):
        if np.isnan(label):
            return None
        label = int(label) if label == int(label) else label
    return named(str(label)) or None if label is not None else None


def named(text: str) -> str:
    """A class's name that any figure may show: on one line, short, and no markup."""
    return visible(text.strip()).translate({ord("<"): "‹", ord(">"): "›"})[:MAX_CLASS_NAME]


def in_order(names: set[str]) -> list[str]:
    """Numbers by size, then words by their letters."""
    return sorted(
        names,
        key=lambda name: (not is_number(name), float(name) if is_number(name) else 0, name.lower(), name),
    )


def is_number(name: str) -> bool:
    return re.fullmatch(r"-?\d{1,9}(\.\d+)?", name) is not None


def given_names(text: str) -> tuple[str, ...]:
    """The names in "boots, sandals"; () for an empty text. Raises UploadError for empty and repeated ones."""
    if not text.strip():
        return ()
    names = tuple(map(named, text.split(",")))
    if "" in names or len(set(names)) < len(names):
        raise UploadError(
            f"Names of classes are separated by commas, none empty and none twice; got {text[:80]!r}."
        )
    return names
