"""A person's own images, many at once: an archive of pictures, or an array of IDX or NumPy.

Whatever comes is taken for hostile until its headers have been read: sizes and counts are refused before
anything is decoded, nothing touches the disk and nothing is unpickled.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from io import BytesIO

import numpy as np

from ae_core.data.digits import IMAGE_SHAPE
from ae_core.data.uploads import archives, array_archives, arrays
from ae_core.data.uploads.archives import Archive
from ae_core.data.uploads.arrays import MAX_IMAGES
from ae_core.drawing import file_kinds, picture
from ae_core.drawing.ink import InkResult, digit_from_drawing, luminance
from ae_core.drawing.levels import AUTO, range_of
from ae_core.errors import EmptyDrawingError, PictureError, UploadError
from ae_core.words import counted

MAX_BYTES = 32 * 2**20
LONGEST_SIDE = 280  # pixels that a picture is reduced to: as many as the lab's canvas has
ALLOWED = (
    "Allowed are a ZIP archive of PNG, JPEG, GIF, BMP or WebP pictures, one such picture, an IDX file (as it "
    "is or as .gz), and a NumPy array (.npy or .npz)"
)
STEPS_OF_PROGRESS = 100

OnProgress = Callable[[float], None]


class Ink(StrEnum):
    """What a digit is written with: AUTO goes by the paper, which is what most of the border shows."""

    AUTO = "auto"
    LIGHT = "light"  # on dark, as in MNIST
    DARK = "dark"  # on light, which is turned around


@dataclass(frozen=True)
class ReadAs:
    """What a person knows better than the bytes tell.

    array: the name of the one to read where there are several. values: which of an array's numbers are black
    and white, see `ae_core.drawing.levels.range_of`.
    """

    array: str = ""
    values: str = AUTO
    ink: Ink = Ink.AUTO


AS_FOUND = ReadAs()


@dataclass(frozen=True, eq=False)
class Upload:
    """Images from one upload, in MNIST's form.

    images: uint8 [N, 28, 28], N at least 1, read-only. names: what each was called, or its number. skipped:
    how many files were passed over, by reason. fitted: how many were of another size than 28 × 28 and were
    made into MNIST's form as a drawing is; the others are taken as they are. inverted: how many had dark ink
    on light paper, which was turned around. assumed: how an array was read, in sentences; empty for pictures.
    """

    name: str
    images: np.ndarray
    names: tuple[str, ...]
    skipped: dict[str, int]
    fitted: int
    inverted: int
    assumed: str = ""

    def __len__(self) -> int:
        return len(self.images)

    @property
    def summary(self) -> str:
        """What was read, assumed, changed and passed over, in a few sentences."""
        told = [f"{counted(len(self), 'image')} read from {self.name}.", self.assumed]
        changes = [
            f"{count:,} {what}"
            for count, what in (
                (self.fitted, "fitted into 28 × 28 pixels"),
                (self.inverted, "turned from dark on light to light on dark"),
            )
            if count
        ]
        if changes:
            told.append(f"{' and '.join(changes).capitalize()}.")
        if self.skipped:
            told.append(f"Skipped: {listed(self.skipped)}.")
        return " ".join(filter(None, told))


def from_upload(
    name: str, data: bytes, on_progress: OnProgress | None = None, *, read_as: ReadAs = AS_FOUND
) -> Upload:
    """The images in the uploaded file `name` whose bytes are `data`.

    A ZIP archive of pictures, a single picture, an IDX file (gzipped or not) or a NumPy array (.npy, .npz);
    what it is, is seen from its bytes. on_progress: told the share that is done, 0 to 1. Of an array with
    more than MAX_IMAGES a sample is read. Raises UploadError for anything else, for more than MAX_BYTES or
    MAX_IMAGES pictures, for damaged and hostile files, and where not one image is left; its subclass
    SeveralArraysError where an array must be chosen; PictureError for a single picture that is damaged or too
    large.
    """
    name = archives.readable_name(name)
    if not data:
        raise UploadError(f"{name} is empty (0 bytes). {ALLOWED}: choose another file.")
    if len(data) > MAX_BYTES:
        raise UploadError(
            f"{name} has {len(data) / 2**20:.1f} MiB; at most {MAX_BYTES // 2**20} MiB are allowed: "
            "upload fewer or smaller images."
        )
    reading = _Reading(read_as, on_progress or (lambda _share: None))
    if data.startswith((archives.SIGNATURE, archives.EMPTY_SIGNATURE)):
        _read_archive(name, Archive(data), reading)
    elif read_as.array:
        raise UploadError(f"{name} holds no arrays with names, so none is called {read_as.array[:60]!r}.")
    elif picture.is_picture(data, picture.ALL_FORMATS):
        reading.picture(name, data)
    else:
        reading.array(_array_in(name, data))
    return reading.upload(name)


def _read_archive(name: str, archive: Archive, reading: "_Reading") -> None:
    chosen = reading.read_as.array
    if kind := file_kinds.kind_of_archive(archive.names):
        raise UploadError(f"{name} is {kind.name}. {kind.remedy}")
    reading.skipped = archive.skipped
    if not any(picture.is_picture(head, picture.ALL_FORMATS) for _, head in archive.heads()):
        found = array_archives.arrays_in(archive)
        if found:
            reading.array(array_archives.read_one(archive, found, chosen))
            return
    if chosen:
        raise UploadError(f"{name} holds no arrays, so none is called {chosen[:60]!r}.")
    members = archive.wanted(picture.MAX_BYTES)
    if len(members) > MAX_IMAGES:
        raise UploadError(
            f"The archive holds {len(members):,} files; at most {MAX_IMAGES:,} images are allowed: "
            "pack fewer."
        )
    reading.pictures(archive.contents(members), len(members))


def _array_in(name: str, data: bytes) -> arrays.Images:
    """The array that the file is, packed by gzip or not. Raises UploadError, which names what else it is."""
    packed = data.startswith(arrays.GZIP_SIGNATURE)
    stream = arrays.gunzipped(data) if packed else BytesIO(data)
    try:
        head = stream.read(file_kinds.HEAD)
        stream.seek(0)
    except arrays.DAMAGES as error:
        raise arrays.damaged(".gz file", error) from error
    if arrays.is_array(head):
        header = arrays.read_header(stream)
        return arrays.read_images(stream, header, None if packed else len(data) - stream.tell())
    inside = f"{name} holds something that" if packed else name
    if kind := file_kinds.kind_of(head):
        raise UploadError(f"{inside} is {kind.name}. {kind.remedy} {ALLOWED}.")
    raise UploadError(f"{inside} is none of the files that are known here. {ALLOWED}.")


@dataclass
class _Reading:
    """Images as they come, and what became of those that did not."""

    read_as: ReadAs
    on_progress: OnProgress
    images: list[np.ndarray] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    remedies: dict[str, None] = field(default_factory=dict)  # in the order in which they were met
    fitted: int = 0
    inverted: int = 0
    pixels: int = 0
    assumed: str = ""

    def pictures(self, files: Iterable[tuple[str, bytes]], count: int) -> None:
        for number, (name, data) in enumerate(files):
            self.progress(number, count)
            if not picture.is_picture(data, picture.ALL_FORMATS):
                self.skip(data)
                continue
            try:
                self.picture(name, data)
            except PictureError:
                self.skipped["a picture that is damaged or far too large"] += 1

    def skip(self, data: bytes) -> None:
        """Counts a file that is no picture as what it is."""
        kind = file_kinds.kind_of(data)
        if kind:
            self.skipped[kind.name] += 1
            self.remedies[kind.remedy] = None
        else:
            self.skipped["an array among pictures" if arrays.is_array(data) else "no picture"] += 1

    def picture(self, name: str, data: bytes) -> None:
        looked_at = picture.look_at(data, picture.ALL_FORMATS)
        width, height = looked_at.size
        self.pixels += width * height
        arrays.check_pixels(self.pixels)
        self.drawing(name, picture.decode(looked_at, LONGEST_SIDE))

    def array(self, found: arrays.Images) -> None:
        levels = range_of(found.values, self.read_as.values)
        told = [found.summary, f"Its values ({found.described}) were read as {levels}, black to white."]
        names = [str(position + 1) for position in found.positions]
        if found.values.shape[1:] == IMAGE_SHAPE:
            grey = np.stack([levels.grey(image) for image in found.values])
            told.append(self.data(names, grey))
        else:
            opaque = np.full(found.values.shape[1:], 255, dtype=np.uint8)
            for number, (name, image) in enumerate(zip(names, found.values, strict=True)):
                self.progress(number, len(names))
                grey = levels.grey(image)
                self.drawing(name, np.dstack([grey, grey, grey, opaque]))
        self.assumed = " ".join(filter(None, told))

    def data(self, names: list[str], grey: np.ndarray) -> str:
        """Takes an array [N, 28, 28] in MNIST's form, which has one paper for all; says which."""
        on_light = [_is_on_light(image) for image in grey]
        is_dark = self.read_as.ink is Ink.DARK or (self.read_as.ink is Ink.AUTO and np.mean(on_light) > 0.5)
        self.images, self.names = list(255 - grey if is_dark else grey), names
        self.inverted = len(names) if is_dark else 0
        if self.read_as.ink is not Ink.AUTO:
            return ""
        kind = "dark on light" if is_dark else "light on dark"
        return f"By the border of most images, its ink is {kind}."

    def drawing(self, name: str, rgba: np.ndarray) -> None:
        if rgba.shape[:2] == IMAGE_SHAPE:
            image, inverted = self.light_on_dark(np.rint(luminance(rgba)).astype(np.uint8))
        else:
            try:
                digit, inverted = self.digit(rgba)
            except EmptyDrawingError:
                self.skipped["a picture without ink"] += 1
                return
            image = digit.image
            self.fitted += 1
        self.inverted += inverted
        self.images.append(image)
        self.names.append(name)

    def light_on_dark(self, grey: np.ndarray) -> tuple[np.ndarray, bool]:
        """A picture [28, 28] with light ink on dark paper, and whether it was turned around to be so."""
        ink = self.read_as.ink
        is_dark = _is_on_light(grey) if ink is Ink.AUTO else ink is Ink.DARK
        return (255 - grey if is_dark else grey), is_dark

    def digit(self, rgba: np.ndarray) -> tuple[InkResult, bool]:
        """The digit in a drawing, and whether it was turned around."""
        ink = self.read_as.ink
        if ink is Ink.AUTO:
            digit = digit_from_drawing(rgba)
            return digit, digit.inverted
        if ink is Ink.DARK:
            rgba = np.dstack([255 - rgba[..., :3], rgba[..., 3:]])
        return digit_from_drawing(rgba, on_black=True), ink is Ink.DARK

    def progress(self, number: int, count: int) -> None:
        if number % max(1, count // STEPS_OF_PROGRESS) == 0:
            self.on_progress(number / count)

    def upload(self, name: str) -> Upload:
        if not self.images:
            told = [f"{name} holds no image that could be read."]
            told += [f"Skipped: {listed(self.skipped)}."] if self.skipped else []
            raise UploadError(" ".join([*told, *self.remedies, f"{ALLOWED}."]))
        images = np.stack(self.images)
        images.flags.writeable = False
        self.on_progress(1.0)
        return Upload(
            name,
            images,
            tuple(self.names),
            dict(self.skipped),
            int(self.fitted),
            int(self.inverted),
            self.assumed,
        )


def _is_on_light(grey: np.ndarray) -> bool:
    """Whether most of the border of a picture [28, 28] is lighter than mid-grey: its paper."""
    border = np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]])
    return bool(np.median(border) > 127)


def listed(skipped: dict[str, int]) -> str:
    """ "a link (2 times), no picture" """
    return ", ".join(
        reason if count == 1 else f"{reason} ({count:,} times)" for reason, count in skipped.items()
    )
