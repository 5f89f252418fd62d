"""A data set in memory: uint8 images, labels, three splits and a fingerprint."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ae_core.errors import DataError, ImageShapeError

IMAGE_SHAPE = (28, 28)


@dataclass(frozen=True, eq=False)
class Split:
    """Some digits: `images` uint8 [N, 28, 28] and `labels` uint8 [N], read-only, shared by everyone."""

    images: np.ndarray
    labels: np.ndarray

    def __post_init__(self) -> None:
        check_images(self.images)
        if self.labels.shape != self.images.shape[:1]:
            raise DataError(f"{len(self.images)} images need as many labels, got {len(self.labels)}.")
        self.images.flags.writeable = False
        self.labels.flags.writeable = False

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True, eq=False)
class Digits:
    """Training, validation and test digits under one name."""

    name: str
    train: Split
    validation: Split
    test: Split

    @cached_property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that change if any image, label or split does."""
        digest = hashlib.sha256()
        for split in (self.train, self.validation, self.test):
            digest.update(len(split).to_bytes(8, "little"))
            digest.update(np.ascontiguousarray(split.images))
            digest.update(np.ascontiguousarray(split.labels))
        return digest.hexdigest()[:16]


def check_images(images: np.ndarray) -> None:
    """Raises ImageShapeError unless `images` is uint8 [N, 28, 28] with N at least 1."""
    shape, dtype = getattr(images, "shape", None), getattr(images, "dtype", None)
    if shape is None or len(shape) != 3 or tuple(shape[1:]) != IMAGE_SHAPE or shape[0] == 0:
        raise ImageShapeError(f"Images must have the shape [N, 28, 28] with N at least 1, got {shape}.")
    if dtype != np.uint8:
        raise ImageShapeError(f"Images must be uint8 with intensities 0 to 255, got {dtype}.")
