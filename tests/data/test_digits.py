"""Splits and data sets: shape, type, read-only images, and a fingerprint that nothing escapes."""

import numpy as np
import pytest

from ae_core.data.digits import Digits, Split
from ae_core.errors import ConfigError, DataError, ImageShapeError


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


# -- some classes only


def labelled(*labels: int) -> Split:
    return Split(np.full((len(labels), 28, 28), 7, np.uint8), np.array(labels, np.uint8))


def test_only_some_classes_are_trained_and_validated_on_and_all_are_tested(embedded):
    chosen = embedded.only((3, 8))
    for part, whole in ((chosen.train, embedded.train), (chosen.validation, embedded.validation)):
        kept = np.isin(whole.labels, (3, 8))
        assert np.array_equal(part.images, whole.images[kept])
        assert np.array_equal(part.labels, whole.labels[kept])
    assert chosen.test is embedded.test
    assert chosen.name == embedded.name


def test_no_class_named_means_all_of_them(embedded):
    assert embedded.only(()) is embedded
    assert embedded.test.only(()) is embedded.test
    assert embedded.only(tuple(range(10))).fingerprint == embedded.fingerprint


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        ((3, 3), "Classes must not repeat, got 3, 3"),
        ((10,), "embedded has no class '10': choose among 0, 1, 2, 3, 4, 5, 6, 7, 8, 9"),
        ((-1, 2), "no class '-1'"),
    ],
)
def test_classes_that_cannot_be_had_are_refused(embedded, classes, message):
    with pytest.raises(ConfigError, match=message):
        embedded.only(classes)


def test_a_class_of_too_few_images_is_refused_with_what_is_there():
    digits = Digits("tiny", labelled(0, 0, 1), labelled(0, 1), labelled(0))
    assert len(digits.only((0,)).train) == 2
    with pytest.raises(ConfigError, match="Class 1 of tiny has 1 training and 1 validation images"):
        digits.only((0, 1))
    unvalidated = Digits("tiny", labelled(2, 2), labelled(0), labelled(0))
    with pytest.raises(ConfigError, match="2 training and 0 validation images; at least 2 and 1 are needed"):
        unvalidated.only((2,))
