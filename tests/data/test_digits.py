"""Splits and data sets: shape, type, read-only images, and a fingerprint that nothing escapes."""

import numpy as np
import pytest

from ae_core.data import Digits, Split
from ae_core.errors import DataError, ImageShapeError


def split(count: int, start: int = 0) -> Split:
    generator = np.random.default_rng(start)
    return Split(
        generator.integers(0, 256, (count, 28, 28), np.uint8), generator.integers(0, 10, count, np.uint8)
    )


def changed(one: Split, *, image: tuple[int, int, int] | None = None, label: int | None = None) -> Split:
    images, labels = one.images.copy(), one.labels.copy()
    if image is not None:
        images[image] ^= 1
    if label is not None:
        labels[label] ^= 1
    return Split(images, labels)


@pytest.mark.parametrize("shape", [(28, 28), (0, 28, 28), (3, 28, 27), (3, 784), (3, 1, 28, 28), ()])
def test_refuses_images_of_another_shape(shape):
    with pytest.raises(ImageShapeError, match=r"\[N, 28, 28\]"):
        Split(np.zeros(shape, np.uint8), np.zeros(3, np.uint8))


@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.int8, bool])
def test_refuses_images_of_another_type(dtype):
    with pytest.raises(ImageShapeError, match="uint8"):
        Split(np.zeros((3, 28, 28), dtype), np.zeros(3, np.uint8))


@pytest.mark.parametrize("images", [None, [[0]], "images"])
def test_refuses_what_is_no_array(images):
    with pytest.raises(ImageShapeError):
        Split(images, np.zeros(1, np.uint8))


@pytest.mark.parametrize("labels", [2, 4])
def test_refuses_as_many_labels_as_there_are_not_images(labels):
    with pytest.raises(DataError, match=f"3 images need as many labels, got {labels}"):
        Split(np.zeros((3, 28, 28), np.uint8), np.zeros(labels, np.uint8))


def test_images_and_labels_are_read_only():
    one = split(3)
    with pytest.raises(ValueError, match="read-only"):
        one.images[0, 0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        one.labels[0] = 1


def test_fingerprint_depends_on_the_contents_alone():
    first = Digits("first", split(5, 1), split(4, 2), split(3, 3))
    second = Digits("second", split(5, 1), split(4, 2), split(3, 3))
    assert first.fingerprint == second.fingerprint
    assert len(first.fingerprint) == 16


@pytest.mark.parametrize("part", ["train", "validation", "test"])
@pytest.mark.parametrize("change", [{"image": (2, 27, 27)}, {"image": (0, 0, 0)}, {"label": 1}])
def test_fingerprint_changes_with_one_bit(part, change):
    parts = {"train": split(5, 1), "validation": split(4, 2), "test": split(3, 3)}
    other = parts | {part: changed(parts[part], **change)}
    assert Digits("one", **parts).fingerprint != Digits("one", **other).fingerprint


def test_fingerprint_changes_when_digits_move_between_splits():
    images, labels = split(6).images, split(6).labels

    def cut(at: int) -> str:
        parts = [Split(images[a:b], labels[a:b]) for a, b in ((0, at), (at, 5), (5, 6))]
        return Digits("cut", *parts).fingerprint

    assert cut(2) != cut(3)
