"""When a session ends: nobody is here any more, and no work goes on with what was kept for it."""

import time

import pytest

from ae_core.data.own import store as own_store
from ae_core.data.own.importing import Wanted, import_files
from ae_core.data.own.store import SESSION_SECONDS, OwnData
from ae_core.jobs.states import State
from ae_core.models.config import ModelConfig
from ae_core.studies.store import StudyStore
from ae_core.studies.sweep import SweepConfig
from ae_core.training.config import TrainConfig
from tests.data.made_files import npz
from ui.shell import cached, visitors
from ui.widgets import sessions


@pytest.fixture(autouse=True)
def own_root(tmp_path, monkeypatch):
    monkeypatch.setenv("AE_RUNS", str(tmp_path / "runs"))
    cached.store.clear()
    yield
    cached.store.clear()


@pytest.fixture
def record(embedded):
    data = npz(images=embedded.test.images[::10], labels=embedded.test.labels[::10])
    return import_files([("a.npz", data)], Wanted("shoes", visitor="ann"))


@pytest.fixture
def wait(monkeypatch):
    """Lets an hour pass."""
    hours = [time.time()]
    monkeypatch.setattr(own_store.time, "time", lambda: hours[0])

    def wait() -> None:
        hours[0] += SESSION_SECONDS + 1

    return wait


def test_it_stays_while_its_visitor_has_a_tab_open(record, wait, monkeypatch):
    monkeypatch.setattr(visitors, "present", lambda: {"ann"})
    wait()
    sessions.look_around()
    assert OwnData().has(record.name)
    monkeypatch.setattr(visitors, "present", lambda: {"bob"})
    wait()
    sessions.look_around()
    assert not OwnData().has(record.name)


def test_it_stays_while_a_run_that_learns_from_it_waits(record, wait):
    about = {"dataset": record.name, "fingerprint": record.fingerprint}
    run = cached.store().create(ModelConfig(), TrainConfig(epochs=1), **about)
    wait()
    sessions.look_around()
    assert OwnData().has(record.name)
    run.set_state(State.STOPPED)
    sessions.look_around()
    assert not OwnData().has(record.name)


def test_it_stays_while_a_sweep_has_a_part_that_waits(record, wait):
    studies = StudyStore(cached.store())
    sweep = studies.create(SweepConfig(latent_dims=(2,), dataset=record.name))
    ((part, waiting),) = studies.records(sweep)
    waiting.ensure(part)
    wait()
    sessions.look_around()
    assert OwnData().has(record.name)
    waiting.set_state(State.STOPPED)
    sessions.look_around()
    assert not OwnData().has(record.name)
