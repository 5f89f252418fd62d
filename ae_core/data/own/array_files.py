"""Arrays of images with arrays of labels: Keras' mnist.npz, IDX pairs, gzipped or not, and NumPy's files.

Which labels belong to which images is seen from their names: x_train with y_train, train-images with
train-labels. Nothing is unpickled; headers are looked at before anything is read.
"""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from ae_core.data.own.bundle import Bundle, Limits, Member
from ae_core.data.own.collected import Collected
from ae_core.data.own.naming import part_named, rest_of_name
from ae_core.data.own.pictures import what_else
from ae_core.data.uploads import arrays
from ae_core.data.uploads.archives import readable_name
from ae_core.data.uploads.arrays import Header, Stream
from ae_core.drawing.levels import range_of
from ae_core.errors import UploadError

MOST_LABEL_BYTES = 400  # of one label: a text of 100 characters
FEW = 3  # faults that are told


@dataclass(frozen=True)
class Found:
    """An array by its header. name: without its ending."""

    member: Member
    name: str
    header: Header

    @property
    def part(self) -> str:
        return part_named(self.name)

    def __str__(self) -> str:
        return f"{self.name} {self.header}"


def is_array(head: bytes) -> bool:
    return arrays.is_array(head) or is_gzipped_array(head)


def is_gzipped_array(head: bytes) -> bool:
    if not head.startswith(arrays.GZIP_SIGNATURE):
        return False
    try:
        with arrays.gunzipped(head) as stream:
            return arrays.is_array(stream.read(8))
    except arrays.DAMAGES:
        return False


def collect(bundle: Bundle, heads: dict[str, bytes], into: Collected) -> None:
    """All arrays of images of the bundle, each with its labels. Raises UploadError."""
    images: list[Found] = []
    labels: list[Found] = []
    faults: list[str] = []
    for member in bundle.members:
        if not is_array(heads[member.name]):
            into.skipped[what_else(heads[member.name])] += 1
            continue
        try:
            found = looked_at(member, into.limits)
            is_labels = is_of_labels(found.header)
            (labels if is_labels else images).append(found)
            _ = is_labels or found.header.images
        except UploadError as error:
            faults.append(f"{readable_name(member.name)}: {error}")
    if faults:
        raise UploadError(f"An array cannot be used. {' '.join(faults[:FEW])}")
    if not images:
        raise UploadError(f"{bundle.name} holds labels, but no array of images: give both files together.")
    check_unambiguous(images)
    for each in images:
        take(each, labels_of(each, labels, is_alone=len(images) == 1), into)


def is_of_labels(header: Header) -> bool:
    return len(header.shape) == 1 or (len(header.shape) == 2 and header.shape[1] == 1)


def check_unambiguous(images: list[Found]) -> None:
    """Raises UploadError where several arrays could be the same thing."""
    keys = [(each.part, rest_of_name(each.name)) for each in images]
    if len(set(keys)) < len(keys):
        told = ", ".join(map(str, images))
        raise UploadError(
            f"There are several arrays of images: {told}. Which are meant cannot be told: name them x_train "
            "and x_test, with their labels y_train and y_test, or give one of them."
        )


def labels_of(images: Found, labels: list[Found], *, is_alone: bool) -> Found | None:
    """The labels whose name fits best; None where there are none. Raises UploadError for another number."""
    count = images.header.images[0]
    near = labels if is_alone and len(labels) == 1 else [each for each in labels if each.part == images.part]
    if len(near) > 1:
        near = [each for each in near if rest_of_name(each.name) == rest_of_name(images.name)] or near
    if not near:
        return None
    fitting = [each for each in near if each.header.shape[0] == count]
    if len(fitting) != 1:
        told = " and ".join(f"{each.name} {each.header.shape[0]:,} labels" for each in near)
        raise UploadError(
            f"{images.name} has {count:,} images, but {told}: each image needs one label. Save them again."
        )
    return fitting[0]


def take(images: Found, labels: Found | None, into: Collected) -> None:
    header = replace(images.header, most=into.room)
    into.note_sample(header.kept, header.images[0], images.name)
    with opened(images.member) as stream:
        arrays.read_header(stream)
        read = arrays.read_images(stream, header)
    known = read_labels(labels)[read.positions] if labels else None
    if header.what == "IDX file" and "emnist" in images.name.lower():  # theirs lie on their sides
        read = replace(read, values=read.values.swapaxes(1, 2))
    levels = range_of(read.values)
    into.note_levels(f"{images.name} ({read.described})", levels)
    into.array(levels.grey(read.values), known, images.part)


def read_labels(found: Found) -> np.ndarray:
    """All labels of an array [N] or [N, 1]. Raises UploadError."""
    header = found.header
    with opened(found.member) as stream:
        start = stream.read(8)
        if start.startswith(arrays.NPY_SIGNATURE):
            arrays.npy_header(start, stream)
        size = header.shape[0] * header.dtype.itemsize
        try:
            data = stream.read(size)
            if len(data) < size:
                raise EOFError("not all labels are there")
        except arrays.DAMAGES as error:
            raise arrays.damaged(f"file of labels {found.name}", error) from error
    return np.frombuffer(data, header.dtype)


def looked_at(member: Member, limits: Limits) -> Found:
    name = readable_name(member.name.removesuffix(".gz").removesuffix(".npy"))
    try:
        with opened(member) as stream:
            header = header_of(stream)
    except arrays.DAMAGES as error:
        raise arrays.damaged("array", error) from error
    if is_of_labels(header) and header.dtype.itemsize > MOST_LABEL_BYTES:
        raise UploadError(
            f"its labels have {header.dtype.itemsize:,} bytes each, which is too long for a name."
        )
    if header.shape and header.shape[0] * header.dtype.itemsize > limits.unpacked:
        raise UploadError("it announces more values than are allowed.")
    return Found(member, name, replace(header, most=limits.images))


def header_of(stream: Stream) -> Header:
    """As `arrays.read_header`, which takes no labels."""
    start = stream.read(8)
    if start.startswith(arrays.NPY_SIGNATURE):
        header = arrays.npy_header(start, stream)
        if header.dtype.kind not in ("buifSU" if is_of_labels(header) else "buif"):
            raise UploadError(f"it holds {header.dtype}, which is neither a grey level nor a label.")
        return header
    if start[3] == 1:  # an IDX file of labels: one size stands after its first four bytes
        return Header("IDX file", (int.from_bytes(start[4:8], "big"),), np.dtype(arrays.IDX_TYPES[start[2]]))
    return arrays.idx_header(start, stream)


@contextmanager
def opened(member: Member) -> Iterator[Stream]:
    """A stream of the member's bytes, unpacked where gzip has packed them."""
    with member.open() as file:
        is_packed = member.head().startswith(arrays.GZIP_SIGNATURE)
        if is_packed:
            with gzip.GzipFile(fileobj=file) as unpacked:
                yield unpacked
        else:
            yield file
