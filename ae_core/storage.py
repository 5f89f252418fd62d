"""A folder of small files on any fsspec file system: a local path, a network share or s3://.

Files are replaced whole: a reader sees the old contents or the new, never a half.
"""

import io
import json
import time
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path

import fsspec
import numpy as np
from fsspec.implementations.local import LocalFileSystem

ID_PARTS = 16**4  # of a second, 15 microseconds each


def new_id(now: float, is_taken: Callable[[str], bool]) -> str:
    """An id that sorts by the time `now` (seconds since 1970) and is not taken: 20250131-142959-3fa9.

    Its end counts parts of the second: of two made one after the other the second sorts last.
    """
    while True:
        found = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now)) + f"-{int(now % 1 * ID_PARTS):04x}"
        if not is_taken(found):
            return found
        now += 1 / ID_PARTS


class Folder:
    """The folder at `url`; names may contain slashes."""

    def __init__(self, url: str | Path) -> None:
        self.url = str(url).rstrip("/")
        self.fs, self.path = fsspec.url_to_fs(self.url)

    def child(self, name: str) -> "Folder":
        return Folder(f"{self.url}/{name}")

    def read(self, name: str) -> bytes | None:
        """The contents, or None where there is no such file."""
        try:
            return self.fs.cat_file(f"{self.path}/{name}")
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, name: str, data: bytes) -> None:
        target = f"{self.path}/{name}"
        if not isinstance(self.fs, LocalFileSystem):
            self.fs.pipe_file(target, data)  # object stores show an object only when it is complete
            return
        part = Path(f"{target}.{uuid.uuid4().hex}.part")
        part.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(data)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)

    def read_json(self, name: str) -> dict | None:
        """The JSON object in a file. A damaged file is as good as none; what depends on it says so."""
        try:
            values = json.loads(self.read(name) or b"null")
        except (ValueError, RecursionError):
            return None
        return values if isinstance(values, dict) else None

    def write_json(self, name: str, values: dict) -> None:
        self.write(name, json.dumps(values).encode())

    def read_arrays(self, name: str, *keys: str) -> list[np.ndarray]:
        """The arrays of these names in a file of NumPy's; all empty where it is damaged or not there."""
        try:
            with np.load(io.BytesIO(self.read(name) or b""), allow_pickle=False) as arrays:
                return [arrays[key] for key in keys]
        except (ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile):
            return [np.empty(0)] * len(keys)

    def write_arrays(self, name: str, **arrays: np.ndarray) -> None:
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        self.write(name, buffer.getvalue())

    def exists(self, name: str) -> bool:
        return self.fs.exists(f"{self.path}/{name}")

    def names(self) -> list[str]:
        """Names of the files and folders directly inside, sorted; none where the folder is missing."""
        try:
            found = self.fs.ls(self.path, detail=False, refresh=True)
        except FileNotFoundError:
            return []
        return sorted(path.rstrip("/").rsplit("/", 1)[-1] for path in found)

    def remove(self, name: str) -> None:
        if self.exists(name):
            self.fs.rm(f"{self.path}/{name}", recursive=True)
