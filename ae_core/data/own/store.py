"""Own data sets on file, beside the runs: in the folder `datasets`, each in a folder with its name.

dataset.json             what it is (`OwnRecord`), replaced last: a set is there as long as this is
images-FINGERPRINT.npz   images and labels of the three splits, as NumPy writes them, without pickle
"""

import io
import threading
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

import numpy as np

from ae_core.data.digits import Digits, Split
from ae_core.data.own.record import NAME, OwnRecord, checked_name
from ae_core.errors import DamagedError, DataError, LabError
from ae_core.reading import arrays_in
from ae_core.storage import Folder, default_root

MARKER = "dataset.json"
SPLITS = ("train", "validation", "test")
ARRAYS = tuple(f"{split}_{what}" for split in SPLITS for what in ("images", "labels"))
MOST_LOADED = 4  # sets in memory, the ones used last: 70,000 images are 55 MB
loading = threading.Lock()


class OwnData:
    """The own data sets beside the runs under `root`: a path or fsspec address, None takes `AE_RUNS`."""

    def __init__(self, root: str | Path | None = None) -> None:
        self.folder = Folder(root or default_root()).child("datasets")

    def names(self) -> list[str]:
        """Of all sets that can be read, sorted."""
        return [each.name for each in self.list()]

    def list(self) -> list[OwnRecord]:
        """All sets by name; those whose record is damaged are left out."""
        found = []
        for name in self.folder.names():
            if NAME.fullmatch(name):
                try:
                    found.append(self.record(name))
                except LabError:
                    continue
        return found

    def has(self, name: str) -> bool:
        return isinstance(name, str) and bool(NAME.fullmatch(name)) and self.folder.exists(f"{name}/{MARKER}")

    def record(self, name: str) -> OwnRecord:
        """Raises DataError for a set that is not there, DamagedError for one that cannot be read."""
        if NAME.fullmatch(name):  # also keeps paths such as ../ out
            record = self.folder.child(name).read_as(MARKER, OwnRecord)
            if record is not None:
                return record
        raise DataError(f"There is no data set {name[:60]!r} of your own. {self.there()}")

    def there(self) -> str:
        names = self.names()
        return f"There are {', '.join(names)}." if names else "None was imported yet."

    def load(self, name: str) -> Digits:
        """Its digits, read once and shared. Raises as `record` does."""
        return _loaded(self.folder.url, self.record(name))

    def save(self, record: OwnRecord, digits: Digits) -> None:
        """Keeps `digits` as the set `record.name`, in the place of one of that name. Raises DataError."""
        folder = self.folder.child(checked_name(record.name))
        file = _file(record)
        buffer = io.BytesIO()
        splits = zip(SPLITS, (digits.train, digits.validation, digits.test), strict=True)
        arrays = {f"{name}_{what}": getattr(split, what) for name, split in splits for what in _PARTS}
        np.savez(buffer, allow_pickle=False, **arrays)
        with self.folder.alone():
            folder.write(file, buffer.getvalue())
            folder.write_json(MARKER, asdict(record))
            for other in folder.names():
                if other not in (file, MARKER):
                    folder.remove(other)

    def delete(self, name: str) -> None:
        """Removes it for good, a damaged one too. Raises DataError where there is none."""
        if not self.has(name):
            raise DataError(f"There is no data set {name[:60]!r} of your own. {self.there()}")
        with self.folder.alone():
            self.folder.child(name).remove(MARKER)
            self.folder.remove(name)


_PARTS = ("images", "labels")


def _file(record: OwnRecord) -> str:
    return f"images-{record.fingerprint}.npz"


def _loaded(url: str, record: OwnRecord) -> Digits:
    with loading:  # sessions that arrive together must not read the same file twice
        return _read(url, record.name, record.fingerprint, record.class_names)


@lru_cache(maxsize=MOST_LOADED)
def _read(url: str, name: str, fingerprint: str, class_names: tuple[str, ...]) -> Digits:
    folder, file = Folder(url).child(name), f"images-{fingerprint}.npz"
    source = f"{name}/{file}"
    data = folder.read(file)
    if data is None:
        raise DamagedError(f"{source} is missing: import the data set {name} again.")
    arrays = arrays_in(data, ARRAYS, source)
    try:
        training, validation, test = map(Split, arrays[::2], arrays[1::2])
        digits = Digits(name, training, validation, test, class_names)
    except LabError as error:
        raise DamagedError(f"{source} is damaged ({error}): import the data set {name} again.") from error
    if digits.fingerprint != fingerprint:
        raise DamagedError(f"{source} is damaged: it has other pixels than it had. Import {name} again.")
    return digits
