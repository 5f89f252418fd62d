"""MNIST's files: sound ones are read, and each kind of damage is told apart and named."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from ae_core.data import mnist_files
from ae_core.data.mnist_files import (
    COLLECTIONS,
    MNIST_FILES,
    MnistFile,
    default_data_dir,
    present_files,
    raw_dir,
    read_file,
)
from ae_core.errors import DataError


def small_file(name: str, kind: str, count: int, seed: int) -> tuple[MnistFile, bytes]:
    """A file as the original ones are laid out, with its checksum."""
    header = count.to_bytes(mnist_files.HEADER_BYTES[kind], "big")
    pixels = count * (784 if kind == "images" else 1)
    data = header + np.random.default_rng(seed).integers(0, 10, pixels, np.uint8).tobytes()
    return MnistFile(name, kind, count, hashlib.sha256(data).hexdigest()), data


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Four small files in tmp_path that stand for MNIST's."""
    made = [
        small_file("train-images", "images", 6, 1),
        small_file("train-labels", "labels", 6, 2),
        small_file("test-images", "images", 4, 3),
        small_file("test-labels", "labels", 4, 4),
    ]
    raw_dir(tmp_path).mkdir(parents=True)
    for file, data in made:
        (raw_dir(tmp_path) / file.name).write_bytes(data)
    monkeypatch.setattr(mnist_files, "MNIST_FILES", tuple(file for file, _ in made))
    return {file.name: file for file, _ in made}


def path_of(folder, file):
    return raw_dir(folder) / file.name


@pytest.fixture(params=["train-images", "train-labels", "test-images", "test-labels"])
def any_file(request, small):
    return small[request.param]


def test_reads_what_the_file_holds(tmp_path, any_file):
    values = read_file(tmp_path, any_file)
    stored = path_of(tmp_path, any_file).read_bytes()[mnist_files.HEADER_BYTES[any_file.kind] :]
    assert values.dtype == np.uint8
    assert values.shape == ((any_file.count, 28, 28) if any_file.kind == "images" else (any_file.count,))
    assert values.tobytes() == stored


def refusal(folder, file) -> str:
    """The message about a file, which always names it and the remedy."""
    with pytest.raises(DataError) as error:
        read_file(folder, file)
    assert str(path_of(folder, file)) in str(error.value)
    assert "python -m ae_core data fetch" in str(error.value)
    return str(error.value)


def test_missing(tmp_path, any_file):
    path_of(tmp_path, any_file).unlink()
    assert "is missing" in refusal(tmp_path, any_file)


def test_a_folder_in_its_place(tmp_path, any_file):
    path_of(tmp_path, any_file).unlink()
    path_of(tmp_path, any_file).mkdir()
    assert "cannot be read" in refusal(tmp_path, any_file)


@pytest.mark.parametrize("kept", [0, 3, -1])
def test_truncated(tmp_path, any_file, kept):
    path = path_of(tmp_path, any_file)
    path.write_bytes(path.read_bytes()[:kept])
    text = refusal(tmp_path, any_file)
    assert "cut off" in text
    assert f"{any_file.size:,} are right" in text


def test_too_long(tmp_path, any_file):
    path = path_of(tmp_path, any_file)
    path.write_bytes(path.read_bytes() + b"\0")
    assert "too long" in refusal(tmp_path, any_file)


def test_one_wrong_bit(tmp_path, any_file):
    path = path_of(tmp_path, any_file)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert "damaged" in refusal(tmp_path, any_file)


def test_swapped(tmp_path, small):
    first, second = path_of(tmp_path, small["train-images"]), path_of(tmp_path, small["test-images"])
    contents = first.read_bytes(), second.read_bytes()
    second.write_bytes(contents[0])
    first.write_bytes(contents[1])
    assert "holds the contents of test-images" in refusal(tmp_path, small["train-images"])
    assert "holds the contents of train-images" in refusal(tmp_path, small["test-images"])


def test_present_files_are_those_that_are_there(tmp_path, small):
    assert present_files(tmp_path) == list(small.values())
    path_of(tmp_path, small["train-labels"]).unlink()
    assert [each.name for each in present_files(tmp_path)] == ["train-images", "test-images", "test-labels"]
    assert present_files(tmp_path / "elsewhere") == []


def test_data_dir_is_the_environments_else_the_users_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("AE_DATA_DIR", str(tmp_path))
    assert default_data_dir() == tmp_path
    monkeypatch.setenv("AE_DATA_DIR", "~/digits")
    assert "~" not in str(default_data_dir())
    for blank in ("", "  "):
        monkeypatch.setenv("AE_DATA_DIR", blank)
        assert default_data_dir().name == "autoencoder-lab"


def test_sizes_are_those_of_the_original_files():
    assert [each.size for each in MNIST_FILES] == [47_040_016, 60_008, 7_840_016, 10_008]


@pytest.mark.full_mnist
@pytest.mark.usefixtures("mnist")
def test_original_files_are_sound_and_their_copies_cut_or_swapped_are_not(tmp_path):
    _, train_labels, test_images, test_labels = MNIST_FILES
    original = raw_dir(default_data_dir())
    raw_dir(tmp_path).mkdir(parents=True)
    path_of(tmp_path, test_images).write_bytes((original / test_images.name).read_bytes()[:1_000_000])
    path_of(tmp_path, train_labels).write_bytes((original / test_labels.name).read_bytes())
    path_of(tmp_path, test_labels).write_bytes((original / test_labels.name).read_bytes())
    assert "1,000,000 bytes, 7,840,016 are right" in refusal(tmp_path, test_images)
    assert "t10k-labels-idx1-ubyte: the files were swapped" in refusal(tmp_path, train_labels)
    assert len(read_file(tmp_path, test_labels)) == 10_000


@pytest.mark.parametrize("name", ["fashion", "kmnist"])
@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda data: data[:-1], "cut off"),
        (lambda data: data + b"0", "too long"),
        (lambda data: b"P" + data[1:], "is damaged"),
    ],
)
def test_damage_in_a_set_beside_mnist_is_told_with_its_own_remedy(tmp_path, name, damage, told):
    """Also where no checksum of the uncompressed file is known."""
    (file,) = COLLECTIONS[name].files
    file = replace(file, count=5)
    path = file.path_in(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(damage(file.header + bytes(5 * 784)))
    with pytest.raises(DataError, match=rf"{told}.*`python -m ae_core data fetch {name}`"):
        read_file(tmp_path, file)


@pytest.mark.full_mnist
@pytest.mark.usefixtures("mnist")
@pytest.mark.parametrize("name", ["fashion", "kmnist"])
def test_mnists_own_file_is_not_taken_for_another_set(tmp_path, name):
    (file,) = COLLECTIONS[name].files
    file.path_in(tmp_path).parent.mkdir(parents=True)
    file.path_in(tmp_path).write_bytes((raw_dir(default_data_dir()) / file.name).read_bytes())
    with pytest.raises(DataError, match=r"t10k-images-idx3-ubyte of MNIST: the files were swapped"):
        read_file(tmp_path, file)


@pytest.mark.full_mnist
@pytest.mark.usefixtures("mnist")
def test_the_expected_header_is_that_of_the_original_files():
    for file in MNIST_FILES:
        assert file.path_in(default_data_dir()).read_bytes().startswith(file.header)
