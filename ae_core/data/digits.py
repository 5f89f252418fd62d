"""A data set in memory: uint8 images, labels, three splits and a fingerprint."""

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ae_core.errors import ConfigError, DataError, ImageShapeError
from ae_core.words import said_of, with_article

IMAGE_SHAPE = (28, 28)
DIGIT_CLASSES = 10
LEAST = {"training": 2, "validation": 1}  # images of a class that is trained on alone


@dataclass(frozen=True, eq=False)
class Split:
    """Some digits: `images` uint8 [N, 28, 28] and `labels` uint8 [N], read-only, shared by everyone.

    >>> from ae_core import load_digits
    >>> test = load_digits("embedded").test
    >>> len(test), test.images.shape, test.only((3, 8)).labels.size
    (1000, (1000, 28, 28), 200)
    """

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

    def only(self, classes: tuple[int, ...]) -> "Split":
        """The digits of these classes; of all for (). Raises ImageShapeError where there is none."""
        if not classes:
            return self
        chosen = np.isin(self.labels, classes)
        return Split(self.images[chosen], self.labels[chosen])


@dataclass(frozen=True, eq=False)
class Digits:
    """Training, validation and test digits under one name.

    class_names: what each label of an own data set is called; () for MNIST's ten digits.

    >>> from ae_core import load_digits
    >>> digits = load_digits("embedded")
    >>> digits.name, len(digits.train), len(digits.validation), len(digits.only((3,)).train)
    ('embedded', 3200, 800, 320)
    """

    name: str
    train: Split
    validation: Split
    test: Split
    class_names: tuple[str, ...] = ()

    @property
    def classes(self) -> tuple[int, ...]:
        """The labels that there are, ascending: 0 to 9 for MNIST's digits."""
        return tuple(range(len(self.class_names) or DIGIT_CLASSES))

    def class_name(self, label: int) -> str:
        return name_of_class(self.class_names, label)

    def one_of(self, label: int) -> str:
        """ "an 8" of digits, "sandal" of a class that has a name."""
        return self.class_name(label) if self.class_names else with_article(label)

    @property
    def noun(self) -> str:
        """What one of them is called."""
        return noun_of(self.class_names)

    def say(self, text: str) -> str:
        """A sentence about digits, for these: "a test image" for images."""
        return said_of(text, self.noun)

    @cached_property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that change if any image, label or split does."""
        digest = hashlib.sha256()
        for split in (self.train, self.validation, self.test):
            digest.update(len(split).to_bytes(8, "little"))
            digest.update(np.ascontiguousarray(split.images).data)
            digest.update(np.ascontiguousarray(split.labels).data)
        return digest.hexdigest()[:16]

    def only(self, classes: tuple[int, ...]) -> "Digits":
        """Training and validation digits of these classes alone, of all for (); the test digits stay whole.

        Raises ConfigError for classes that repeat, that are not here or that have too few images.
        """
        if not classes:
            return self
        check_classes(self, classes)
        return replace(self, train=self.train.only(classes), validation=self.validation.only(classes))


def check_images(images: np.ndarray) -> None:
    """Raises ImageShapeError unless `images` is uint8 [N, 28, 28] with N at least 1."""
    shape, dtype = getattr(images, "shape", None), getattr(images, "dtype", None)
    if shape is None or len(shape) != 3 or tuple(shape[1:]) != IMAGE_SHAPE or shape[0] == 0:
        raise ImageShapeError(f"Images must have the shape [N, 28, 28] with N at least 1, got {shape}.")
    if dtype != np.uint8:
        raise ImageShapeError(f"Images must be uint8 with intensities 0 to 255, got {dtype}.")


def noun_of(class_names: tuple[str, ...]) -> str:
    """What one of a data set is called."""
    return "image" if class_names else "digit"


def name_of_class(class_names: tuple[str, ...], label: int) -> str:
    """The name of `label`; its number where it has none."""
    return class_names[label] if 0 <= label < len(class_names) else str(label)


def check_classes(digits: Digits, classes: tuple[int, ...]) -> None:
    if len(set(classes)) < len(classes):
        raise ConfigError(f"Classes must not repeat, got {', '.join(map(str, classes))}.")
    there = {
        "training": Counter(digits.train.labels.tolist()),
        "validation": Counter(digits.validation.labels.tolist()),
    }
    unknown = [each for each in classes if each not in there["training"]]
    if unknown:
        known = ", ".join(map(str, sorted(there["training"])))
        raise ConfigError(f"{digits.name} has no class {str(unknown[0])[:40]!r}: choose among {known}.")
    for each in classes:
        if any(there[split][each] < least for split, least in LEAST.items()):
            counts = " and ".join(f"{there[split][each]} {split}" for split in LEAST)
            least = " and ".join(map(str, LEAST.values()))
            raise ConfigError(
                f"Class {each} of {digits.name} has {counts} images; at least {least} are needed."
            )
