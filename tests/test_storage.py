"""Folders: whole files, old or new and never a half, on a local disk and on an object store alike."""

import errno
import threading
import uuid
from pathlib import Path

import numpy as np
import pytest

from ae_core.errors import RecordDeletedError, StoreError
from ae_core.storage import Folder, RecordFolder, new_id


@pytest.fixture(params=["local", "memory", "s3"])
def folder(request, tmp_path):
    if request.param == "s3":
        return Folder(f"{request.getfixturevalue('object_store')}/{uuid.uuid4().hex}")
    return Folder(tmp_path / "store" if request.param == "local" else f"memory://{uuid.uuid4().hex}")


@pytest.mark.parametrize("data", [b"", b"text", bytes(range(256)) * 1000], ids=len)
def test_what_is_written_is_read(folder, data):
    folder.write("a.bin", data)
    assert folder.read("a.bin") == data
    assert folder.exists("a.bin")


def test_arrays_are_read_as_they_were_written_in_the_order_asked_for(folder):
    ones, names = np.ones((2, 3), np.float16), np.arange(4, dtype=np.uint8)
    folder.write_arrays("a.npz", ones=ones, names=names)
    found = folder.read_arrays("a.npz", "names", "ones")
    assert [each.dtype for each in found] == [np.uint8, np.float16]
    assert np.array_equal(found[0], names)
    assert np.array_equal(found[1], ones)


@pytest.mark.parametrize("data", [None, b"", b"garbage", b"PK\x03\x04half"])
def test_arrays_of_a_damaged_or_missing_file_are_empty(folder, data):
    if data is not None:
        folder.write("a.npz", data)
    assert [each.size for each in folder.read_arrays("a.npz", "one", "two")] == [0, 0]


def test_arrays_of_which_one_is_missing_are_empty(folder):
    folder.write_arrays("a.npz", one=np.ones(3))
    assert [each.size for each in folder.read_arrays("a.npz", "one", "two")] == [0, 0]


def test_arrays_are_never_unpickled(folder):
    folder.write_arrays("a.npz", one=np.array([{}], dtype=object))
    assert [each.size for each in folder.read_arrays("a.npz", "one")] == [0]


def test_the_last_write_counts(folder):
    for data in (b"long text", b"short", b""):
        folder.write("a", data)
        assert folder.read("a") == data
    assert folder.names() == ["a"]


def test_what_is_not_there_is_none(folder):
    assert folder.read("missing") is None
    assert folder.read("no/such/folder/file") is None
    assert not folder.exists("missing")
    assert folder.names() == []


def test_names_are_those_directly_inside_and_sorted(folder):
    for name in ("b.txt", "a.txt", "c/deep.txt", "c/deeper/still.txt"):
        folder.write(name, b"x")
    assert folder.names() == ["a.txt", "b.txt", "c"]
    assert folder.child("c").names() == ["deep.txt", "deeper"]


def test_a_child_is_the_same_files_by_a_shorter_name(folder):
    folder.child("run").write("a", b"1")
    assert folder.read("run/a") == b"1"
    folder.write("run/b", b"2")
    assert folder.child("run").read("b") == b"2"


def test_removed_is_gone_and_the_rest_stays(folder):
    for name in ("run/a", "run/b", "other/a"):
        folder.write(name, b"x")
    folder.remove("run/a")
    assert folder.names() == ["other", "run"]
    folder.remove("run")
    folder.remove("run")
    folder.remove("never there")
    assert folder.names() == ["other"]
    assert folder.read("run/b") is None


def test_new_files_are_listed_at_once_by_another_reader(folder):
    other = Folder(folder.url)
    assert other.names() == []
    folder.write("a", b"1")
    assert other.names() == ["a"]
    folder.write("a", b"2")
    assert other.read("a") == b"2"


def test_a_slash_at_the_end_means_the_same(tmp_path):
    Folder(f"{tmp_path}/").write("a", b"1")
    assert Folder(tmp_path).read("a") == b"1"
    assert Folder(f"file://{tmp_path}").read("a") == b"1"


@pytest.mark.parametrize("folder", ["local", "memory"], indirect=True)  # an S3 server has its own tests
def test_readers_see_the_old_file_or_the_new_never_a_half(folder):
    """One writes without pause, two read without pause; every file is of one letter and one length."""
    size, rounds = 200_000, 150
    folder.write("a", b"A" * size)
    done = threading.Event()
    seen, halves = set(), []

    def read():
        while not done.is_set():
            data = folder.read("a")
            if data is None or len(data) != size or data.count(data[:1]) != size:
                halves.append(data and (len(data), data[:1], data[-1:]))
            else:
                seen.add(data[:1])

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(rounds):
        folder.write("a", (b"A", b"B")[number % 2] * size)
    done.set()
    for reader in readers:
        reader.join()
    assert halves == []
    assert seen <= {b"A", b"B"}
    assert seen


@pytest.mark.parametrize("folder", ["local", "memory"], indirect=True)  # an S3 server has its own tests
def test_many_writers_leave_one_whole_file_and_nothing_else(folder):
    writers = [
        threading.Thread(target=lambda letter=letter: [folder.write("a", letter * 50_000) for _ in range(20)])
        for letter in (b"A", b"B", b"C")
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    data = folder.read("a")
    assert data == data[:1] * 50_000
    assert folder.names() == ["a"]


def test_a_full_disk_keeps_the_old_file_and_leaves_no_part(tmp_path, monkeypatch):
    folder = Folder(tmp_path)
    folder.write("a", b"old")

    def fail_half_way(path, data):
        with path.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fail_half_way)
    with pytest.raises(OSError, match="No space left"):
        folder.write("a", b"new and longer")
    assert folder.read("a") == b"old"
    assert folder.names() == ["a"]


def test_an_id_that_is_taken_is_not_given_again():
    asked = []

    def is_taken(name):
        asked.append(name)
        return len(asked) < 4

    found = new_id(0.0, is_taken)
    assert found == asked[-1]
    assert len(asked) == 4
    assert all(name.startswith("19700101-000000-") for name in asked)


def test_of_two_ids_made_in_one_second_the_later_sorts_last():
    times = [1e9, 1e9 + 0.001, 1e9 + 0.5, 1e9 + 0.9999, 1e9 + 1]
    ids = [new_id(time, lambda _: False) for time in times]
    assert ids == sorted(set(ids))
    taken = set()
    for _ in range(3):
        taken.add(new_id(1e9, taken.__contains__))
    assert sorted(taken)[0] == ids[0]
    assert len(taken) == 3


# -- records, which are deleted while somebody writes


@pytest.fixture
def record(folder):
    """A record beside others, with a file in it."""
    folder.write("other/a", b"1")
    record = RecordFolder(f"{folder.url}/record", "marker")
    record.write("marker", b"1")
    record.write("a", b"1")
    return record


def names_of_all(record) -> list[str]:
    return Folder(record.url.rsplit("/", 1)[0]).names()


def test_nothing_is_written_into_a_record_that_is_not_there(record):
    record.delete()
    assert names_of_all(record) == ["other"]
    for name in ("a", "new"):
        with pytest.raises(RecordDeletedError, match="record was deleted"):
            record.write(name, b"2")
    assert names_of_all(record) == ["other"]
    record.write("marker", b"2")  # another one of that name
    record.write("a", b"2")
    assert record.names() == ["a", "marker"]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_deleted_while_a_file_is_being_written_nothing_of_a_record_is_left(record, monkeypatch, moment):
    """The deletion falls before or after the file is there, and before the writer has looked."""
    replace = Folder.replace

    def replace_beside_deletion(folder, name, data):
        if moment == "before":
            record.delete()
        replace(folder, name, data)
        if moment == "after":
            record.delete()

    monkeypatch.setattr(Folder, "replace", replace_beside_deletion)
    with pytest.raises(RecordDeletedError):
        record.write("late", b"2")
    assert names_of_all(record) == ["other"]


def test_half_deleted_by_hand_a_record_gets_no_file_back(record):
    """As `rm -r` leaves it for a moment: the marker is gone, the folder is not."""
    record.remove("marker")
    record.remove("a")
    with pytest.raises(RecordDeletedError):
        record.write("late", b"2")
    assert record.names() == []
    assert names_of_all(record) == ["other"]


def test_a_file_that_comes_while_a_record_is_being_deleted_goes_with_it(record, monkeypatch):
    remove, late = type(record.fs).rm, [b"late"]

    def rm(fs, path, recursive=False, **options):
        if path == record.path and late:
            Folder.replace(record, "late", late.pop())
            if record.is_local:
                raise OSError(errno.ENOTEMPTY, "Directory not empty")
        remove(fs, path, recursive=recursive, **options)

    monkeypatch.setattr(type(record.fs), "rm", rm)
    record.delete()
    assert names_of_all(record) == ["other"]


def test_an_address_of_an_unknown_kind_is_told():
    with pytest.raises(StoreError, match=r"odd://there cannot be used \(Protocol not known: odd\)"):
        Folder("odd://there")


def test_a_kind_that_is_not_installed_is_told_with_how_to_install_it(monkeypatch):
    def lacks(_):
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr("fsspec.url_to_fs", lacks)
    with pytest.raises(StoreError, match=r"s3://lab .*pip install 'autoencoder-lab\[s3\]'"):
        Folder("s3://lab")


def test_a_bucket_that_is_missing_is_told(object_store):
    folder = Folder(f"{object_store}-missing/runs")
    assert (folder.names(), folder.read("a")) == ([], None)
    with pytest.raises(StoreError, match=r"lab-missing/runs cannot be written .*make its bucket first"):
        folder.write("a", b"")


@pytest.mark.parametrize(
    "ask",
    [
        lambda folder: folder.read("a"),
        lambda folder: folder.write("a", b""),
        lambda folder: folder.exists("a"),
        lambda folder: folder.names(),
        lambda folder: folder.remove("a"),
    ],
)
def test_a_store_out_of_reach_is_an_error_of_files_in_words(monkeypatch, ask):
    folder = Folder(f"memory://{uuid.uuid4().hex}")

    def fails(*_, **__):
        raise RuntimeError("no route")

    for name in ("cat_file", "pipe_file", "exists", "ls", "rm"):
        monkeypatch.setattr(type(folder.fs), name, fails)
    with pytest.raises(StoreError, match=r"memory://.* cannot be reached \(no route\)") as caught:
        ask(folder)
    assert isinstance(caught.value, OSError)
