"""Fetching MNIST and sets in its form from a server on this machine that can be told to misbehave.

Most tests serve small stand-ins, so they run everywhere and quickly; the last one serves the real files.
"""

import gzip
import hashlib
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from ae_core.data import fetch, mnist_files
from ae_core.data.mnist_files import COLLECTIONS
from ae_core.data.sources import data_status, load_digits
from ae_core.data.torchvision_parts import torchvision
from ae_core.errors import DataError

COUNTS = {"train": 300, "t10k": 60}
HAS_MNIST = data_status()["mnist"]
REAL_DIR = mnist_files.default_data_dir()


class Mirror:
    """A server of compressed MNIST files on 127.0.0.1.

    behaviour: what happens to a file, by name: "404", "break off", "damage" or "hang"; served if not named.
    asked: the names asked for, in order.
    """

    def __init__(self, contents):
        self.contents = contents
        self.behaviour = {}
        self.asked = []
        self.go_on = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.address = f"http://127.0.0.1:{self.server.server_port}/mnist/"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def handler(mirror):  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                name = self.path.rsplit("/", 1)[-1]
                mirror.asked.append(name)
                with suppress(BrokenPipeError, ConnectionResetError):  # torchvision looks first and hangs up
                    mirror.answer(self, name)

            def log_message(self, *_):
                pass

        return Handler

    def answer(self, request, name):
        behaviour, data = self.behaviour.get(name), self.contents[name]
        if behaviour == "404":
            request.send_error(404)
            return
        if behaviour == "hang":
            self.go_on.wait(30)
        if behaviour == "damage":
            data = data[:50] + bytes([data[50] ^ 1]) + data[51:]
        request.send_response(200)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data[: len(data) // 2] if behaviour == "break off" else data)

    def close(self):
        self.go_on.set()
        self.server.shutdown()
        self.server.server_close()


def idx_file(each, generator):
    count = COUNTS[each.name.split("-")[0]]
    sizes = (count, 28, 28) if each.kind == "images" else (count,)
    magic = 0x800 + len(sizes)  # unsigned bytes, number of dimensions
    header = b"".join(number.to_bytes(4, "big") for number in (magic, *sizes))
    return header + generator.integers(0, 10, sizes, dtype=np.uint8).tobytes(), count


def serve(files, monkeypatch, name="mnist"):
    """A mirror of `files` (name: bytes) of a collection, with torchvision pointed at it."""
    packed = {f"{name}.gz": gzip.compress(data, 1, mtime=0) for name, data in files.items()}
    mirror = Mirror(packed)
    checksums = [(name, hashlib.md5(data).hexdigest()) for name, data in packed.items()]
    published = getattr(torchvision.datasets, COLLECTIONS[name].folder)
    monkeypatch.setattr(published, "mirrors", [mirror.address])
    monkeypatch.setattr(published, "resources", checksums)
    total = sum(map(len, packed.values()))
    monkeypatch.setitem(COLLECTIONS, name, replace(COLLECTIONS[name], download_bytes=total))
    return mirror


@pytest.fixture
def mirror(monkeypatch):
    """Serves four small files that the lab believes to be MNIST."""
    generator = np.random.default_rng(0)
    contents, files = {}, []
    for each in mnist_files.MNIST_FILES:
        data, count = idx_file(each, generator)
        contents[each.name] = data
        files.append(replace(each, count=count, sha256=hashlib.sha256(data).hexdigest()))
    monkeypatch.setattr(mnist_files, "MNIST_FILES", tuple(files))
    monkeypatch.setitem(COLLECTIONS, "mnist", replace(COLLECTIONS["mnist"], files=tuple(files)))
    mirror = serve(contents, monkeypatch)
    yield mirror
    mirror.close()


NAMES = [each.name for each in mnist_files.MNIST_FILES]


def raw_names(folder):
    return sorted(path.name for path in mnist_files.raw_dir(folder).iterdir())


def test_a_whole_download_arrives_verified_with_progress(mirror, tmp_path):
    told = []
    assert fetch.fetch(tmp_path, told.append) == tmp_path
    assert data_status(tmp_path)["mnist"]
    assert raw_names(tmp_path) == sorted(NAMES)
    assert told[-1] == 1.0
    assert all(0 <= share <= 1 for share in told)
    assert not fetch.partial_dir(tmp_path).exists()
    assert sorted(set(mirror.asked)) == sorted(mirror.contents)


def test_what_is_there_is_not_fetched_again(mirror, tmp_path):
    fetch.fetch(tmp_path)
    mirror.asked.clear()
    fetch.fetch(tmp_path)
    assert mirror.asked == []


@pytest.mark.parametrize("behaviour", ["break off", "damage", "404"])
def test_a_server_that_fails_is_told_and_a_second_try_goes_on_from_there(mirror, tmp_path, behaviour):
    broken = f"{NAMES[2]}.gz"
    mirror.behaviour[broken] = behaviour
    with pytest.raises(DataError) as refusal:
        fetch.fetch(tmp_path)
    message = str(refusal.value)
    assert mirror.address in message
    assert "try again" in message
    assert "embedded" in message
    assert "404" in message or behaviour != "404"
    assert mnist_files.present_files(tmp_path) == []  # nothing half-done where the lab looks for data

    mirror.behaviour.clear()
    mirror.asked.clear()
    fetch.fetch(tmp_path)
    assert data_status(tmp_path)["mnist"]
    assert set(mirror.asked) == {broken, f"{NAMES[3]}.gz"}  # the first two had come and were kept


def test_a_second_mirror_helps_where_the_first_fails(mirror, tmp_path, monkeypatch):
    gone = "http://127.0.0.1:9/"  # the discard port: nobody listens
    monkeypatch.setattr(torchvision.datasets.MNIST, "mirrors", [gone, mirror.address])
    fetch.fetch(tmp_path)
    assert data_status(tmp_path)["mnist"]


@pytest.mark.usefixtures("mirror")
def test_no_network_at_all_says_what_was_tried(tmp_path, monkeypatch):
    monkeypatch.setattr(torchvision.datasets.MNIST, "mirrors", ["http://127.0.0.1:9/"])
    with pytest.raises(DataError, match=r"Tried http://127\.0\.0\.1:9/ \(.*refused"):
        fetch.fetch(tmp_path)


def test_a_silent_server_is_given_up(mirror, tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, "PATIENCE_SECONDS", 0.3)
    mirror.behaviour[f"{NAMES[0]}.gz"] = "hang"
    with pytest.raises(DataError, match="timed out"):
        fetch.fetch(tmp_path)


def test_a_killed_download_leaves_nothing_that_is_believed(mirror, tmp_path):
    """As after kill -9: one file complete, one half fetched, one half extracted."""
    raw = mnist_files.raw_dir(fetch.partial_dir(tmp_path))
    raw.mkdir(parents=True)
    for name, share in ((NAMES[0], 1.0), (NAMES[1], 0.5)):
        data = mirror.contents[f"{name}.gz"]
        (raw / f"{name}.gz").write_bytes(data[: int(share * len(data))])
    for name in NAMES:  # all four names present, as torchvision's own look wants them
        (raw / name).write_bytes(b"half")
    fetch.fetch(tmp_path)
    assert data_status(tmp_path)["mnist"]
    assert f"{NAMES[0]}.gz" not in mirror.asked


@pytest.mark.usefixtures("mirror")
def test_a_damaged_file_in_place_is_replaced(tmp_path):
    fetch.fetch(tmp_path)
    (mnist_files.raw_dir(tmp_path) / NAMES[1]).write_bytes(b"not labels")
    fetch.fetch(tmp_path)
    assert data_status(tmp_path)["mnist"]


def test_two_users_who_click_at_once_share_one_download(mirror, tmp_path):
    mirror.behaviour[f"{NAMES[0]}.gz"] = "hang"
    first, second = fetch.start_download(tmp_path), fetch.start_download(tmp_path)
    assert first is second is fetch.current_download(tmp_path)
    assert not first.done
    mirror.go_on.set()
    first.thread.join(30)
    assert (first.done, first.error, first.fraction) == (True, "", 1.0)
    assert data_status(tmp_path)["mnist"]


def test_threads_that_fetch_at_once_fetch_once(mirror, tmp_path):
    threads = [threading.Thread(target=fetch.fetch, args=(tmp_path,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert data_status(tmp_path)["mnist"]
    assert max(mirror.asked.count(name) for name in mirror.contents) == 2  # a look, then the file


def test_a_download_that_failed_says_so_and_can_be_started_again(mirror, tmp_path):
    mirror.behaviour[f"{NAMES[0]}.gz"] = "404"
    failed = fetch.start_download(tmp_path)
    failed.thread.join(30)
    assert failed.done
    assert "404" in failed.error
    mirror.behaviour.clear()
    again = fetch.start_download(tmp_path)
    again.thread.join(30)
    assert again is not failed
    assert (again.done, again.error) == (True, "")


HOLD_THE_LOCK = """
import sys
from filelock import FileLock
with FileLock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_another_process_that_fetches_is_waited_for(mirror, tmp_path):
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD_THE_LOCK, str(tmp_path / ".mnist-fetch.lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert other.stdout.readline().strip() == b"held"
    waiting = fetch.start_download(tmp_path)
    waiting.thread.join(0.5)
    assert not waiting.done
    assert mirror.asked == []

    raw = mnist_files.raw_dir(tmp_path)  # what the other process does before it lets go
    raw.mkdir(parents=True)
    for name in NAMES:
        (raw / name).write_bytes(gzip.decompress(mirror.contents[f"{name}.gz"]))
    other.communicate()
    waiting.thread.join(30)
    assert (waiting.done, waiting.error) == (True, "")
    assert mirror.asked == []


@pytest.mark.usefixtures("mirror")
def test_a_folder_that_cannot_be_used_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match=r"could not be stored in .*AE_DATA_DIR"):
        fetch.fetch(tmp_path / "file")


@pytest.fixture(params=["fashion", "kmnist"])
def other(request, monkeypatch):
    """The name of a collection beside MNIST, and a mirror of a small stand-in for it."""
    name = request.param
    (file,) = COLLECTIONS[name].files
    data, count = idx_file(file, np.random.default_rng(1))
    checksum = hashlib.sha256(data).hexdigest() if file.sha256 else ""
    small = replace(file, count=count, sha256=checksum)
    monkeypatch.setitem(COLLECTIONS, name, replace(COLLECTIONS[name], files=(small,)))
    labels = b"labels, which the lab has no use for"
    mirror = serve({file.name: data, "t10k-labels-idx1-ubyte": labels}, monkeypatch, name)
    yield name, small, mirror
    mirror.close()


def test_other_sets_arrive_beside_mnist_and_only_their_images(other, tmp_path):
    name, file, mirror = other
    told = []
    fetch.fetch(tmp_path, told.append, name)
    assert told[-1] == 1.0
    assert fetch.is_there(tmp_path, name)
    assert set(mirror.asked) == {f"{file.name}.gz"}
    assert [path.name for path in tmp_path.rglob("*ubyte*")] == [file.name]
    assert mnist_files.read_file(tmp_path, file).shape == (COUNTS["t10k"], 28, 28)
    assert mnist_files.present_files(tmp_path) == []


@pytest.mark.parametrize("behaviour", ["break off", "damage", "404"])
def test_another_set_that_fails_names_itself_and_can_be_tried_again(other, tmp_path, behaviour):
    name, file, mirror = other
    mirror.behaviour[f"{file.name}.gz"] = behaviour
    failed = fetch.start_download(tmp_path, name)
    failed.thread.join(30)
    assert failed.error.startswith(f"{COLLECTIONS[name].title} could not be downloaded")
    assert mirror.address in failed.error
    assert "Letters" in failed.error
    assert not fetch.is_there(tmp_path, name)
    assert fetch.current_download(tmp_path) is None  # MNIST's download is another one

    mirror.behaviour.clear()
    again = fetch.start_download(tmp_path, name)
    again.thread.join(30)
    assert (again.error, again.fraction) == ("", 1.0)
    assert fetch.is_there(tmp_path, name)


def test_a_set_nobody_publishes_is_refused(tmp_path):
    with pytest.raises(
        DataError, match=r"no data set 'cifar' to fetch; choose one of mnist, fashion, kmnist"
    ):
        fetch.fetch(tmp_path, name="cifar")


@pytest.mark.full_mnist
@pytest.mark.skipif(not HAS_MNIST, reason="full MNIST is not here (AE_DATA_DIR)")
def test_real_mnist_is_seen_by_load_digits_after_the_download(tmp_path, monkeypatch):
    files = {name: (mnist_files.raw_dir(REAL_DIR) / name).read_bytes() for name in NAMES}
    mirror = serve(files, monkeypatch)
    try:
        assert load_digits("auto", tmp_path).name == "embedded"
        with pytest.raises(DataError, match="missing"):
            load_digits("mnist", tmp_path)
        fetch.fetch(tmp_path)
    finally:
        mirror.close()
    fetched = load_digits("auto", tmp_path)
    assert fetched.name == "mnist"
    assert fetched.fingerprint == load_digits("mnist", REAL_DIR).fingerprint


def test_two_downloads_at_once_share_their_impatience_and_the_last_one_takes_it_back():
    before = socket.getdefaulttimeout()
    with ExitStack() as longer:
        with fetch.impatient_network:
            longer.enter_context(fetch.impatient_network)
            assert socket.getdefaulttimeout() == fetch.PATIENCE_SECONDS
        assert socket.getdefaulttimeout() == fetch.PATIENCE_SECONDS  # the other one still needs it
    assert socket.getdefaulttimeout() == before
