"""A stranger's ZIP archive: nothing is unpacked to the disk, and no size that it announces is exceeded."""

import io
import re
import stat
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from ae_core.drawing.file_kinds import HEAD
from ae_core.errors import UploadError
from ae_core.words import visible

SIGNATURE = b"PK\x03\x04"
EMPTY_SIGNATURE = b"PK\x05\x06"
ENTRY_SIGNATURE = b"PK\x01\x02"  # of each entry in the archive's directory

MAX_MEMBERS = 20_000  # files, folders and all
MAX_UNPACKED = 256 * 2**20  # bytes of all pictures together
MAX_STREAMED = 2**30  # bytes of an array, which is unpacked a block at a time: this costs time alone
MAX_RATIO = 200  # unpacked bytes for each packed one, of members above a megabyte: pictures reach a few dozen
WAYS_TO_COMPRESS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others may ask for gigabytes to unpack with

SYSTEM_FILE = "a file of the operating system"
SYSTEM_FILES = {"thumbs.db", "desktop.ini"}
NESTED = (SIGNATURE, EMPTY_SIGNATURE, b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh", b"\xfd7zXZ")


class Archive:
    """The files of a ZIP archive that are worth reading, and why others are not.

    skipped: how many files were passed over, by reason; `contents` adds to it. Raises UploadError for what is
    no whole ZIP archive, and for one with too many members or too large a content.
    """

    def __init__(self, data: bytes, most_members: int | None = None) -> None:
        most_members = most_members or MAX_MEMBERS
        if data.count(ENTRY_SIGNATURE) > most_members:  # before a list of them is made
            raise UploadError(
                f"The archive has more than {most_members:,} files and folders, which is what is allowed: "
                "pack fewer pictures."
            )
        try:
            self.zip = zipfile.ZipFile(io.BytesIO(data))
            self.members = [info for info in self.zip.infolist() if not info.is_dir()]
        except Exception as error:  # damaged bytes make the reader raise nearly anything
            raise UploadError(
                f"The ZIP archive is damaged or incomplete ({error}): pack or send it again."
            ) from error
        self.skipped: Counter[str] = Counter()

    @property
    def names(self) -> list[str]:
        """Of all members, read or not."""
        return [info.filename for info in self.members]

    def wanted(self, most_bytes: int, most_unpacked: int | None = None) -> list[zipfile.ZipInfo]:
        """The members that may be read, each of at most `most_bytes`; the others are counted as skipped.

        Raises UploadError where together they have more than `most_unpacked` bytes.
        """
        kept, most_unpacked = [], most_unpacked or MAX_UNPACKED
        for info in self.members:
            reason = reason_against(info, most_bytes)
            if reason:
                self.skipped[reason] += 1
            else:
                kept.append(info)
        unpacked = sum(info.file_size for info in kept)
        if unpacked > most_unpacked:
            raise UploadError(
                f"Unpacked, the archive would have {unpacked / 2**20:,.0f} MiB; at most "
                f"{most_unpacked // 2**20:,} MiB are allowed: pack fewer or smaller files."
            )
        return kept

    def heads(self) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
        """Each member that may be read, with its first bytes; these are empty where it is damaged."""
        for info in self.members:
            if reason_against(info, MAX_STREAMED):
                continue
            try:
                with self.zip.open(info) as file:
                    yield info, file.read(HEAD)
            except Exception:  # as in `contents`, which counts it
                yield info, b""

    def contents(self, members: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
        """Name and bytes of each member; damaged and nested ones are counted as skipped."""
        for info in members:
            try:
                data = self.unpacked(info)
            except Exception:  # a wrong checksum or length, overlapping members, bytes that do not unpack
                self.skipped["a damaged file"] += 1
                continue
            if data.startswith(NESTED):
                self.skipped["an archive within the archive"] += 1
            else:
                yield readable_name(info.filename), data

    def unpacked(self, info: zipfile.ZipInfo) -> bytes:
        """The bytes of a member. Raises UploadError for one that is larger than it says.

        `ZipFile.read` would unpack up to a GiB of it before it looked at the size.
        """
        with self.zip.open(info) as file:
            data = file.read(info.file_size + 1)
        if len(data) != info.file_size:
            raise UploadError(f"{info.filename} is not as large as it says.")
        return data


def reason_against(info: zipfile.ZipInfo, most_bytes: int) -> str:
    """Why a member must not be read; empty where it may be."""
    path = PurePosixPath(info.filename.replace("\\", "/"))
    if is_of_system(path):
        return SYSTEM_FILE
    if path.is_absolute() or ".." in path.parts or re.match("[A-Za-z]:", str(path)):
        return "a name that leads out of the archive"
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        return "a link"
    if info.flag_bits & 1:
        return "an encrypted file"
    if info.compress_type not in WAYS_TO_COMPRESS:
        return "a file compressed in another way than ZIP's usual one"
    if info.file_size > max(2**20, MAX_RATIO * info.compress_size):
        return "a file compressed too well to be a picture"
    if info.file_size > most_bytes:
        return f"a file of more than {most_bytes // 2**20} MiB"
    return ""


def is_of_system(path: PurePosixPath) -> bool:
    """Whether macOS, Windows or a file manager has put it there."""
    return "__MACOSX" in path.parts or path.name.startswith(".") or path.name.lower() in SYSTEM_FILES


def readable_name(name: str) -> str:
    """A member's name for showing: the last 60 characters, and none that could not be seen."""
    return visible(name)[-60:]
