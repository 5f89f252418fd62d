"""What a person gives to be imported, as a list of files: a folder, a ZIP archive, one file, or several."""

import contextlib
import io
import zipfile
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from ae_core.data.uploads import archives
from ae_core.data.uploads.archives import Archive
from ae_core.drawing import file_kinds
from ae_core.errors import UploadError

MEGABYTE = 10**6


@dataclass(frozen=True)
class Limits:
    """What may be imported at once. images: of more than these a sample is taken. packed and unpacked: bytes.

    pixels: of all pictures together, which cost time. members: files, pictures and others.
    """

    images: int
    packed: int
    unpacked: int
    pixels: int
    members: int = 150_000


COMMAND_LINE = Limits(images=70_000, packed=2 * 10**9, unpacked=8 * 10**9, pixels=10**12)
BROWSER = Limits(
    images=20_000, packed=64 * MEGABYTE, unpacked=512 * MEGABYTE, pixels=2 * 10**9, members=50_000
)


@dataclass(frozen=True)
class Member:
    """A file that may be read. name: its path in what was given, with slashes; size: in bytes, unpacked."""

    name: str
    size: int
    open: Callable[[], AbstractContextManager[IO[bytes]]]

    def head(self) -> bytes:
        """Its first bytes; empty where it is damaged."""
        with contextlib.suppress(Exception), self.open() as file:  # damaged bytes raise nearly anything
            return file.read(file_kinds.HEAD)
        return b""

    def read(self) -> bytes:
        """Raises UploadError where it is larger than it says, and whatever damaged bytes raise."""
        with self.open() as file:
            data = file.read(self.size + 1)
        if len(data) != self.size:
            raise UploadError(f"{archives.readable_name(self.name)} is not as large as it says.")
        return data


@dataclass(frozen=True)
class Bundle:
    """Files under one name. skipped: how many were passed over, by reason."""

    name: str
    members: list[Member]
    skipped: Counter[str] = field(default_factory=Counter)


def bundle_at(path: Path, limits: Limits) -> Bundle:
    """What is at `path`, a folder or a file. Raises UploadError."""
    if path.is_dir():
        return _of_folder(path, limits)
    if not path.is_file():
        raise UploadError(f"There is no file or folder {path}.")
    _check_size(path.name, path.stat().st_size, limits)
    try:
        with path.open("rb") as file:
            is_archive = file.read(4) in (archives.SIGNATURE, archives.EMPTY_SIGNATURE)
        if is_archive:
            return _of_archive(path.name, path.read_bytes(), limits)
    except OSError as error:
        raise UploadError(f"{path} cannot be read ({error.strerror or error}).") from error
    return Bundle(archives.readable_name(path.name), [_on_disk(path, path.name)])


def bundle_of(files: list[tuple[str, bytes]], limits: Limits) -> Bundle:
    """The uploaded files: names and contents. Raises UploadError."""
    if not files:
        raise UploadError("No file was given: choose one.")
    _check_size("What was chosen", sum(len(data) for _, data in files), limits)
    if len(files) == 1 and files[0][1].startswith((archives.SIGNATURE, archives.EMPTY_SIGNATURE)):
        return _of_archive(*files[0], limits)
    members = [Member(name, len(data), partial(io.BytesIO, data)) for name, data in files]
    name = files[0][0] if len(files) == 1 else f"{files[0][0]} and {len(files) - 1} more"
    return Bundle(archives.readable_name(name), members)


def _check_size(name: str, size: int, limits: Limits) -> None:
    if size == 0:
        raise UploadError(f"{name} is empty (0 bytes): choose another file.")
    if size > limits.packed:
        raise UploadError(
            f"{name} has {size / MEGABYTE:,.0f} MB; at most {limits.packed / MEGABYTE:,.0f} MB are allowed "
            f"here: take fewer or smaller images{_elsewhere(limits)}."
        )


def _elsewhere(limits: Limits) -> str:
    return ", or import it with `python -m ae_core data import`" if limits is BROWSER else ""


def _of_folder(path: Path, limits: Limits) -> Bundle:
    bundle = Bundle(archives.readable_name(path.resolve().name), [])
    for file in _files_in(path, limits):
        name = PurePosixPath(file.relative_to(path).as_posix())
        if archives.is_of_system(name):
            bundle.skipped[archives.SYSTEM_FILE] += 1
        elif file.is_symlink() or not file.is_file():
            bundle.skipped["a link"] += 1
        else:
            bundle.members.append(_on_disk(file, str(name)))
    return bundle


def _files_in(path: Path, limits: Limits) -> list[Path]:
    found: list[Path] = []
    for each in path.rglob("*"):
        if not each.is_dir() or each.is_symlink():
            found.append(each)
        if len(found) > limits.members:
            raise UploadError(
                f"{path} holds more than {limits.members:,} files, which is what is allowed: is it the "
                "folder that you mean? Take one with fewer."
            )
    return sorted(found)


def _on_disk(file: Path, name: str) -> Member:
    return Member(name, file.stat().st_size, lambda: file.open("rb"))


def _of_archive(name: str, data: bytes, limits: Limits) -> Bundle:
    archive = Archive(data, limits.members)
    name = archives.readable_name(name)
    if kind := file_kinds.kind_of_archive(archive.names):
        raise UploadError(f"{name} is {kind.name}. {kind.remedy}")
    kept = archive.wanted(limits.unpacked, limits.unpacked)
    members = [Member(_path(info), info.file_size, _opener(archive, info)) for info in kept]
    return Bundle(name, members, archive.skipped)


def _path(info: zipfile.ZipInfo) -> str:
    """With slashes, also from archives that Windows' older tools make."""
    return info.filename.replace("\\", "/")


def _opener(archive: Archive, info: zipfile.ZipInfo) -> Callable[[], AbstractContextManager[IO[bytes]]]:
    return lambda: archive.zip.open(info)
