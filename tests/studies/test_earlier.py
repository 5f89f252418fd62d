"""A store that version 0.1 has written, with one of each kind on file, opens as it was."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from ae_core.jobs.states import Action
from ae_core.runs.store import RunStore
from ae_core.runs.trainings import Trainings
from ae_core.studies import earlier
from ae_core.studies.experiment import Experiment
from ae_core.studies.maps import ProjectionStore
from ae_core.studies.results import results
from ae_core.studies.store import StudyStore
from ae_core.studies.sweep import Sweep
from ae_core.studies.sweep_results import sweep_table

WRITTEN = Path(__file__).parent.parent / "data/store-0.1.0.zip"  # and in it what that version read of it


@pytest.fixture
def before(tmp_path) -> RunStore:
    with zipfile.ZipFile(WRITTEN) as archive:
        archive.extractall(tmp_path / "runs")
    return RunStore(tmp_path / "runs")


@pytest.fixture(scope="module")
def known() -> dict:
    with zipfile.ZipFile(WRITTEN) as archive:
        return json.loads(archive.read("known.json"))


def test_runs_are_as_they_were(before, known):
    runs = {
        run.id: {"name": run.name, "state": str(run.state()), "test_error": run.test_error()}
        for run in before.list()
    }
    assert runs == known["runs"]


def test_a_sweep_has_its_parts_with_their_states_and_errors(before, known):
    store, was = StudyStore(before), known["sweep"]
    (sweep,) = store.list(Sweep)
    assert (sweep.id, sweep.title(), sweep.requested) == (was["id"], was["title"], Action.STOP)
    table = sweep_table(store, sweep)
    assert list(table["state"]) == was["states"]
    assert [None if np.isnan(each) else each for each in table["test_error"]] == was["test_error"]
    assert table["message"][2] == "Its worker ended unexpectedly."
    finished, stopped, *_ = (record for _, record in store.records(sweep))
    assert finished.run().model() is not None
    assert stopped.own_run().has_checkpoint()


def test_experiments_have_what_they_found(before, known):
    store = StudyStore(before)
    found = {
        each.id: {
            "title": each.title(),
            "wish": str(each.requested),
            "states": [str(record.state()) for _, record in store.records(each)],
            "auroc": list(results(store, each)["auroc"].dropna()),
        }
        for each in store.list(Experiment)
    }
    assert found == known["experiments"]
    assert store.uploads.get(known["upload"]).shape == (12, 28, 28)


def test_maps_are_as_they_were(before):
    maps = ProjectionStore(before)
    assert maps.get("map-finished").places().shape == (100, 2)
    assert str(maps.get("map-paused").state()) == "paused"


def test_what_was_trained_counts_as_done(before):
    (sweep,) = StudyStore(before).list(Sweep)
    part = sweep.parts[0]
    run, is_new = Trainings(before).once(
        part.model, part.train, dataset="embedded", fingerprint=part.fingerprint
    )
    assert not is_new
    assert run.config().sweep == sweep.id


def test_nothing_is_left_behind_and_a_second_look_changes_nothing(before, monkeypatch):
    first = {each.id for each in StudyStore(before).all()}
    assert not {"sweeps", "experiments"} & set(before.folder.names())
    monkeypatch.setattr(earlier, "_made_over", set())
    assert {each.id for each in StudyStore(before).all()} == first


def test_what_cannot_be_read_stays_where_it_was(before):
    before.folder.write("sweeps/20260101-000000-abcd.json", b"{")
    assert len(StudyStore(before).list(Sweep)) == 1
    assert before.folder.read("sweeps/20260101-000000-abcd.json") == b"{"
