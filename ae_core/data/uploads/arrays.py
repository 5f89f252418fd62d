"""Uploaded arrays of images, IDX or NumPy: checked by their headers before a pixel is read. No pickle.

An array is read from a stream, a block at a time, and of one with too many images only a sample is kept: so
neither a large file nor one that unfolds into gigabytes costs more memory than MAX_KEPT.
"""

import gzip
import io
import math
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, TypeAlias

import numpy as np

from ae_core.data.uploads.archives import MAX_STREAMED
from ae_core.drawing.levels import format_value
from ae_core.errors import UploadError
from ae_core.words import counted

MAX_IMAGES = 10_000
SIDES = 8, 1024  # pixels
MAX_PIXELS_TOGETHER = 500_000_000
MAX_KEPT = 256 * 2**20  # bytes of the values that are read of one array
MAX_HEADER = 10_000  # bytes; NumPy reads no longer one, but unpacks it first
BLOCK = 4 * 2**20  # bytes at a time

Stream: TypeAlias = IO[bytes] | gzip.GzipFile
NPY_SIGNATURE = b"\x93NUMPY"
GZIP_SIGNATURE = b"\x1f\x8b"
IDX_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
FORM = "[N, height, width]"
DAMAGES = (EOFError, OSError, zlib.error, zipfile.BadZipFile, NotImplementedError)


@dataclass(frozen=True)
class Header:
    """What an array says of itself. shape: as stored; images: the same as (N, height, width)."""

    what: str
    shape: tuple[int, ...]
    dtype: np.dtype
    fortran_order: bool = False
    most: int = 0  # that are read; 0 for MAX_IMAGES

    @property
    def images(self) -> tuple[int, int, int]:
        """Raises UploadError for a shape that is no images."""
        return shape_of_images(self.shape)

    @property
    def bytes_each(self) -> int:
        return math.prod(self.images[1:]) * self.dtype.itemsize

    @property
    def kept(self) -> int:
        """How many of the images are read."""
        count, height, width = self.images
        most = min(
            self.most or MAX_IMAGES, MAX_PIXELS_TOGETHER // (height * width), MAX_KEPT // self.bytes_each
        )
        return min(count, most)

    def __str__(self) -> str:
        return f"{list(self.shape)} {self.dtype.name}"


@dataclass(frozen=True, eq=False)
class Images:
    """values: [n, H, W] as they were stored; positions: which images of the array they are, int [n].

    name: of the array in its file, if it has one.
    """

    header: Header
    values: np.ndarray
    positions: np.ndarray
    name: str = ""

    @property
    def summary(self) -> str:
        """Which array it is, and what of it was left out; empty where there is nothing to say."""
        count, of_it = self.header.images[0], f" {self.name}" if self.name else ""
        if len(self.values) < count:
            return f"The array{of_it} has {count:,}: {len(self.values):,} of them were drawn by chance."
        return f"They are the array{of_it}." if of_it else ""

    @property
    def described(self) -> str:
        """ "uint8 from 0 to 16" """
        low, high = float(self.values.min()), float(self.values.max())
        if self.values.dtype == bool:
            return "true or false"
        return f"{self.values.dtype.name} from {format_value(low)} to {format_value(high)}"


def is_array(data: bytes) -> bool:
    """Whether `data` begins as a NumPy array or an IDX file does."""
    return data.startswith(NPY_SIGNATURE) or is_idx(data)


def is_idx(data: bytes) -> bool:
    return len(data) >= 4 and data[:2] == b"\0\0" and data[2] in IDX_TYPES and 1 <= data[3] <= 8


def gunzipped(data: bytes) -> Stream:
    return gzip.GzipFile(fileobj=io.BytesIO(data))


def damaged(what: str, error: Exception) -> UploadError:
    return UploadError(f"The {what} is damaged or incomplete ({error}): send it again.")


def read_header(stream: Stream) -> Header:
    """The header of the array that `stream` begins with; it is left at the first value. Raises UploadError.

    An array whose values could be no grey levels is refused here, one whose shape is no images by `images`.
    """
    start = stream.read(8)
    if start.startswith(NPY_SIGNATURE):
        return _npy_header(start, stream)
    if is_idx(start):
        return idx_header(start, stream)
    raise UploadError("The file is neither a NumPy array nor an IDX file.")


def _npy_header(start: bytes, stream: Stream) -> Header:
    header = npy_header(start, stream)
    if header.dtype.kind not in "buif":
        raise UploadError(f"The array holds {header.dtype}, which is no grey level: save it as uint8 {FORM}.")
    return header


def npy_header(start: bytes, stream: Stream) -> Header:
    """The header of a NumPy array of any values but Python objects; start: its first 8 bytes."""
    readers = {
        (1, 0): (2, np.lib.format.read_array_header_1_0),
        (2, 0): (4, np.lib.format.read_array_header_2_0),
    }
    try:
        size, reader = readers[start[6], start[7]]
        length = stream.read(size)
        if int.from_bytes(length, "little") > MAX_HEADER:
            raise ValueError(f"it is longer than {MAX_HEADER:,} bytes")
        header = stream.read(int.from_bytes(length, "little"))
        shape, fortran_order, dtype = reader(io.BytesIO(length + header))
    except Exception as error:  # it is Python's syntax, so a stranger's may go wrong in many ways
        raise UploadError(f"The array's header is damaged ({error}): save the array again.") from error
    if dtype.hasobject:
        raise UploadError(
            f"The array holds Python objects, which could run a stranger's program: save it as uint8 {FORM}."
        )
    return Header("array", shape, dtype, fortran_order)


def idx_header(start: bytes, stream: Stream) -> Header:
    kind, dimensions = start[2], start[3]
    if dimensions == 1:
        raise UploadError(
            "The IDX file has one dimension: it holds labels, not images. Upload the file of the images, "
            "which usually has idx3 in its name."
        )
    sizes = start[4:] + stream.read(4 * dimensions - 4)
    if len(sizes) < 4 * dimensions:
        raise UploadError("The IDX file is cut off in its header: send it again.")
    return Header("IDX file", tuple(np.frombuffer(sizes, ">u4").tolist()), np.dtype(IDX_TYPES[kind]))


def read_images(stream: Stream, header: Header, length: int | None = None) -> Images:
    """The images that follow `header` in `stream`, or as many of them, drawn by chance, as are allowed.

    length: bytes of the stream after the header, where they are known before it is read. The same array
    gives the same sample. Raises UploadError for what is too much, cut off or damaged.
    """
    count, height, width = header.images
    announced = count * header.bytes_each
    if length is not None:
        check_length(length, announced, header.what)
    if announced > MAX_STREAMED or header.kept < 1:
        raise UploadError(
            f"The {header.what} has {announced / 2**20:,.0f} MiB of values; at most "
            f"{MAX_STREAMED // 2**20:,} MiB are read: upload fewer images."
        )
    if header.fortran_order and len(header.shape) > 1:
        return _read_fortran_order(stream, header, announced)
    positions = np.arange(count)
    if header.kept < count:
        positions = np.sort(np.random.default_rng(0).choice(count, header.kept, replace=False))
    values = np.empty((len(positions), height, width), header.dtype)
    step = max(1, BLOCK // header.bytes_each)
    for first in range(0, count, step):
        block = _read(stream, min(step, count - first) * header.bytes_each, header)
        low, high = np.searchsorted(positions, (first, first + step))
        images = np.frombuffer(block, header.dtype).reshape(-1, height, width)
        values[low:high] = images[positions[low:high] - first]
    _check_end(stream, header)
    return Images(header, values, positions)


def _read_fortran_order(stream: Stream, header: Header, announced: int) -> Images:
    """Its images lie across each other, so it is read as a whole."""
    if announced > MAX_KEPT or header.kept < header.images[0]:
        raise UploadError(
            f"The array has {counted(header.images[0], 'image')} in Fortran order, which cannot be read one "
            "by one: save it with numpy.ascontiguousarray."
        )
    whole = np.frombuffer(_read(stream, announced, header), header.dtype)
    values = whole.reshape(header.shape, order="F").reshape(header.images)
    return Images(header, values, np.arange(len(values)))


def _read(stream: Stream, size: int, header: Header) -> bytes:
    try:
        block = stream.read(size)
    except DAMAGES as error:
        raise damaged(header.what, error) from error
    if len(block) < size:
        raise UploadError(f"The {header.what} is cut off: not all of its pixels are there. Send it again.")
    return block


def _check_end(stream: Stream, header: Header) -> None:
    """To read beyond the last value makes a packed stream compare its checksum."""
    try:
        more = stream.read(1)
    except DAMAGES as error:
        raise damaged(header.what, error) from error
    if more and header.what == "IDX file":
        raise UploadError(
            f"The IDX file goes on after the last of its {header.images[0]:,} images: its header or its "
            "content is wrong. Send it again."
        )


def check_length(found: int, wanted: int, what: str) -> None:
    if found < wanted:
        raise UploadError(
            f"The {what} is cut off: {found:,} of {wanted:,} bytes of pixels are there. Send it again."
        )


def shape_of_images(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """(N, height, width) of an array whose header says `shape`. Raises UploadError for what is no images."""
    match shape:
        case (count, 784):
            found = count, 28, 28
        case (28, 28):
            found = 1, 28, 28
        case (_, _, 1 | 3 | 4):
            raise UploadError(
                f"The array has the shape {list(shape)}: that is one colour picture. Save it as PNG "
                f"and upload that; arrays must be grey, {FORM}."
            )
        case (count, height, width) | (count, height, width, 1) | (count, 1, height, width):
            found = count, height, width
        case (_, _, _, 3 | 4) | (_, 3 | 4, _, _):
            raise UploadError(
                f"The array has the shape {list(shape)}: these are colour pictures. Average their colours "
                f"first; arrays must be grey, {FORM}."
            )
        case _:
            raise UploadError(f"The array has the shape {list(shape)}; images are {FORM} or [N, 784].")
    count, *sides = found
    if count < 1:
        raise UploadError("The array holds no image: upload at least one.")
    low, high = SIDES
    if not all(low <= side <= high for side in sides):
        raise UploadError(
            f"The array's images measure {sides[0]:,} × {sides[1]:,} pixels; {low} to {high:,} on each side "
            "are allowed."
        )
    return found


def check_pixels(pixels: int) -> None:
    if pixels > MAX_PIXELS_TOGETHER:
        raise UploadError(
            f"Together the pictures have more than {MAX_PIXELS_TOGETHER // 10**6} million pixels, which is "
            "what is allowed: upload fewer, or make them smaller. The lab reads 28 × 28."
        )
