"""Runs that were thrown away: out of sight, and back as they were."""

import pytest

from ae_core.errors import NotFoundError, RecordDeletedError, RunError, WrongStateError
from ae_core.jobs.states import State
from ae_core.runs import trash
from ae_core.runs.config import Progress
from tests.runs.test_store import METRICS, any_store, create  # noqa: F401


def files(run) -> dict[str, bytes]:
    return {name: run.folder.read(name) for name in run.folder.names()}


def test_a_run_comes_back_as_it_was(any_store):  # noqa: F811
    run = create(any_store, name="the best")
    run.set_metrics(METRICS)
    before = files(run)
    any_store.trash.throw(run.id)
    assert any_store.list() == []
    with pytest.raises(NotFoundError):
        any_store.get(run.id)
    with pytest.raises(RecordDeletedError):  # a worker that knew nothing of it
        run.set_metrics(METRICS)
    back = any_store.trash.take_out(run.id)
    assert files(back) == before
    assert [each.id for each in any_store.list()] == [run.id]
    with pytest.raises(NotFoundError, match="deleted for good"):
        any_store.trash.take_out(run.id)


def test_a_run_that_runs_is_not_thrown_away(store):
    run = create(store)
    run.set_progress(Progress(updated=4e9))
    run.set_state(State.RUNNING)
    with pytest.raises(WrongStateError, match="stop it"):
        store.trash.throw(run.id)


def test_after_a_day_it_is_gone(store, monkeypatch):
    old, young = create(store), create(store)
    store.trash.throw(old.id)
    monkeypatch.setattr(trash, "KEPT_SECONDS", -1)
    store.trash.throw(young.id)
    with pytest.raises(RunError, match="for good"):
        store.trash.take_out(old.id)
    assert store.trash.take_out(young.id).id == young.id


@pytest.mark.parametrize("name", ["../runs", "..", "20260101-000000-aaaa/../.."])
def test_no_name_leads_outside(store, name):
    with pytest.raises(NotFoundError):
        store.trash.take_out(name)
