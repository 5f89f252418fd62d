"""Every foreign source gives images in the lab's format, the same ones for a seed, or says what to do."""

from dataclasses import replace

import numpy as np
import pytest

from ae_core.data.foreign import FOREIGN
from ae_core.data.mnist_files import COLLECTIONS
from ae_core.errors import ConfigError, DataError

ALWAYS_THERE = ("letters", "scikit_digits")
TO_FETCH = ("fashion", "kmnist")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A data folder with small stand-ins for the sets that are fetched."""
    for name in TO_FETCH:
        (file,) = COLLECTIONS[name].files
        small = replace(file, count=50, sha256="")
        pixels = np.random.default_rng(len(name)).integers(0, 256, 50 * 784, np.uint8)
        small.path_in(tmp_path).parent.mkdir(parents=True)
        small.path_in(tmp_path).write_bytes(small.header + pixels.tobytes())
        monkeypatch.setitem(COLLECTIONS, name, replace(COLLECTIONS[name], files=(small,)))
    return tmp_path


def test_the_table():
    assert set(FOREIGN) == {*ALWAYS_THERE, *TO_FETCH}
    for name, source in FOREIGN.items():
        assert source.name == name
        assert source.description.endswith(".")


@pytest.mark.parametrize("name", FOREIGN)
def test_images_are_the_labs_and_differ(folder, name):
    images = FOREIGN[name].images(40, 1, folder)
    assert (images.shape, images.dtype) == ((40, 28, 28), np.uint8)
    assert len(np.unique(images.reshape(40, -1), axis=0)) == 40
    assert images.max() > 200


@pytest.mark.parametrize("name", FOREIGN)
def test_a_seed_means_the_same_images_and_the_first_ones_stay(folder, name):
    source = FOREIGN[name]
    images = source.images(12, 3, folder)
    np.testing.assert_array_equal(source.images(30, 3, folder)[:12], images)
    assert (source.images(12, 4, folder) != images).any()


@pytest.mark.parametrize("name", ALWAYS_THERE)
def test_what_comes_with_the_lab_needs_no_folder(name, tmp_path):
    assert FOREIGN[name].available(tmp_path / "nowhere")
    assert len(FOREIGN[name].images(1, data_dir=tmp_path / "nowhere")) == 1


def test_all_of_scikits_digits_have_ink_and_their_place():
    source = FOREIGN["scikit_digits"]
    images = source.images(source.most)
    assert len(images) == 1_797
    assert (images.max(axis=(1, 2)) > 100).all()
    assert not images[:, [0, -1]].any()


@pytest.mark.parametrize("name", TO_FETCH)
def test_a_fetched_set_is_shown_as_published(folder, name):
    (file,) = COLLECTIONS[name].files
    published = {
        image.tobytes() for image in np.fromfile(file.path_in(folder), np.uint8)[16:].reshape(-1, 784)
    }
    assert {image.tobytes() for image in FOREIGN[name].images(50, 2, folder)} == published


@pytest.mark.parametrize("name", TO_FETCH)
def test_a_set_that_is_not_here_says_how_to_get_it(name, tmp_path, monkeypatch):
    source = FOREIGN[name]
    assert not source.available(tmp_path)
    with pytest.raises(DataError, match=rf"MB\) with `python -m ae_core data fetch {name}`.*Letters"):
        source.images(3, data_dir=tmp_path)
    monkeypatch.setenv("AE_DATA_DIR", str(tmp_path))
    assert not source.available()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", TO_FETCH)
def test_a_damaged_set_is_not_available(folder, name):
    assert FOREIGN[name].available(folder)
    (file,) = COLLECTIONS[name].files
    file.path_in(folder).write_bytes(file.path_in(folder).read_bytes()[:-1])
    assert not FOREIGN[name].available(folder)
    with pytest.raises(DataError, match="cut off"):
        FOREIGN[name].images(3, data_dir=folder)


@pytest.mark.parametrize("count", [0, -1, 1_798, 2.0, True, "all"])
def test_counts_that_cannot_be_had_are_refused(count):
    with pytest.raises(ConfigError, match=r"can give 1 to 1,797 images, not"):
        FOREIGN["scikit_digits"].images(count)


@pytest.mark.parametrize("seed", [-1, 0.5, None])
def test_bad_seeds_are_refused(seed):
    with pytest.raises(ConfigError, match="seed must be a whole number"):
        FOREIGN["letters"].images(1, seed)
