"""An own data set made: read from what a person gives, brought to 28 × 28, split, and kept with a name."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ae_core.data.digits import Digits, Split
from ae_core.data.own import array_files, pictures, split, tables
from ae_core.data.own.bundle import BROWSER, COMMAND_LINE, Bundle, Limits, bundle_at, bundle_of
from ae_core.data.own.collected import Collected, OnProgress
from ae_core.data.own.naming import GivenNames, called, in_order
from ae_core.data.own.record import (
    MAX_CLASSES,
    VERSION,
    OwnRecord,
    Way,
    checked_name,
    listed,
    name_for_session,
)
from ae_core.data.own.store import OwnData, taken
from ae_core.drawing import picture
from ae_core.errors import DataError, UploadError
from ae_core.words import counted

LEAST_IMAGES = 20
MOST_SETS = 50  # that browsers may add: a terminal may go on
MOST_OF_SESSIONS, MOST_OF_VISITOR = 100, 5  # that are kept for a session only
SEED = 42
FEW = 10  # names that are told
ALLOWED = (
    "Allowed are a folder or ZIP archive of pictures (PNG, JPEG, GIF, BMP, WebP), whose subfolders are "
    "classes, a CSV table (label, pixel0, ..., pixel783), a Parquet table with images, arrays as "
    "mnist.npz, IDX or .npy"
)


@dataclass(frozen=True)
class Wanted:
    """What a person says of an import.

    class_names: in the order of the labels, or by them; () takes the files' own. visitor: for whose session
    alone it is kept; empty for everybody.
    """

    name: str
    way: Way = Way.HANDWRITING
    class_names: GivenNames = ()
    seed: int = SEED
    replace: bool = False
    visitor: str = ""


@dataclass(frozen=True, eq=False)
class Imported:
    """What was read and would be kept: it is not on file yet."""

    record: OwnRecord
    digits: Digits


def import_path(path: str | Path, wanted: Wanted, on_progress: OnProgress = lambda _: None) -> OwnRecord:
    """Keeps what is at `path` as an own data set, up to 70,000 images of it.

    Raises UploadError for what cannot be read, DataError for a name that is taken.
    """
    return keep(lambda: bundle_at(Path(path).expanduser(), COMMAND_LINE), wanted, COMMAND_LINE, on_progress)


def import_files(
    files: list[tuple[str, bytes]], wanted: Wanted, on_progress: OnProgress = lambda _: None
) -> OwnRecord:
    """Keeps uploaded files, names and contents, as an own data set; up to 20,000 images and 64 MB.

    Raises as `import_path` does, and DataError where there are as many as there may be.
    """
    check_room(wanted)
    return keep(lambda: bundle_of(files, BROWSER), wanted, BROWSER, on_progress)


def check_room(wanted: Wanted) -> None:
    """Raises DataError where browsers have brought as many data sets as they may."""
    records = OwnData().list()
    if not wanted.visitor:
        kept = [each.name for each in records if not each.visitor]
        if len(kept) >= MOST_SETS and wanted.name not in kept:
            raise DataError(f"There are {MOST_SETS} data sets of your own already: delete one first.")
        return
    owners = [each.visitor for each in records if each.visitor]
    if owners.count(wanted.visitor) >= MOST_OF_VISITOR:
        raise DataError(
            f"Your session has {MOST_OF_VISITOR} data sets already, as many as it may: delete one, or keep "
            "one with a name."
        )
    if len(owners) >= MOST_OF_SESSIONS:
        raise DataError(
            f"The sessions that are open have {MOST_OF_SESSIONS} data sets already, as many as they may: try "
            "again later, or keep yours with a name."
        )


def keep(bundle: Callable[[], Bundle], wanted: Wanted, limits: Limits, on_progress: OnProgress) -> OwnRecord:
    own = OwnData()
    if wanted.visitor:
        wanted = replace(wanted, name=name_for_session(wanted.name))
    elif own.has(checked_name(wanted.name)) and not wanted.replace:
        raise taken(wanted.name)
    imported = read(bundle(), wanted, limits, on_progress)
    own.save(imported.record, imported.digits)
    on_progress(1.0)
    return imported.record


def read(
    bundle: Bundle, wanted: Wanted, limits: Limits, on_progress: OnProgress = lambda _: None
) -> Imported:
    """The data set that `bundle` would give. Raises UploadError."""
    into = collected(bundle, wanted.way, limits, on_progress)
    if len(into) < LEAST_IMAGES:
        told = [f"{bundle.name} gives {counted(len(into), 'image')}; at least {LEAST_IMAGES} are needed."]
        told += [f"Skipped: {listed(into.skipped)}."] if into.skipped else []
        raise UploadError(" ".join([*told, f"{ALLOWED}."]))
    labels, names = classes_of(into, wanted.class_names)
    return divided(into, labels, names, bundle.name, wanted)


def preview(files: list[tuple[str, bytes]], count: int) -> dict[Way, Collected]:
    """A few images of uploaded files, made 28 × 28 in either way: the same ones, as far as they have ink.

    Raises UploadError.
    """
    few = replace(BROWSER, images=count)
    return {way: collected(bundle_of(files, BROWSER), way, few) for way in Way}


def collected(
    bundle: Bundle, way: Way, limits: Limits, on_progress: OnProgress = lambda _: None
) -> Collected:
    """All images of the bundle: its pictures, or else its arrays, or else its tables. Raises UploadError."""
    into = Collected(way, limits, on_progress)
    into.skipped = bundle.skipped.copy()
    heads = {member.name: member.head() for member in bundle.members}
    if any(picture.is_picture(head, picture.ALL_FORMATS) for head in heads.values()):
        pictures.collect(bundle, heads, into)
    elif any(map(array_files.is_array, heads.values())):
        array_files.collect(bundle, heads, into)
    elif any(tables.is_table(name, head) for name, head in heads.items()):
        tables.collect(bundle, heads, into)
    else:
        for head in heads.values():
            into.skipped[pictures.what_else(head)] += 1
        told = f" Skipped: {listed(into.skipped)}." if into.skipped else ""
        raise UploadError(f"{bundle.name} holds nothing that can be imported.{told} {ALLOWED}.")
    return into


def classes_of(into: Collected, given: GivenNames) -> tuple[np.ndarray, tuple[str, ...]]:
    """Labels int [N] and the names of the classes. Raises UploadError."""
    names = in_order(set(into.labels))
    if len(names) > MAX_CLASSES:
        raise UploadError(
            f"The images have {len(names):,} different labels, such as {', '.join(names[:3])}; at most "
            f"{MAX_CLASSES} classes are allowed: is the column or folder that names the class the right one?"
        )
    number = {name: label for label, name in enumerate(names)}
    return np.array([number[name] for name in into.labels]), called(names, given)


def divided(
    into: Collected, labels: np.ndarray, names: tuple[str, ...], source: str, wanted: Wanted
) -> Imported:
    """The images in their three parts. A class with too few of them is left out, and this is told."""
    parts = split.split(labels, np.array(into.parts), wanted.seed)
    skipped = into.skipped.copy()
    if parts.too_few:
        which = shortened([names[label] for label in parts.too_few])
        reason = f"an image of a class that has too few to train on, validate and test: {which}"
        skipped[reason] += int(np.isin(labels, parts.too_few).sum())
    stays = [label for label in range(len(names)) if label not in parts.too_few]
    if not stays:
        raise UploadError(
            "No class has enough images: at least 2 to train on, 1 to validate and 1 to test are needed. "
            f"The classes found were {shortened(names)}."
        )
    images, renumbered = np.stack(into.images), np.searchsorted(stays, labels).astype(np.uint8)
    training, validation, test = (
        Split(images[part], renumbered[part]) for part in (parts.training, parts.validation, parts.test)
    )
    digits = Digits(wanted.name, training, validation, test, tuple(names[label] for label in stays))
    return Imported(record_of(digits, source, wanted, skipped, into.notes), digits)


def shortened(names: Sequence[str]) -> str:
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    return f"{', '.join(names[:FEW])}{more}"


def record_of(
    digits: Digits, source: str, wanted: Wanted, skipped: dict[str, int], notes: list[str]
) -> OwnRecord:
    splits = (digits.train, digits.validation, digits.test)
    counts = np.stack([np.bincount(each.labels, minlength=len(digits.classes)) for each in splits], axis=1)
    return OwnRecord(
        VERSION,
        digits.name,
        digits.class_names,
        tuple((int(a), int(b), int(c)) for a, b, c in counts),
        digits.fingerprint,
        wanted.seed,
        wanted.way,
        source,
        time.time(),
        dict(skipped),
        tuple(dict.fromkeys(notes)),
        wanted.visitor,
    )


def way_named(text: str) -> Way:
    """Raises DataError for what is no way to 28 × 28."""
    try:
        return Way(text)
    except ValueError:
        raise DataError(f"Images are made 28 × 28 as {' or '.join(Way)}, not as {text[:40]!r}.") from None
