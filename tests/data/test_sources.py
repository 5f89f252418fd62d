"""Where digits come from: the splits are those that were promised, and a broken set is told, not hidden."""

import threading

import numpy as np
import pytest
import torch

from ae_core.data import mnist_files, sources
from ae_core.data.mnist_files import MNIST_FILES, raw_dir, read_file
from ae_core.data.sources import data_status, load_digits
from ae_core.errors import DataError


def rows(images: np.ndarray) -> set[bytes]:
    return {image.tobytes() for image in images}


def parts(digits):
    return digits.train, digits.validation, digits.test


def test_embedded_splits_are_stratified(embedded):
    for split, each in zip(parts(embedded), (320, 80, 100), strict=True):
        assert np.bincount(split.labels, minlength=10).tolist() == [each] * 10


def test_embedded_splits_share_no_image(embedded):
    train, validation, test = (rows(split.images) for split in parts(embedded))
    assert train.isdisjoint(validation)
    assert train.isdisjoint(test)
    assert validation.isdisjoint(test)


def test_embedded_digits_look_like_mnist(embedded):
    for split in parts(embedded):
        assert split.images.dtype == np.uint8
        assert split.images.max() == 255
        assert 0.10 < split.images.mean() / 255 < 0.16  # MNIST's mean intensity is 0.13
        assert not split.images[:, [0, -1], :].mean() > 1  # digits keep away from the edge


def test_embedded_is_fixed(embedded):
    sources.load_embedded.cache_clear()
    assert load_digits("embedded").fingerprint == embedded.fingerprint


def test_digits_are_read_once_even_by_threads_that_arrive_together(monkeypatch):
    sources.load_embedded.cache_clear()
    reads = []
    monkeypatch.setattr(
        sources.pandas,
        "read_csv",
        lambda *a, _read=sources.pandas.read_csv, **k: reads.append(a) or _read(*a, **k),
    )
    found = []
    threads = [threading.Thread(target=lambda: found.append(load_digits("embedded"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reads) == 1
    assert len({id(digits) for digits in found}) == 1


def test_loaded_images_are_read_only(embedded):
    for split in parts(embedded):
        for array in (split.images, split.labels):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0


@pytest.mark.parametrize("name", ["", "MNIST", "fashion", "../mnist", None, 3])
def test_an_unknown_name_is_refused_with_the_known_ones(name):
    with pytest.raises(DataError, match="embedded, mnist or auto"):
        load_digits(name)


def test_auto_without_files_is_the_embedded_set(tmp_path, embedded):
    assert load_digits("auto", tmp_path) is load_digits("embedded")
    assert load_digits("auto", str(tmp_path / "missing")).fingerprint == embedded.fingerprint


def test_mnist_without_files_names_the_missing_one_and_the_remedy(tmp_path):
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte is missing\. Fetch it again with"):
        load_digits("mnist", tmp_path)


@pytest.mark.parametrize("file", MNIST_FILES, ids=lambda file: file.name)
def test_auto_tells_an_incomplete_or_damaged_set_instead_of_hiding_it(tmp_path, file):
    raw_dir(tmp_path).mkdir(parents=True)
    (raw_dir(tmp_path) / file.name).write_bytes(b"half a download")
    with pytest.raises(DataError, match=r"missing|cut off"):
        load_digits("auto", tmp_path)


def test_status_says_what_is_there(tmp_path):
    status = data_status(tmp_path)
    assert status["data_dir"] == str(tmp_path)
    assert status["mnist"] is False
    assert status["embedded"] is True
    assert set(status["files"].values()) == {"missing"}

    raw_dir(tmp_path).mkdir(parents=True)
    (raw_dir(tmp_path) / MNIST_FILES[1].name).write_bytes(bytes(60_008))
    states = data_status(tmp_path)["files"]
    assert "damaged" in states[MNIST_FILES[1].name]
    assert states[MNIST_FILES[0].name] == "missing"


@pytest.mark.full_mnist
def test_mnist_is_split_as_the_notebook_does(mnist):
    generator = torch.Generator().manual_seed(42)
    train, validation = torch.utils.data.random_split(range(60_000), [48_000, 12_000], generator=generator)
    folder = mnist_files.default_data_dir()
    images, labels = read_file(folder, MNIST_FILES[0]), read_file(folder, MNIST_FILES[1])
    for split, chosen in ((mnist.train, train.indices), (mnist.validation, validation.indices)):
        assert np.array_equal(split.images, images[chosen])
        assert np.array_equal(split.labels, labels[chosen])
    assert np.array_equal(mnist.test.images, read_file(folder, MNIST_FILES[2]))
    assert np.array_equal(mnist.test.labels, read_file(folder, MNIST_FILES[3]))


@pytest.mark.full_mnist
def test_mnist_is_whole_and_read_only(mnist):
    assert [len(split) for split in parts(mnist)] == [48_000, 12_000, 10_000]
    for split in parts(mnist):
        assert not split.images.flags.writeable
    assert data_status()["mnist"] is True
    assert load_digits("auto").name == "mnist"


@pytest.mark.full_mnist
def test_every_embedded_digit_is_a_training_digit_of_mnist(mnist, embedded):
    known = rows(mnist.train.images) | rows(mnist.validation.images)
    for split in parts(embedded):
        assert rows(split.images) <= known
        assert rows(split.images).isdisjoint(rows(mnist.test.images))
