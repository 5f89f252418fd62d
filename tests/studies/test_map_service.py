"""Maps on a real Dask worker, and what is said of one that waits, is lost or was never asked for."""

import time

import numpy as np
import pytest

from ae_core.errors import ConfigError
from ae_core.jobs.job import Queue
from ae_core.jobs.queue import JobQueue
from ae_core.jobs.states import State
from ae_core.latent.tsne import ProjectionConfig
from ae_core.models.config import ModelConfig
from ae_core.runs.service import TrainingService
from ae_core.runs.store import RunStore
from ae_core.storage import Folder
from ae_core.studies.map_service import ProjectionService
from ae_core.training.config import TrainConfig

QUICK = ProjectionConfig(perplexity=5, iterations=25)
ENDLESS = ProjectionConfig(perplexity=5, iterations=10_000)
CODES = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
MANY = np.random.default_rng(0).normal(size=(2000, 4)).astype(np.float32)
NET, LONG = ModelConfig(latent_dim=4, hidden=(16,)), TrainConfig(epochs=1000, batch_size=32)


# -- what is said of a map, by a queue that the test writes


class WrittenJobs(JobQueue):
    """What the test says is `seen`."""

    def __init__(self):
        super().__init__()
        self.written = Queue()

    def look(self):
        return self.written

    def has(self, job_id):
        return self.written is not None and job_id in self.written.running + self.written.waiting

    def runs(self, job_id):
        return self.written is not None and job_id in self.written.running

    def give(self, job):
        self.written = Queue(self.written.running, (*self.written.waiting, job.id))


class Written(TrainingService):
    """A service whose queue is what a test says is `seen`, and whose clock is `ahead` by so many seconds."""

    ahead = 0.0

    def __init__(self, store):
        super().__init__(store, WrittenJobs(), clock=lambda: time.time() + self.ahead)

    @property
    def seen(self):
        return self.jobs.written

    @seen.setter
    def seen(self, queue):
        self.jobs.written = queue


@pytest.fixture
def written(store):
    return ProjectionService(Written(store), store)


def state(service, key="a"):
    return service.state(service.store.get(key))


def age(service, projection, state):
    """As if `state` had been written a minute ago."""
    projection.set_state(state)
    service.service.ahead = 60


def test_a_map_waits_and_works_as_the_queue_says(written):
    assert state(written) is None
    written.start("a", CODES, QUICK)
    assert state(written) is State.QUEUED
    written.service.seen = Queue(("a",), ())
    written.store.get("a").set_state(State.RUNNING)
    assert state(written) is State.RUNNING


def test_two_who_ask_for_the_same_map_share_a_job(written):
    written.start("a", CODES, QUICK)
    written.start("a", CODES, QUICK)
    assert written.service.seen.waiting == ("a",)


def test_a_finished_map_is_not_computed_again(written):
    written.store.get("a").ask(CODES, QUICK)
    written.store.get("a").finish(np.zeros((60, 2), np.float32))
    assert state(written) is State.FINISHED
    written.start("a", CODES, QUICK)
    assert written.service.seen == Queue()


def test_a_map_that_is_finished_while_it_is_looked_at_is_not_called_lost(written, monkeypatch):
    projection = written.store.get("a")
    projection.ask(CODES, QUICK)
    status = projection.status

    def finish_first():
        if projection.exists():
            projection.finish(np.zeros((60, 2), np.float32))
        return status()

    monkeypatch.setattr(projection, "status", finish_first)
    assert written.state(projection) is State.FINISHED


def test_a_damaged_map_is_computed_again(written):
    Folder(written.store.get("a").folder.url).write("map.npz", b"cut off")
    assert state(written) is None
    written.start("a", CODES, QUICK)
    assert written.service.seen.waiting == ("a",)


@pytest.mark.parametrize("last_word", [State.QUEUED, State.RUNNING])
def test_a_map_whose_worker_is_gone_is_interrupted_and_can_be_asked_for_again(written, last_word):
    projection = written.store.get("a")
    projection.ask(CODES, QUICK)
    age(written, projection, last_word)
    assert state(written) is State.INTERRUPTED
    written.start("a", CODES, QUICK)
    assert state(written) is State.QUEUED


def test_while_nobody_knows_the_queue_nothing_is_called_lost(written):
    projection = written.store.get("a")
    projection.ask(CODES, QUICK)
    age(written, projection, State.RUNNING)
    written.service.seen = None
    assert state(written) is State.RUNNING


def test_a_cancelled_map_is_as_if_nobody_had_asked(written):
    written.start("a", CODES, QUICK)
    written.store.get("a").delete()
    assert state(written) is None


def test_codes_without_a_map_are_refused_before_they_are_sent(written):
    with pytest.raises(ConfigError, match="at least 16 codes"):
        written.start("a", CODES[:9], QUICK)
    assert state(written) is None


# -- on a real worker


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    training = TrainingService(RunStore(tmp_path_factory.mktemp("maps")))
    yield ProjectionService(training, training.store)
    training.close()


def is_idle(service):
    return service.service.queue() == Queue()


@pytest.mark.processes
def test_a_worker_fits_the_map_and_a_restarted_server_finds_it(service, wait_until):
    service.start("fitted", CODES, QUICK)
    wait_until(lambda: state(service, "fitted") is State.FINISHED)
    assert service.store.get("fitted").places().shape == (60, 2)
    after = ProjectionService(TrainingService(service.service.store), service.service.store)
    assert state(after, "fitted") is State.FINISHED
    wait_until(lambda: is_idle(service))


@pytest.mark.processes
def test_a_map_on_the_way_is_cancelled_and_asked_for_again(service, wait_until):
    projection = service.store.get("changed mind")
    service.start("changed mind", MANY, ENDLESS)
    wait_until(lambda: projection.progress().iteration > 0)
    projection.delete()
    service.start("changed mind", CODES, QUICK)  # while the first is still on the worker
    wait_until(lambda: state(service, "changed mind") is State.FINISHED)
    assert len(projection.places()) == 60
    wait_until(lambda: is_idle(service))


@pytest.mark.processes
def test_a_map_goes_before_the_runs_that_wait(service, wait_until):
    training = service.service
    first, second = (training.start(NET, LONG, dataset="embedded") for _ in range(2))
    wait_until(lambda: first.state() is State.RUNNING)
    service.start("soon", CODES, QUICK)
    wait_until(lambda: training.queue() == Queue((first.id,), ("soon", second.id)))
    assert training.place(second) == 2
    training.stop(second)
    training.stop(first)
    wait_until(lambda: state(service, "soon") is State.FINISHED and is_idle(service))


@pytest.mark.processes
def test_with_its_folder_deleted_the_fit_ends_and_nothing_is_written_back(service, wait_until):
    projection = service.store.get("deleted")
    service.start("deleted", MANY, ENDLESS)
    wait_until(lambda: projection.progress().iteration > 0)
    projection.folder.delete()
    wait_until(lambda: is_idle(service) and not service.service.jobs.has("deleted"))
    assert "deleted" not in service.store.folder.names()
