"""Results that took time to compute, on disk, so that nobody waits for the same one twice.

FOLDER/NAME-KEY   a digest of what follows, then the result; KEY is made of all that decides it
"""

import contextlib
import functools
import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Generic, ParamSpec

import numpy as np
import platformdirs

from ae_core.storage import Folder

P = ParamSpec("P")

DIGEST_BYTES = 16  # at the head of a file: a flipped bit must not change a number
MOST_BYTES = 2**30  # in a folder; the oldest make room
SHIPPED = Path(__file__).parent / "shipped"  # results that come with the lab, in the same form


def default_folder(name: str) -> Folder:
    """Within `AE_CACHE`, else the user's cache folder."""
    given = os.environ.get("AE_CACHE", "").strip()
    return Folder(given or platformdirs.user_cache_path("autoencoder-lab")).child(name)


def read(folder: Folder, name: str) -> bytes | None:
    """What is kept by that name; None where there is nothing, or it is damaged."""
    try:
        stored = folder.read(name) or b""
    except OSError:
        return None
    digest, data = stored[:DIGEST_BYTES], stored[DIGEST_BYTES:]
    return data if data and digest_of(data) == digest else None


def write(folder: Folder, name: str, data: bytes) -> None:
    """A folder that cannot be written costs time and nothing else."""
    with contextlib.suppress(OSError):
        folder.write(name, digest_of(data) + data)
        remove_oldest(folder)


def digest_of(data: bytes | memoryview) -> bytes:
    return hashlib.blake2b(data, digest_size=DIGEST_BYTES).digest()


def remove_oldest(folder: Folder) -> None:
    files = sorted(folder.fs.ls(folder.path, detail=True), key=lambda file: file.get("mtime", 0))
    excess = sum(file["size"] for file in files) - MOST_BYTES
    for file in files:
        if excess <= 0:
            return
        folder.remove(file["name"].rsplit("/", 1)[-1])
        excess -= file["size"]


class OnDisk(Generic[P]):
    """A function whose result, an array, is kept by its name and its arguments."""

    def __init__(self, compute: Callable[P, np.ndarray], version: int) -> None:
        self.compute = compute
        self.version = version
        functools.update_wrapper(self, compute)

    def __call__(self, *arguments: P.args, **named: P.kwargs) -> np.ndarray:
        name, folder = self.file_name(*arguments, **named), default_folder("results")
        for place in (Folder(SHIPPED), folder):
            if (data := read(place, name)) is not None:
                return array_of(data)
        result = self.compute(*arguments, **named)
        write(folder, name, bytes_of(result))
        return result

    def file_name(self, *arguments: P.args, **named: P.kwargs) -> str:
        key = key_of((self.compute.__module__, self.version, *arguments), named)
        return f"{self.compute.__name__}-{key}"


def on_disk(version: int = 1) -> Callable[[Callable[P, np.ndarray]], OnDisk[P]]:
    """version: to be raised when the same arguments give another result.

    Arguments are plain values, arrays, or have a `fingerprint`: models, data sets, detectors.
    """
    return lambda compute: OnDisk(compute, version)


def key_of(arguments: tuple[object, ...], named: dict[str, object]) -> str:
    decides = [*map(mark_of, arguments)], [(key, mark_of(named[key])) for key in sorted(named)]
    return hashlib.blake2b(repr(decides).encode(), digest_size=12).hexdigest()


def mark_of(argument: object) -> object:
    """What stands for an argument in a key. Raises TypeError for one that could change unseen."""
    if argument is None or isinstance(argument, str | int | float | tuple):
        return argument
    if isinstance(argument, np.ndarray):
        return argument.shape, argument.dtype.str, digest_of(np.ascontiguousarray(argument).data).hex()
    fingerprint = getattr(argument, "fingerprint", None)
    if not isinstance(fingerprint, str):
        raise TypeError(f"A result cannot be kept by a {type(argument).__name__}: it has no fingerprint.")
    return fingerprint


def bytes_of(result: np.ndarray, *, compressed: bool = False) -> bytes:
    file = io.BytesIO()
    if compressed:
        np.savez_compressed(file, result=result)
    else:
        np.save(file, result, allow_pickle=False)
    return file.getvalue()


def array_of(data: bytes) -> np.ndarray:
    found = np.load(io.BytesIO(data), allow_pickle=False)
    return found if isinstance(found, np.ndarray) else found["result"]
