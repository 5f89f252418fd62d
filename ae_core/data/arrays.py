"""Uploaded arrays of images, IDX or NumPy: checked by their headers before a pixel is read. No pickle."""

import gzip
import io
import math
import zlib

import numpy as np

from ae_core.data.archives import MAX_UNPACKED, Archive
from ae_core.errors import UploadError

MAX_IMAGES = 10_000
SIDES = 8, 1024  # pixels
MAX_PIXELS_TOGETHER = 500_000_000

NPY_SIGNATURE = b"\x93NUMPY"
GZIP_SIGNATURE = b"\x1f\x8b"
IDX_TYPES = {
    0x08: "unsigned bytes",
    0x09: "signed bytes",
    0x0B: "16-bit integers",
    0x0C: "32-bit integers",
    0x0D: "32-bit floats",
    0x0E: "64-bit floats",
}
FORM = "uint8 [N, height, width]"


def is_idx(data: bytes) -> bool:
    return len(data) >= 4 and data[:2] == b"\0\0" and data[2] in IDX_TYPES and 1 <= data[3] <= 8


def gunzipped(data: bytes) -> bytes:
    """What a gzip file holds, if that is no more than MAX_UNPACKED bytes. Raises UploadError."""
    try:
        unpacked = gzip.GzipFile(fileobj=io.BytesIO(data)).read(MAX_UNPACKED + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise UploadError(f"The .gz file is damaged or incomplete ({error}): send it again.") from error
    if len(unpacked) > MAX_UNPACKED:
        raise UploadError(
            f"Unpacked, the .gz file has more than {MAX_UNPACKED // 2**20} MiB, which is what is allowed: "
            "upload fewer images."
        )
    return unpacked


def read_idx(data: bytes) -> np.ndarray:
    """The images of an IDX file, uint8 [N, H, W]. Raises UploadError for labels, other types and damage."""
    kind, dimensions = data[2], data[3]
    if dimensions == 1:
        raise UploadError(
            "The IDX file has one dimension: it holds labels, not images. Upload the file of the images, "
            "which usually has idx3 in its name."
        )
    if kind != 0x08:
        raise UploadError(f"The IDX file holds {IDX_TYPES[kind]}; only unsigned bytes (uint8) are allowed.")
    start = 4 + 4 * dimensions
    if len(data) < start:
        raise UploadError("The IDX file is cut off in its header: send it again.")
    shape = tuple(np.frombuffer(data, ">u4", dimensions, 4).tolist())
    shape = shape_of_images(shape)
    check_length(len(data) - start, math.prod(shape), "IDX file")
    if len(data) - start > math.prod(shape):
        raise UploadError(
            f"The IDX file goes on for {len(data) - start - math.prod(shape):,} bytes after the last of its "
            f"{shape[0]:,} images: its header or its content is wrong. Send it again."
        )
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)


def read_npz(archive: Archive) -> np.ndarray:
    """The one array of images in a .npz file, uint8 [N, H, W]; other arrays are counted as skipped."""
    faults, found = {}, {}
    for name, data in archive.contents(archive.wanted(MAX_UNPACKED)):
        try:
            found[name] = read_npy(data)
        except UploadError as error:
            faults[name] = str(error)
    if len(found) > 1:
        raise UploadError(
            f"The .npz file holds several arrays of images ({', '.join(found)[:200]}): "
            "save one of them alone."
        )
    if not found:
        told = [f"{name}: {fault}" for name, fault in list(faults.items())[:3]]
        told += [f"Skipped: {reason}." for reason in archive.skipped]
        raise UploadError(f"The .npz file holds no array of images, {FORM}. {' '.join(told)}".strip())
    if faults:
        archive.skipped["an array that holds no images"] += len(faults)
    return next(iter(found.values()))


def read_npy(data: bytes) -> np.ndarray:
    """The images of a .npy file, uint8 [N, H, W], whatever numbers they are kept in. Raises UploadError."""
    file = io.BytesIO(data)
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    try:
        shape, fortran_order, dtype = readers[np.lib.format.read_magic(file)](file)
    except Exception as error:  # it is Python's syntax, so a stranger's may go wrong in many ways
        raise UploadError(f"The array's header is damaged ({error}): save the array again.") from error
    if dtype.hasobject:
        raise UploadError(
            f"The array holds Python objects, which could run a stranger's program: save it as {FORM}."
        )
    if dtype.kind not in "buif":
        raise UploadError(f"The array holds {dtype}, which is no grey level: save it as {FORM}.")
    wanted = shape_of_images(shape)
    check_length(len(data) - file.tell(), math.prod(shape) * dtype.itemsize, "array")
    values = np.frombuffer(data, dtype, math.prod(shape), file.tell())
    values = values.reshape(shape, order="F" if fortran_order else "C").reshape(wanted)
    return grey_levels(values)


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
    if count > MAX_IMAGES:
        raise UploadError(
            f"The array holds {count:,} images; at most {MAX_IMAGES:,} are allowed: upload the first of them."
        )
    low, high = SIDES
    if not all(low <= side <= high for side in sides):
        raise UploadError(
            f"The array's images measure {sides[0]:,} × {sides[1]:,} pixels; {low} to {high:,} on each side "
            "are allowed."
        )
    check_pixels(math.prod(found))
    return found


def check_pixels(pixels: int) -> None:
    if pixels > MAX_PIXELS_TOGETHER:
        raise UploadError(
            f"Together the pictures have more than {MAX_PIXELS_TOGETHER // 10**6} million pixels, which is "
            "what is allowed: upload fewer, or make them smaller. The lab reads 28 × 28."
        )


def grey_levels(values: np.ndarray) -> np.ndarray:
    """`values` [N, H, W] as uint8: whole numbers to 255, numbers from 0 to 1, or true for white."""
    if values.dtype == np.uint8:
        return values
    if values.dtype == bool:
        return np.where(values, np.uint8(255), np.uint8(0))
    low, high = values.min(), values.max()
    if not (low >= 0 and high <= 255):  # not a number compares as false
        raise UploadError(
            f"The array's values go from {low:g} to {high:g}; 0 to 255 or 0 to 1 are allowed: "
            "scale them first."
        )
    scale = 255 if values.dtype.kind == "f" and high <= 1 else 1
    levels = np.empty(values.shape, np.uint8)
    for place, image in enumerate(values):  # one by one: as float64 they all would take eight times the room
        levels[place] = np.rint(image * np.float64(scale))
    return levels
