"""A person's own images, many at once: an archive of pictures, or an array of IDX or NumPy.

Whatever comes is taken for hostile until its headers have been read: sizes and counts are refused before
anything is decoded, nothing touches the disk and nothing is unpickled.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from ae_core import picture
from ae_core.data import archives, arrays
from ae_core.data.archives import Archive
from ae_core.data.arrays import MAX_IMAGES
from ae_core.data.digits import IMAGE_SHAPE
from ae_core.errors import EmptyDrawingError, PictureError, UploadError
from ae_core.ink import digit_from_drawing, luminance
from ae_core.words import counted

MAX_BYTES = 32 * 2**20
LONGEST_SIDE = 280  # pixels that a picture is reduced to: as many as the lab's canvas has
ALLOWED = (
    "Allowed are a ZIP archive of PNG, JPEG, GIF, BMP or WebP pictures, one such picture, an IDX file (as it "
    "is or as .gz), and a NumPy array (.npy or .npz)"
)
STEPS_OF_PROGRESS = 100

OnProgress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class Upload:
    """Images from one upload, in MNIST's form.

    images: uint8 [N, 28, 28], N at least 1, read-only. names: what each was called, or its number. skipped:
    how many files were passed over, by reason. fitted: how many were of another size than 28 × 28 and were
    made into MNIST's form as a drawing is; the others are taken as they are. inverted: how many had dark ink
    on light paper, which was turned around (pictures only: arrays of 28 × 28 are data, not paper).
    """

    name: str
    images: np.ndarray
    names: tuple[str, ...]
    skipped: dict[str, int]
    fitted: int
    inverted: int

    def __len__(self) -> int:
        return len(self.images)

    @property
    def summary(self) -> str:
        """What was read, changed and passed over, in a sentence or three."""
        told = [f"{counted(len(self), 'image')} read from {self.name}."]
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
        return " ".join(told)


def from_upload(name: str, data: bytes, on_progress: OnProgress | None = None) -> Upload:
    """The images in the uploaded file `name` whose bytes are `data`.

    A ZIP archive of pictures, a single picture, an IDX file (gzipped or not) or a NumPy array (.npy, .npz);
    what it is, is seen from its bytes. on_progress: told the share that is done, 0 to 1. Raises UploadError
    for anything else, for more than MAX_BYTES or MAX_IMAGES, for damaged and hostile files, and where not one
    image is left; PictureError for a single picture that is damaged or too large.
    """
    name = archives.readable_name(name)
    if not data:
        raise UploadError(f"{name} is empty (0 bytes). {ALLOWED}: choose another file.")
    if len(data) > MAX_BYTES:
        raise UploadError(
            f"{name} has {len(data) / 2**20:.1f} MiB; at most {MAX_BYTES // 2**20} MiB are allowed: "
            "upload fewer or smaller images."
        )
    reading = _Reading(on_progress or (lambda _share: None))
    if data.startswith((archives.SIGNATURE, archives.EMPTY_SIGNATURE)):
        _read_archive(Archive(data), reading)
    elif picture.is_picture(data, picture.ALL_FORMATS):
        reading.picture(name, data)
    else:
        reading.array(_array_in(name, data))
    return reading.upload(name)


def _read_archive(archive: Archive, reading: "_Reading") -> None:
    reading.skipped = archive.skipped
    if archive.names and all(each.endswith(".npy") for each in archive.names):
        reading.array(arrays.read_npz(archive))
        return
    members = archive.wanted(picture.MAX_BYTES)
    if len(members) > MAX_IMAGES:
        raise UploadError(
            f"The archive holds {len(members):,} files; at most {MAX_IMAGES:,} images are allowed: "
            "pack fewer."
        )
    reading.pictures(archive.contents(members), len(members))


def _array_in(name: str, data: bytes) -> np.ndarray:
    if data.startswith(arrays.NPY_SIGNATURE):
        return arrays.read_npy(data)
    unpacked = arrays.gunzipped(data) if data.startswith(arrays.GZIP_SIGNATURE) else data
    if arrays.is_idx(unpacked):
        return arrays.read_idx(unpacked)
    inside = "" if unpacked is data else " holds something that"
    raise UploadError(f"{name}{inside} is none of the files that are known here. {ALLOWED}.")


@dataclass
class _Reading:
    """Images as they come, and what became of those that did not."""

    on_progress: OnProgress
    images: list[np.ndarray] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    fitted: int = 0
    inverted: int = 0
    pixels: int = 0

    def pictures(self, files: Iterable[tuple[str, bytes]], count: int) -> None:
        for number, (name, data) in enumerate(files):
            self.progress(number, count)
            if not picture.is_picture(data, picture.ALL_FORMATS):
                self.skipped["no picture"] += 1
                continue
            try:
                self.picture(name, data)
            except PictureError:
                self.skipped["a picture that is damaged or far too large"] += 1

    def picture(self, name: str, data: bytes) -> None:
        looked_at = picture.look_at(data, picture.ALL_FORMATS)
        self.pixels += looked_at.width * looked_at.height
        arrays.check_pixels(self.pixels)
        self.drawing(name, picture.decode(looked_at, LONGEST_SIDE))

    def array(self, images: np.ndarray) -> None:
        """images: uint8 [N, H, W]."""
        if images.shape[1:] == IMAGE_SHAPE:
            self.images, self.names = list(images), [str(number + 1) for number in range(len(images))]
            return
        opaque = np.full(images.shape[1:], 255, dtype=np.uint8)
        for number, grey in enumerate(images):
            self.progress(number, len(images))
            self.drawing(str(number + 1), np.dstack([grey, grey, grey, opaque]))

    def drawing(self, name: str, rgba: np.ndarray) -> None:
        if rgba.shape[:2] == IMAGE_SHAPE:
            image, inverted = _light_on_dark(np.rint(luminance(rgba)).astype(np.uint8))
        else:
            try:
                digit = digit_from_drawing(rgba)
            except EmptyDrawingError:
                self.skipped["a picture without ink"] += 1
                return
            image, inverted = digit.image, digit.inverted
            self.fitted += 1
        self.inverted += inverted
        self.images.append(image)
        self.names.append(name)

    def progress(self, number: int, count: int) -> None:
        if number % max(1, count // STEPS_OF_PROGRESS) == 0:
            self.on_progress(number / count)

    def upload(self, name: str) -> Upload:
        if not self.images:
            told = f" Skipped: {listed(self.skipped)}." if self.skipped else ""
            raise UploadError(f"{name} holds no image that could be read.{told} {ALLOWED}.")
        images = np.stack(self.images)
        images.flags.writeable = False
        self.on_progress(1.0)
        return Upload(
            name, images, tuple(self.names), dict(self.skipped), int(self.fitted), int(self.inverted)
        )


def _light_on_dark(grey: np.ndarray) -> tuple[np.ndarray, bool]:
    """A picture [28, 28] with light ink on dark paper, and whether it was turned around to be so."""
    border = np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]])
    is_light_paper = bool(np.median(border) > 127)
    return (255 - grey if is_light_paper else grey), is_light_paper


def listed(skipped: dict[str, int]) -> str:
    """ "a link (2 times), no picture" """
    return ", ".join(
        reason if count == 1 else f"{reason} ({count:,} times)" for reason, count in skipped.items()
    )
