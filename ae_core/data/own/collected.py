"""Images as they come out of what was given, with their labels and parts, before they are split."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ae_core.data.digits import IMAGE_SHAPE
from ae_core.data.own.bundle import Limits
from ae_core.data.own.conversion import all_converted, converted
from ae_core.data.own.naming import ANY, ONE_CLASS, class_named
from ae_core.data.own.record import Way
from ae_core.drawing import picture
from ae_core.drawing.levels import LevelRange
from ae_core.errors import EmptyDrawingError, PictureError, UploadError

STEPS_OF_PROGRESS = 100
OnProgress = Callable[[float], None]


@dataclass
class Collected:
    """Images as they come, and what became of those that did not.

    names: what labels are called where the file tells it, by label.
    """

    way: Way
    limits: Limits
    on_progress: OnProgress = lambda _share: None
    images: list[np.ndarray] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    pixels: int = 0

    def __len__(self) -> int:
        return len(self.images)

    def picture(self, data: bytes, label: object, part: str = ANY) -> None:
        """Takes a picture's bytes in, or counts why not."""
        try:
            looked_at = picture.look_at(data, picture.ALL_FORMATS)
            self.count_pixels(looked_at.pixels)
            rgba = picture.decode(looked_at, picture_side(self.way))
        except PictureError:
            self.skipped["a picture that is damaged, far too large or of an unknown kind"] += 1
            return
        self.drawing(rgba, label, part)

    def drawing(self, rgba: np.ndarray, label: object, part: str) -> None:
        """Takes uint8 RGBA [H, W, 4] in."""
        try:
            self.keep(converted(rgba, self.way), label, part)
        except EmptyDrawingError:
            self.skipped["a picture without ink"] += 1

    def array(self, grey: np.ndarray, labels: np.ndarray | None, part: str) -> None:
        """Takes uint8 [N, H, W] in, with a label each, or of one class."""
        known = [ONE_CLASS] * len(grey) if labels is None else labels.tolist()
        if grey.shape[1:] == IMAGE_SHAPE:
            grey, is_turned = all_converted(grey, self.way)
            if is_turned:
                self.notes.append("They were dark on light and were turned to light on dark.")
            for image, label in zip(grey, known, strict=True):
                self.keep(image, label, part)
            return
        opaque = np.full(grey.shape[1:], 255, np.uint8)
        for number, (image, label) in enumerate(zip(grey, known, strict=True)):
            self.progress(number, len(grey))
            self.drawing(np.dstack([image, image, image, opaque]), label, part)

    def keep(self, image: np.ndarray, label: object, part: str) -> None:
        """Takes uint8 [28, 28] in."""
        name = class_named(label)
        if name is None:
            self.skipped["an image without a label"] += 1
            return
        self.images.append(image)
        self.labels.append(name)
        self.parts.append(part)

    def sample(self, count: int, of: str) -> np.ndarray:
        """Which of `count` images are read: all, or as many as are allowed, by chance but always the same."""
        kept = min(count, self.room)
        self.note_sample(kept, count, of)
        return np.sort(np.random.default_rng(0).choice(count, kept, replace=False))

    @property
    def room(self) -> int:
        """How many images may still come."""
        return max(1, self.limits.images - len(self))

    def note_sample(self, kept: int, count: int, of: str) -> None:
        if kept < count:
            self.notes.append(f"Of the {count:,} images in {of}, {kept:,} were drawn by chance.")

    def note_levels(self, of: str, levels: LevelRange) -> None:
        """Nothing where they are what everybody would expect."""
        if (levels.black, levels.white) != (0, 255):
            self.notes.append(f"The values of {of} were read as {levels}, black to white.")

    def count_pixels(self, pixels: int) -> None:
        self.pixels += pixels
        if self.pixels > self.limits.pixels:
            raise UploadError(
                f"Together the pictures have more than {self.limits.pixels / 10**6:,.0f} million pixels, "
                "which is what is allowed: make them smaller; 28 × 28 are kept."
            )

    def progress(self, number: int, count: int) -> None:
        if number % max(1, count // STEPS_OF_PROGRESS) == 0:
            self.on_progress(number / count)


def picture_side(way: Way) -> int:
    """How many pixels a picture's longer side is reduced to before it is converted."""
    return 280 if way is Way.HANDWRITING else 112
