"""What is on file, read as what it should be: a value of the type that is asked for, or DamagedError.

Files are damaged by full disks, lost networks and people's editors, or come from another version of the lab.
So nothing else looks into raw JSON, tables or arrays.
"""

import contextlib
import gc
import io
import json
import tokenize
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
import pandas
import pyarrow

from ae_core.errors import DamagedError, DataError, NewerError

T = TypeVar("T")
UNREADABLE_ARRAYS = (
    ValueError,
    TypeError,
    KeyError,
    EOFError,
    MemoryError,  # a header that announces more than there is
    OverflowError,
    NotImplementedError,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    tokenize.TokenError,
    SyntaxError,
    OSError,
)
UNREADABLE_TABLES = (pyarrow.ArrowException, ValueError, TypeError, KeyError, OSError, OverflowError)


def shipped(path: Path) -> bytes:
    """The contents of a file that is installed with the lab. Raises DataError where it is missing."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(
            f"{path} belongs to the installed lab and cannot be read ({error.strerror}): install it again, "
            "with `pip install --force-reinstall --no-deps` and what it was installed from."
        ) from error


def json_as(data: bytes, kind: type[T], source: str) -> T:
    """The JSON in `data` as a `kind`, a dataclass or what else msgspec knows. source: how messages call it.

    A field that is left out has its default; one that `kind` does not know is damage. Numbers, texts and
    lists are not taken for each other.
    """
    try:
        values = json.loads(data)
        record = msgspec.convert(values, kind)
    except (ValueError, RecursionError, OverflowError, msgspec.MsgspecError) as error:
        raise DamagedError(f"{source} is damaged ({error}).") from error
    if unknown := list(unknown_fields(values, record)):
        raise NewerError(
            f"{source} was written by a newer version of the lab (it has {', '.join(unknown)}): open it with "
            "that one."
        )
    return record


@dataclass(frozen=True)
class Records:
    shape: str
    records: msgspec.Raw


def records_as(data: bytes, kind: type[T], shape: str, source: str) -> list[T]:
    """Thousands of records, {"shape": ..., "records": [...]}, quickly. shape: what they must be called.

    Raises DamagedError.
    """
    try:
        held = msgspec.json.decode(data, type=Records)
        if held.shape != shape:
            raise DamagedError(f"{source} was written by another version of the lab.")
        with no_search_for_circles():
            return msgspec.json.decode(held.records, type=list[kind])  # type: ignore[valid-type]
    except (ValueError, RecursionError, OverflowError, msgspec.MsgspecError) as error:
        raise DamagedError(f"{source} is damaged ({error}).") from error


@contextlib.contextmanager
def no_search_for_circles() -> Iterator[None]:
    """While very many objects without any are made: Python would look through all there are, many times."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def unknown_fields(values: object, record: object) -> Iterator[str]:
    if not is_dataclass(record) or not isinstance(values, dict):
        return
    for name, value in values.items():
        if hasattr(record, name):
            yield from unknown_fields(value, getattr(record, name))
        else:
            yield name[:40]


def table_in(data: bytes, columns: dict[str, str], source: str) -> pandas.DataFrame:
    """The Parquet table in `data`. columns: those that it must have, with the kinds of their types, as in
    `numpy.dtype.kind`: "i" for whole numbers, "f" for others.
    """
    try:
        table = pandas.read_parquet(io.BytesIO(data))
        wrong = [name for name, kind in columns.items() if table.dtypes[name].kind not in kind]
    except UNREADABLE_TABLES as error:
        raise DamagedError(f"{source} is damaged ({error}).") from error
    if wrong:
        raise DamagedError(f"{source} is damaged: {', '.join(wrong)} hold other values than they should.")
    return table


def arrays_in(data: bytes, names: tuple[str, ...], source: str) -> list[np.ndarray]:
    """The arrays called `names` in an archive as `numpy.savez` writes it. Never unpickles."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return [arrays[name] for name in names]
    except UNREADABLE_ARRAYS as error:
        raise DamagedError(f"{source} is damaged ({error}).") from error


def array_in(data: bytes, source: str) -> np.ndarray:
    """The array in a file as `numpy.save` writes it. Never unpickles."""
    try:
        array = np.load(io.BytesIO(data), allow_pickle=False)
    except UNREADABLE_ARRAYS as error:
        raise DamagedError(f"{source} is damaged ({error}).") from error
    if not isinstance(array, np.ndarray):
        raise DamagedError(f"{source} is damaged: it holds several arrays.")
    return array
