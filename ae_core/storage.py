"""A folder of small files on any fsspec file system: a local path, a network share or s3://.

Files are replaced whole: a reader sees the old contents or the new, never a half.
"""

import contextlib
import errno
import hashlib
import io
import json
import os
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import fsspec
import numpy as np
import pandas
import platformdirs
from filelock import FileLock
from fsspec.implementations.local import LocalFileSystem

from ae_core.errors import DamagedError, RecordDeletedError, StoreError
from ae_core.reading import arrays_in, json_as, table_in

T = TypeVar("T")
D = TypeVar("D")

ID_PARTS = 16**4  # of a second, 15 microseconds each
DELETIONS = 5  # tries: a file may come or go while a folder is being removed


def default_root() -> str:
    """Where runs and own data sets are kept: `AE_RUNS`, else a folder among the user's data."""
    given = os.environ.get("AE_RUNS", "").strip()
    return given or str(platformdirs.user_data_path("autoencoder-lab") / "runs")


def new_id(now: float, is_taken: Callable[[str], bool]) -> str:
    """An id that sorts by the time `now` (seconds since 1970) and is not taken: 20250131-142959-3fa9.

    Its end counts parts of the second: of two made one after the other the second sorts last.
    """
    while True:
        found = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now)) + f"-{int(now % 1 * ID_PARTS):04x}"
        if not is_taken(found):
            return found
        now += 1 / ID_PARTS


def digest(values: Sequence[object]) -> str:
    """A name for these values, the same for the same ones: 16 hexadecimal digits."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


class Folder:
    """The folder at `url`; names may contain slashes."""

    def __init__(self, url: str | Path) -> None:
        """Raises StoreError for an address of a kind that is not known or not installed."""
        self.url = str(url).rstrip("/")
        try:
            self.fs, self.path = fsspec.url_to_fs(self.url)
        except (ImportError, ValueError) as error:
            extra = "; `pip install 'autoencoder-lab[s3]'` adds it" if self.url.startswith("s3:") else ""
            raise StoreError(f"{self.url} cannot be used ({error}){extra}.") from error

    @contextlib.contextmanager
    def reaching(self) -> Iterator[None]:
        """What a remote store's own library raises becomes a StoreError."""
        try:
            yield
        except OSError:
            raise
        except Exception as error:
            if self.is_local:
                raise
            raise StoreError(f"{self.url} cannot be reached ({error}).") from error

    def child(self, name: str) -> "Folder":
        return Folder(f"{self.url}/{name}")

    def read(self, name: str) -> bytes | None:
        """The contents, or None where there is no such file."""
        try:
            with self.reaching():
                return self.fs.cat_file(f"{self.path}/{name}")
        except (FileNotFoundError, NotADirectoryError):
            return None

    @property
    def is_local(self) -> bool:
        return isinstance(self.fs, LocalFileSystem)

    def write(self, name: str, data: bytes) -> None:
        if self.is_local and self.may_be_made_by(name):
            Path(f"{self.path}/{name}").parent.mkdir(parents=True, exist_ok=True)
        try:
            self.replace(name, data)
        except FileNotFoundError as error:
            if self.is_local:
                raise
            raise StoreError(f"{self.url} cannot be written ({error}): make its bucket first.") from error

    def write_on(self, name: str, at: int, data: bytes) -> None:
        """Has a file that is there go on with `data` from byte `at`, in place: for logs that others follow.

        Raises FileNotFoundError. A reader may see a part of `data`.
        """
        if self.is_local:
            with open(f"{self.path}/{name}", "r+b") as file:  # noqa: PTH123
                file.seek(at)
                file.write(data)
                file.truncate()
            return
        before = self.read(name)
        if before is None:
            raise FileNotFoundError(name)
        self.replace(name, before[:at] + data)

    def may_be_made_by(self, name: str) -> bool:  # noqa: ARG002
        """Whether the folder is made where it is missing, to write this file."""
        return True

    def replace(self, name: str, data: bytes) -> None:
        target = f"{self.path}/{name}"
        if not self.is_local:
            with self.reaching():
                self.fs.pipe_file(target, data)  # object stores show an object only when it is complete
            return
        part = Path(f"{target}.{uuid.uuid4().hex}.part")
        try:
            part.write_bytes(data)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)

    def read_as(self, name: str, kind: type[T]) -> T | None:
        """The JSON in a file as a `kind`, see `reading.json_as`; None where there is no file.

        Raises DamagedError.
        """
        data = self.read(name)
        return None if data is None else json_as(data, kind, self.source(name))

    def read_or(self, name: str, kind: type[T], default: D) -> T | D:
        """As `read_as`; `default` where the file is damaged or missing."""
        try:
            found = self.read_as(name, kind)
        except DamagedError:
            return default
        return default if found is None else found

    def source(self, name: str) -> str:
        """How messages call a file: with its folder's name."""
        return f"{self.path.rsplit('/', 1)[-1]}/{name}"

    def write_json(self, name: str, values: dict[str, Any]) -> None:
        self.write(name, json.dumps(values).encode())

    def read_arrays(self, name: str, *keys: str) -> list[np.ndarray]:
        """The arrays of these names in a file of NumPy's; all empty where it is damaged or not there."""
        try:
            return arrays_in(self.read(name) or b"", keys, self.source(name))
        except DamagedError:
            return [np.empty(0)] * len(keys)

    def read_table(self, name: str, columns: dict[str, str]) -> pandas.DataFrame | None:
        """The Parquet table in a file, see `reading.table_in`; None where there is no file.

        Raises DamagedError.
        """
        data = self.read(name)
        return None if data is None else table_in(data, columns, self.source(name))

    def write_arrays(self, name: str, **arrays: Any) -> None:
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        self.write(name, buffer.getvalue())

    def exists(self, name: str) -> bool:
        self.fs.invalidate_cache(self.path)  # another process may have deleted it since
        with self.reaching():
            return self.fs.exists(f"{self.path}/{name}")

    def names(self) -> list[str]:
        """Names of the files and folders directly inside, sorted; none where the folder is missing."""
        try:
            with self.reaching():
                found = self.fs.ls(self.path, detail=False, refresh=True)
        except FileNotFoundError:
            return []
        return sorted(path.rstrip("/").rsplit("/", 1)[-1] for path in found)

    def stamps(self) -> dict[str, int | None]:
        """The folders directly inside, each with a number that changes whenever a file in it is replaced.

        In nanoseconds since 1970, or None where the file system tells nothing of the kind.
        """
        if not self.is_local:
            return dict.fromkeys(self.names())
        try:
            with os.scandir(self.path) as entries:
                return {each.name: each.stat().st_mtime_ns for each in entries if each.is_dir()}
        except FileNotFoundError:
            return {}

    def is_younger(self, folder: str, names: Iterable[str], stamp: int) -> bool:
        """Whether one of these files of a local folder was changed in place after it was stamped so."""
        for name in names:
            with contextlib.suppress(OSError):  # not there
                # Of tens of thousands of files: Path.stat takes twice as long.
                if os.stat(f"{self.path}/{folder}/{name}").st_mtime_ns > stamp:  # noqa: PTH116
                    return True
        return False

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """No other thread or process is in here at the same time: for what looks first and writes then.

        On object stores, which have no locks, another may be.
        """
        if not self.is_local:
            yield
            return
        Path(self.path).mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self.path}/.lock"):
            yield

    def remove(self, name: str) -> None:
        if self.exists(name):
            with self.reaching():
                self.fs.rm(f"{self.path}/{name}", recursive=True)


class RecordFolder(Folder):
    """The folder of a record, which is there as long as its file `marker` is. Only writing that makes one.

    Whoever deletes a record takes the marker first, and whoever writes looks for the marker afterwards. So a
    file that a worker writes meanwhile is removed, either with the others or by the worker, and a deleted
    record stays away on file systems with folders and without.
    """

    def __init__(self, url: str | Path, marker: str) -> None:
        super().__init__(url)
        self.marker = marker

    def is_there(self) -> bool:
        return self.exists(self.marker)

    def may_be_made_by(self, name: str) -> bool:
        return name == self.marker

    def replace(self, name: str, data: bytes) -> None:
        """Raises RecordDeletedError where the record is not there."""
        try:
            super().replace(name, data)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise self.deleted() from error
        if not self.is_there():
            self.take_back(name)
            raise self.deleted()

    def take_back(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self.fs.rm_file(f"{self.path}/{name}")
        if self.is_local:
            with contextlib.suppress(OSError):  # not empty, or gone
                Path(self.path).rmdir()

    def deleted(self) -> RecordDeletedError:
        return RecordDeletedError(
            f"{self.path.rsplit('/', 1)[-1]} was deleted: nothing more is written of it."
        )

    def delete(self) -> None:
        """Removes the record with all its files."""
        self.remove(self.marker)
        for _ in range(DELETIONS):
            self.fs.invalidate_cache(self.path)
            if not self.fs.exists(self.path):
                return
            try:
                self.fs.rm(self.path, recursive=True)
            except OSError as error:
                if error.errno not in (errno.ENOENT, errno.ENOTEMPTY):
                    raise
