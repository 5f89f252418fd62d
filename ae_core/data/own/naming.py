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
BY_LABEL = re.compile(r"\s*([^=]+?)\s*=\s*(.+?)\s*")
BY_LABEL_IN_LINE = re.compile(r"\s*([^=:,\t]+?)\s*[=:,\t]\s*(.+?)\s*")
GivenNames = tuple[str, ...] | dict[str, str]  # in the order of the labels, or by them
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


def given_names(text: str) -> GivenNames:
    """What a person calls the classes: "boots, sandals" in the order of the labels, or "0=boots, 7=sandals".

    Each may stand on a line of its own, where 0,boots and 0: boots will do too. () for an empty text. Raises
    UploadError for what is neither, and for empty and repeated names.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return ()
    entries = lines if len(lines) > 1 else text.split(",")
    is_table = len(lines) > 1 and all(map(BY_LABEL_IN_LINE.fullmatch, lines))
    found = [(BY_LABEL_IN_LINE if is_table else BY_LABEL).fullmatch(each) for each in entries]
    if found[0] and found[0][1].lower() in LABEL_COLUMNS:  # a heading
        del found[0], entries[0]
    if any(found) and not all(found):
        entry = named(entries[found.index(None)])
        raise UploadError(f"Either each name of a class has its label or none has: {entry!r} has none.")
    names = [named(each[2] if each else entry) for each, entry in zip(found, entries, strict=True)]
    labels = [named(each[1]) for each in found if each]
    if "" in names or len(set(names)) < len(names) or len(set(labels)) < len(labels):
        raise UploadError(
            "Names of classes stand between commas or on lines, none empty and none twice, in the order of "
            f"the labels or by them, as in 0=boots, 1=sandals; got {text[:80]!r}."
        )
    return dict(zip(labels, names, strict=True)) if labels else tuple(names)


def called(names: list[str], given: GivenNames) -> tuple[str, ...]:
    """What the classes `names` of a file are called in the end. Raises UploadError for what does not fit."""
    if isinstance(given, tuple):
        if given and len(given) != len(names):
            raise UploadError(
                f"{len(given)} names were given, but there are {len(names)} classes: {', '.join(names)}."
            )
        return given or tuple(names)
    if unknown := [label for label in given if label not in names]:
        raise UploadError(
            f"There is no class {unknown[0]!r} to be called {given[unknown[0]]!r}; the classes are "
            f"{', '.join(names)}."
        )
    found = tuple(given.get(name, name) for name in names)
    if twice := [name for name in found if found.count(name) > 1]:
        raise UploadError(f"Two classes would be called {twice[0]!r}: give each a name of its own.")
    return found
