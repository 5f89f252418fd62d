"""Published sets come by name from torchvision's mirrors and are kept like one's own."""

import functools
import gzip
import hashlib
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from ae_core.data.fetch import Download
from ae_core.data.own import published
from ae_core.data.own.published import PUBLISHED, fetch_published, start_published
from ae_core.data.own.store import OwnData
from ae_core.data.sources import FETCHED_BY_NAME, load_digits
from ae_core.data.torchvision_parts import torchvision
from ae_core.errors import DataError
from tests.data.made_files import idx, zipped


@pytest.fixture(autouse=True)
def own_root(tmp_path, monkeypatch):
    monkeypatch.setenv("AE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("AE_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def mirror(tmp_path):
    """A folder and the address of a server that serves it."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    folder = tmp_path / "mirror"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def served(folder, name, data):
    (folder / name).write_bytes(data)
    return name, hashlib.md5(data).hexdigest()


def test_a_set_of_four_files_is_fetched_with_its_names(embedded, mirror, monkeypatch):
    folder, address = mirror
    images, labels = embedded.test.images[::5], embedded.test.labels[::5]
    resources = [
        served(folder, f"{part}-{kind}-ubyte.gz", gzip.compress(idx(array)))
        for part in ("train", "t10k")
        for kind, array in (("images-idx3", images), ("labels-idx1", labels))
    ]
    monkeypatch.setattr(torchvision.datasets.FashionMNIST, "mirrors", ["http://127.0.0.1:9/", address])
    monkeypatch.setattr(torchvision.datasets.FashionMNIST, "resources", resources)
    with pytest.raises(DataError, match="data fetch fashion-mnist"):
        load_digits("fashion-mnist")
    record = fetch_published("fashion-mnist")
    assert (record.sizes, record.class_names[9]) == ((160, 40, 200), "Ankle boot")
    monkeypatch.setattr(published, "download", None)  # it is there, so nothing is fetched
    assert fetch_published("fashion-mnist") == record
    assert len(load_digits("fashion-mnist").test) == 200


def test_letters_come_out_of_their_archive_upright(embedded, mirror, monkeypatch):
    folder, address = mirror
    images = np.tile(embedded.test.images[:130], (2, 1, 1))
    labels = (np.arange(260) % 26 + 1).astype(np.uint8)
    files = [
        (f"gzip/emnist-{split}-{part}-{kind}-ubyte.gz", gzip.compress(idx(array)))
        for split in ("letters", "digits")
        for part in ("train", "test")
        for kind, array in (("images-idx3", images.swapaxes(1, 2).copy()), ("labels-idx1", labels))
    ]
    file, md5 = served(folder, "gzip.zip", zipped(files))
    monkeypatch.setattr(torchvision.datasets.EMNIST, "url", address + file)
    monkeypatch.setattr(torchvision.datasets.EMNIST, "md5", md5)
    record = fetch_published("emnist-letters")
    digits = load_digits("emnist-letters")
    assert (len(record.class_names), record.class_names[0], len(digits.test)) == (26, "A", 260)
    assert {each.tobytes() for each in digits.test.images} == {each.tobytes() for each in images}


def test_in_the_background_it_tells_by_its_bytes_how_far_it_is(embedded, mirror, monkeypatch, wait_until):
    folder, address = mirror
    images, labels = embedded.test.images[::5], embedded.test.labels[::5]
    resources = [
        served(folder, f"{part}-{kind}-ubyte.gz", gzip.compress(idx(array)))
        for part in ("train", "t10k")
        for kind, array in (("images-idx3", images), ("labels-idx1", labels))
    ]
    monkeypatch.setattr(torchvision.datasets.KMNIST, "mirrors", [address])
    monkeypatch.setattr(torchvision.datasets.KMNIST, "resources", resources)
    told = []
    monkeypatch.setattr(Download, "advance", lambda _, share: told.append(share))
    first, second = start_published("kuzushiji-mnist"), start_published("kuzushiji-mnist")
    assert first is second
    wait_until(lambda: first.done)
    assert not first.error
    assert told[-1] == 1
    assert OwnData().record("kuzushiji-mnist").sizes == (160, 40, 200)


def test_offline_the_refusal_says_what_to_do(monkeypatch):
    monkeypatch.setattr(torchvision.datasets.KMNIST, "mirrors", ["http://127.0.0.1:9/"])
    with pytest.raises(DataError, match="Kuzushiji-MNIST could not be downloaded") as refusal:
        fetch_published("kuzushiji-mnist")
    assert "data import FOLDER" in str(refusal.value)
    assert tuple(PUBLISHED) == FETCHED_BY_NAME
