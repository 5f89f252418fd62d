"""Experiments on real Dask workers: to the end, shared, paused, stopped, and with a worker killed."""

from dataclasses import replace

import pytest

from ae_core.jobs.job import Queue
from ae_core.jobs.states import State, Wish
from ae_core.models.config import ModelConfig
from ae_core.runs.service import TrainingService
from ae_core.runs.store import RunStore
from ae_core.studies.experiment import ExperimentConfig
from ae_core.studies.results import progress, results
from ae_core.studies.service import ExperimentService
from ae_core.training.config import TrainConfig
from tests.worker_processes import nanny

pytestmark = pytest.mark.processes
NET = ModelConfig(latent_dim=4, hidden=(16,))
SHORT = TrainConfig(epochs=2, batch_size=64)
LONG = TrainConfig(epochs=1000, batch_size=16, schedule="constant", peak_learning_rate=1e-3)
QUICK = ExperimentConfig(
    dataset="embedded", scores=("mse", "pca_residual"), digits=(0, 1), model=NET, train=SHORT, images=50
)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    training = TrainingService(RunStore(tmp_path_factory.mktemp("experiments")))
    training.warm_up()
    yield ExperimentService(training)
    training.close()


@pytest.fixture(autouse=True)
def left_empty(service):
    """Each test leaves the queue to the next, whatever becomes of it."""
    yield
    for experiment in service.store.list():
        service.stop(experiment)


def states(service, experiment) -> list[str]:
    return [str(record.state()) for _, record in service.store.records(experiment)]


def written(service, experiment) -> list[float]:
    """When each result was written."""
    folders = [record.folder for _, record in service.store.records(experiment)]
    return [each.fs.modified(f"{each.path}/result.json") for each in folders]


def test_two_at_once_come_to_their_ends_and_what_both_ask_is_found_once(service, wait_until):
    mine = service.start(QUICK, owner="me")
    yours = service.start(replace(QUICK, digits=(1, 0)), owner="you")
    other = service.start(replace(QUICK, kind="corruptions", corruptions=("fog", "blank")), owner="you")
    for experiment in (mine, yours, other):
        wait_until(lambda each=experiment: states(service, each) == ["finished"] * 2, timeout=120)
    assert mine.keys == yours.keys
    runs = service.store.runs.list(of_studies=True)
    assert len([run for run in runs if run.config().part in mine.keys]) == 2
    assert len(results(service.store, mine)) == len(results(service.store, other)) == 4
    before = written(service, mine)
    again = service.start(QUICK, owner="they")
    assert states(service, again) == ["finished"] * 2
    service.tend(again)
    assert written(service, again) == before


def test_paused_it_lets_go_of_the_worker_and_goes_on_with_the_same_run(service, wait_until):
    experiment = service.start(replace(QUICK, train=LONG))
    wait_until(lambda: progress(service.store, experiment)["run"].any(), timeout=60)
    run = progress(service.store, experiment)["run"][0]
    experiment = service.pause(experiment)
    wait_until(lambda: states(service, experiment) == ["paused"] * 2, timeout=60)
    wait_until(lambda: service.service.queue() == Queue(), timeout=60)
    service.tend(experiment)  # a look at a paused experiment must not wake it
    assert states(service, experiment) == ["paused"] * 2
    experiment = service.go_on(experiment)
    wait_until(lambda: "running" in states(service, experiment), timeout=60)
    assert progress(service.store, experiment)["run"][0] == run
    experiment = service.stop(experiment)
    wait_until(lambda: states(service, experiment) == ["stopped"] * 2, timeout=60)
    assert service.store.get(experiment.id).wish is Wish.STOP


def test_a_part_goes_on_as_long_as_somebody_wants_it(service, wait_until):
    config = replace(QUICK, digits=(5,), train=LONG)
    mine, yours = service.start(config, owner="me"), service.start(config, owner="you")
    wait_until(lambda: progress(service.store, mine)["run"].all(), timeout=60)
    (run,) = progress(service.store, mine)["run"]
    epoch = service.store.runs.get(run).progress().epoch
    mine = service.pause(mine)
    wait_until(lambda: service.store.runs.get(run).progress().epoch > epoch + 3, timeout=60)
    assert states(service, yours) == ["running"]
    service.stop(yours)
    wait_until(lambda: states(service, mine) == ["stopped"], timeout=60)


def test_with_its_nanny_killed_finished_parts_stay_and_the_rest_goes_on_by_itself(service, wait_until):
    config = replace(QUICK, digits=(2, 3, 4), train=replace(SHORT, epochs=30, batch_size=16))
    experiment = service.start(config)
    wait_until(lambda: states(service, experiment)[0] == "finished", timeout=120)
    (_, first), *_ = service.store.records(experiment)
    before = first.folder.fs.modified(f"{first.folder.path}/result.json")
    nanny(service.service).kill()
    wait_until(lambda: states(service, experiment) == ["finished"] * 3, timeout=120)
    assert first.folder.fs.modified(f"{first.folder.path}/result.json") == before
    of_it = [run for run in service.store.runs.list(of_studies=True) if run.config().part in experiment.keys]
    assert len(of_it) == 3


def test_what_failed_is_tried_again_when_a_person_goes_on_and_not_before(service, wait_until):
    config = replace(QUICK, kind="corruptions", reference="zoo:dense-2", corruptions=("fog",))
    experiment = service.store.create(config)
    ((part, record),) = service.store.records(experiment)
    record.ensure(part)
    record.set_state(State.FAILED, "The data were not there.")
    service.tend(experiment)
    assert service.state(record) is State.FAILED
    assert record.id not in service.service.queue().waiting
    service.go_on(experiment)
    wait_until(lambda: states(service, experiment) == ["finished"], timeout=60)


def test_a_waiting_part_is_in_the_queue_that_runs_wait_in(service, wait_until):
    experiment = service.start(replace(QUICK, digits=(6, 7), train=LONG))
    wait_until(lambda: states(service, experiment)[0] == "running", timeout=60)
    waiting = list(service.store.records(experiment))[1][1]
    wait_until(lambda: waiting.id in service.service.queue().waiting, timeout=30)
    assert service.state(waiting) is State.QUEUED
    run = service.service.start(NET, SHORT, dataset="embedded")
    wait_until(lambda: service.service.place(run) == 1, timeout=30)  # before the rest of the experiment
    service.stop(experiment)
    wait_until(lambda: run.state() is State.FINISHED, timeout=60)
    wait_until(lambda: states(service, experiment) == ["stopped"] * 2, timeout=60)


def test_a_part_deleted_in_mid_training_makes_way_for_the_next(service, wait_until):
    experiment = service.start(replace(QUICK, digits=(8, 9), train=LONG))
    (_, first), (_, second) = service.store.records(experiment)
    wait_until(lambda: first.run() is not None and first.run().has_checkpoint(), timeout=60)
    first.folder.delete()
    wait_until(lambda: second.state() is State.RUNNING, timeout=60)
    assert first.id not in service.store.folder.child("parts").names()
    service.stop(experiment)
    wait_until(lambda: service.service.queue() == Queue(), timeout=60)
