"""Own data sets on file, beside the runs: in the folder `datasets`, each in a folder with its name.

dataset.json             what it is (`OwnRecord`), replaced last: a set is there as long as this is
images-FINGERPRINT.npz   images and labels of the three splits, as NumPy writes them, without pickle
seen.json                when the visitor was here last for whose session alone it is kept (`Seen`)
detectors/               what has been fitted to the images of such a set: its pixels go with it
"""

import io
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from ae_core.data.digits import Digits, Split
from ae_core.data.own.access import may_see
from ae_core.data.own.record import NAME, OF_SESSION, OwnRecord, checked_name, is_of_session
from ae_core.errors import DamagedError, DataError, LabError
from ae_core.reading import arrays_in
from ae_core.storage import Folder, default_root

MARKER, SEEN, DETECTORS = "dataset.json", "seen.json", "detectors"
SPLITS = ("train", "validation", "test")
ARRAYS = tuple(f"{split}_{what}" for split in SPLITS for what in ("images", "labels"))
MOST_LOADED = 4  # sets in memory, the ones used last: 70,000 images are 55 MB
SESSION_SECONDS = 3600.0  # without its visitor, and a set of a session is removed: a lunch, a laptop asleep
loading = threading.Lock()


@dataclass(frozen=True)
class Seen:
    """at: seconds since 1970."""

    at: float = 0.0


class OwnData:
    """The own data sets beside the runs under `root`: a path or fsspec address, None takes `AE_RUNS`."""

    def __init__(self, root: str | Path | None = None) -> None:
        self.folder = Folder(root or default_root()).child("datasets")

    def names(self) -> list[str]:
        """Of all sets that can be read and that whoever asks may see, sorted."""
        return [each.name for each in self.list()]

    def list(self) -> list[OwnRecord]:
        """As `names`, their records."""
        found = []
        for name in self.folder.names():
            if NAME.fullmatch(name):
                try:
                    found.append(self.record(name))
                except LabError:
                    continue
        return found

    def has(self, name: str) -> bool:
        """Whether there is such a set, damaged or not, for whoever asks."""
        if not isinstance(name, str) or not NAME.fullmatch(name):
            return False
        if not is_of_session(name):
            return self.folder.exists(f"{name}/{MARKER}")
        try:
            return bool(self.record(name))
        except LabError:
            return False

    def record(self, name: str) -> OwnRecord:
        """Raises DataError for a set that is not there, DamagedError for one that cannot be read."""
        if NAME.fullmatch(name):  # also keeps paths such as ../ out
            record = self.folder.child(name).read_as(MARKER, OwnRecord)
            if record is not None and may_see(record.visitor):
                return record
        raise DataError(self.why_not(name))

    def find(self, fingerprint: str) -> OwnRecord | None:
        """A set of these very images, by whatever name."""
        return next((each for each in self.list() if each.fingerprint == fingerprint), None)

    def why_not(self, name: str) -> str:
        if found := OF_SESSION.fullmatch(name):
            return (
                f"The data set {found[1]} was kept for one session only: it is there for whoever brought it, "
                "until that session ends."
            )
        return f"There is no data set {name[:60]!r} of your own. {self.there()}"

    def there(self) -> str:
        names = self.names()
        return f"There are {', '.join(names)}." if names else "None was imported yet."

    def load(self, name: str) -> Digits:
        """Its digits, read once and shared. Raises as `record` does."""
        return _loaded(self.folder.url, self.record(name))

    def save(self, record: OwnRecord, digits: Digits) -> None:
        """Keeps `digits` as the set `record.name`, in the place of one of that name. Raises DataError."""
        folder = self.folder.child(record.name if record.visitor else checked_name(record.name))
        file = _file(record)
        buffer = io.BytesIO()
        splits = zip(SPLITS, (digits.train, digits.validation, digits.test), strict=True)
        arrays = {f"{name}_{what}": getattr(split, what) for name, split in splits for what in _PARTS}
        np.savez(buffer, allow_pickle=False, **arrays)
        with self.folder.alone():
            if record.visitor:  # first: what a crash leaves of it is removed by its time
                folder.write_json(SEEN, asdict(Seen(time.time())))
            folder.write(file, buffer.getvalue())
            folder.write_json(MARKER, asdict(record))
            for other in folder.names():
                if other not in (file, MARKER, SEEN):
                    folder.remove(other)

    def delete(self, name: str) -> None:
        """Removes it for good, a damaged one too. Raises DataError where there is none."""
        if not self.has(name):
            raise DataError(self.why_not(name))
        self._remove(name)

    def _remove(self, name: str) -> None:
        with self.folder.alone():
            self.folder.child(name).remove(MARKER)
            self.folder.remove(name)
        _read.cache_clear()  # its images shall not stay in memory either

    # -- for a session only

    def keep(self, name: str, title: str) -> OwnRecord:
        """Keeps a set of a session as `title`, for good and for everybody. Raises DataError."""
        digits, record = self.load(name), replace(self.record(name), name=checked_name(title), visitor="")
        if self.has(title):
            raise taken(title)
        self.save(record, replace(digits, name=title))
        self.delete(name)
        return record

    def see(self, visitors: set[str]) -> None:
        """Says that these visitors are here now."""
        for each in self.list():
            if each.visitor in visitors:
                with self.folder.alone():
                    if self.has(each.name):
                        self.folder.child(each.name).write_json(SEEN, asdict(Seen(time.time())))

    def end_sessions(self, is_needed: Callable[[OwnRecord], bool] = lambda _: False) -> None:
        """Removes what was kept for sessions that have ended, and what a crash has left of it.

        is_needed: whether work goes on with a set, which then stays.
        """
        for name in filter(is_of_session, self.folder.names()):
            seen = self.folder.child(name).read_or(SEEN, Seen, Seen())
            if time.time() - seen.at < SESSION_SECONDS:
                continue
            record = self.folder.child(name).read_or(MARKER, OwnRecord, None)
            if record is None or not is_needed(record):
                self._remove(name)


def taken(name: str) -> DataError:
    return DataError(f"There is a data set {name} already: choose another name, or delete that one first.")


def detectors_of(digits: Digits) -> Folder | None:
    """Where to keep what is fitted to a set of a session; None for another, which has no place of its own."""
    return OwnData().folder.child(f"{digits.name}/{DETECTORS}") if is_of_session(digits.name) else None


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
