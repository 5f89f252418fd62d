"""The index beside the runs: what it spares a server that starts, and that nobody sees anything old by it."""

import json
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from ae_core.jobs.states import State
from ae_core.runs import index
from ae_core.runs.config import Facts
from ae_core.runs.overview import Overview
from ae_core.runs.run import Run
from ae_core.runs.store import RunStore
from tests.runs.test_store import METRICS, create

HOUR = 3600 * 10**9  # nanoseconds


@pytest.fixture(autouse=True)
def always_saved(monkeypatch):
    monkeypatch.setattr(index, "MOST_UNSAVED", 1)


def grow_old(store: RunStore) -> None:
    """As if all runs had been left alone for an hour: their folders and files."""
    for folder in store.folder.stamps():
        of_run = Path(store.folder.path) / folder
        for path in (*of_run.iterdir(), of_run):
            then = path.stat().st_mtime_ns - HOUR
            os.utime(path, ns=(then, then))


def grown_old(store: RunStore, count: int = 3) -> list[Run]:
    runs = [create(store, name=f"run {number}") for number in range(count)]
    grow_old(store)
    return runs


def again(store: RunStore) -> RunStore:
    """As a server that was started just now sees it."""
    return RunStore(store.folder.url)


def truth(store: RunStore) -> list:
    """Read of each run, without any index."""
    return [store.at(run_id).listed() for run_id in reversed(store.folder.names()) if "-" in run_id]


@pytest.fixture
def read(monkeypatch) -> list[str]:
    """The runs that are read, in turn."""
    read, real = [], Run.listed
    monkeypatch.setattr(Run, "listed", lambda run: read.append(run.id) or real(run))
    return read


def test_who_starts_reads_no_run_that_has_not_changed(store, read):
    runs = grown_old(store)
    rows = Overview(store).rows(store.listed())
    read.clear()
    started = again(store)
    assert Overview(started).rows(started.listed(), seconds=-1) == rows
    assert read == []
    runs[1].rename("another name")
    assert [each.name for each in again(store).listed()] == ["run 2", "another name", "run 0"]
    assert read == [runs[1].id]


def edit(run: Run) -> None:
    Path(run.folder.path, "name.txt").write_text("edited")


CHANGES = {
    "renamed": lambda _, run: run.rename("another"),
    "tagged": lambda _, run: run.set_tags(["best"]),
    "finished": lambda _, run: run.set_state(State.FINISHED, caution="It has learned nothing."),
    "with a model": lambda _, run: run.folder.write("model.safetensors", b"any"),
    "deleted": lambda store, run: store.delete(run.id),
    "thrown away": lambda store, run: store.trash.throw(run.id),
    "damaged": lambda _, run: run.folder.write("config.json", b"{"),
    "renamed by an editor that writes in place": lambda _, run: edit(run),
    "copied by hand": lambda _, run: shutil.copytree(run.folder.path, f"{run.folder.path[:-4]}zzzz"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_was_done_to_a_run_since_is_seen_by_who_starts(store, change):
    run, *_ = grown_old(store)
    store.listed()
    assert store.folder.exists(index.NAME)
    CHANGES[change](store, run)
    expected = [each for each in map(store.read, reversed(store.folder.names())) if each]
    assert again(store).listed() == expected
    assert store.listed() == expected or "in place" in change


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"\x00" * 100, b'{"shape": "", "records": []}', b'{"shape": 1}'],
)
def test_a_damaged_index_is_as_none_and_made_anew(store, data):
    grown_old(store)
    expected = store.listed()
    store.folder.write(index.NAME, data)
    assert again(store).listed() == expected
    assert json.loads(store.folder.read(index.NAME))["shape"] == index.SHAPE


def test_an_index_whose_records_are_damaged_or_of_other_fields_is_as_none(store):
    grown_old(store)
    expected = store.listed()
    held = json.loads(store.folder.read(index.NAME))
    held["records"][1]["listed"]["config"]["train"]["epochs"] = -1
    store.folder.write_json(index.NAME, held)
    assert again(store).listed() == expected
    held["records"][1]["listed"]["name"] = "of another version"
    del held["records"][1]["listed"]["config"]["train"]["epochs"]
    store.folder.write_json(index.NAME, held | {"shape": "another"})
    assert again(store).listed() == expected


def test_a_run_that_changed_a_moment_ago_is_read_again(store, read):
    create(store)
    store.listed()
    read.clear()
    again(store).listed()
    assert len(read) == 1


def test_few_changes_do_not_write_it(store, monkeypatch):
    monkeypatch.setattr(index, "MOST_UNSAVED", 4)
    grown_old(store, 3)
    store.listed()
    assert not store.folder.exists(index.NAME)
    create(store)
    grow_old(store)
    store.listed()
    assert store.folder.exists(index.NAME)


def test_a_store_that_cannot_be_written_is_listed(store, monkeypatch):
    grown_old(store)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.folder, "write", full)
    assert len(store.listed()) == 3


def test_figures_that_came_from_an_older_look_are_not_kept(store):
    (run,) = grown_old(store, 1)
    before = store.listed()
    run.set_metrics(METRICS)
    now = store.listed()
    store.index.learn({run.id: Facts(epochs=77)}, {each.id: each for each in before})
    assert store.index.facts(now[0]) is None
    assert Overview(store).rows(now)[0].facts.epochs == 2


def test_two_who_write_at_once_never_leave_anything_untrue(store):
    """Each with a store of its own, as two servers: they change runs, list them and write the index."""
    runs = grown_old(store, 8)

    def work(which: int) -> None:
        mine = again(store)
        for turn in range(6):
            for run in runs[which::2]:
                mine.at(run.id).rename(f"{which} {turn}")
                mine.at(run.id).set_tags([f"t{turn}"])
            Overview(mine).rows(mine.listed())
            create(mine, name=f"{which} made {turn}")
            if turn % 2:
                mine.delete(runs[0].id if which == 0 and turn == 5 else create(mine).id)
            time.sleep(index.TICK / 2e9)  # some are settled at a look, some are not

    with ThreadPoolExecutor(2) as both:
        list(both.map(work, range(2)))
    expected = truth(store)
    assert len(expected) == 8 - 1 + 12
    assert again(store).listed() == expected
    grow_old(store)
    assert again(store).listed() == expected  # writes it
    assert again(store).listed() == expected  # reads it
    held = json.loads(store.folder.read(index.NAME))
    assert {each["listed"]["id"] for each in held["records"]} == {each.id for each in expected}


def test_records_are_the_same_from_the_index_as_from_the_runs(store):
    run, *_ = grown_old(store)
    run.set_metrics(METRICS)
    run.set_tags(["a", "b"])
    run.set_state(State.STOPPED)
    grow_old(store)
    rows = Overview(store).rows(store.listed())
    started = again(store)
    (found,) = (row for row in Overview(started).rows(started.listed(), seconds=-1) if row.id == run.id)
    assert found == next(row for row in rows if row.id == run.id)
    assert found.facts == replace(run.measured(), bytes=found.facts.bytes)
