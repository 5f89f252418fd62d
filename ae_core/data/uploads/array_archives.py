"""Arrays in a ZIP archive: NumPy's .npz, Keras' mnist.npz, or IDX files that were packed together.

Headers are looked at first; of the arrays that hold images one is read, and nobody guesses which.
"""

import gzip
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from ae_core.data.uploads import arrays
from ae_core.data.uploads.archives import Archive, readable_name
from ae_core.data.uploads.arrays import Header, Images
from ae_core.errors import SeveralArraysError, UploadError

FEW = 3  # faults that are told


@dataclass(frozen=True)
class Found:
    """The arrays of an archive by name: those that may be images, and what is wrong with the others."""

    images: dict[str, tuple[zipfile.ZipInfo, Header]]
    faults: dict[str, str]

    def __bool__(self) -> bool:
        return bool(self.images or self.faults)

    @property
    def listed(self) -> str:
        return ", ".join(f"{name} {header}" for name, (_, header) in self.images.items())


def arrays_in(archive: Archive) -> Found:
    """What arrays the archive holds, by their headers."""
    found = Found({}, {})
    for info, head in archive.heads():
        if not (arrays.is_array(head) or head.startswith(arrays.GZIP_SIGNATURE)):
            continue
        name = readable_name(info.filename.removesuffix(".npy"))
        try:
            with opened(archive, info, head) as stream:
                header = arrays.read_header(stream)
            _ = header.images
        except UploadError as error:
            if arrays.is_array(head):  # else it is no array that was packed by gzip
                found.faults[name] = str(error)
        except arrays.DAMAGES:
            archive.skipped["a damaged file"] += 1
        else:
            found.images[name] = info, header
    return found


def read_one(archive: Archive, found: Found, chosen: str) -> Images:
    """The array called `chosen`, or the only one. The others are counted as skipped.

    Raises SeveralArraysError where one must be chosen, UploadError where there is none of this name or none
    at all, and for damage.
    """
    name = chosen or _only(found, archive)
    if name not in found.images:
        raise UploadError(f"The file holds no array of images called {name[:60]!r}; it holds {found.listed}.")
    if found.faults:
        archive.skipped["an array that holds no images"] += len(found.faults)
    if others := len(found.images) - 1:
        archive.skipped["an array that was not chosen"] += others
    info, header = found.images[name]
    with opened(archive, info) as stream:
        arrays.read_header(stream)
        return replace(arrays.read_images(stream, header), name=name)


def _only(found: Found, archive: Archive) -> str:
    if not found.images:
        told = [f"{name}: {fault}" for name, fault in list(found.faults.items())[:FEW]]
        told += [f"Skipped: {reason}." for reason in archive.skipped]
        raise UploadError(f"The file holds no array of images, {arrays.FORM}. {' '.join(told)}".strip())
    if len(found.images) > 1:
        described = {name: str(header) for name, (_, header) in found.images.items()}
        raise SeveralArraysError(f"The file holds several arrays of images: {found.listed}.", described)
    return next(iter(found.images))


@contextmanager
def opened(archive: Archive, info: zipfile.ZipInfo, head: bytes = b"") -> Iterator[arrays.Stream]:
    """A stream of the member's bytes, unpacked where gzip has packed them."""
    with archive.zip.open(info) as file:
        assert isinstance(file, zipfile.ZipExtFile)  # as it is for reading
        if (head or file.peek(2)).startswith(arrays.GZIP_SIGNATURE):
            with gzip.GzipFile(fileobj=file) as unpacked:
                yield unpacked
        else:
            yield file
