"""Runs on real Dask workers: the queue, what steers a run, and what is left when processes are killed."""

import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pytest
from safetensors.torch import load

from ae_core.errors import DataError, RecordDeletedError, RunError, WrongStateError
from ae_core.jobs import dask_cluster
from ae_core.jobs import service as job_service
from ae_core.jobs.job import Queue
from ae_core.jobs.parent_watch import SERVER_PID
from ae_core.jobs.queue import JobQueue, Pace
from ae_core.jobs.states import HEARTBEAT_SECONDS, Action, State
from ae_core.models.config import ModelConfig
from ae_core.models.inference import reconstruction_errors
from ae_core.runs import service as jobs
from ae_core.runs.execution import RUN, execute
from ae_core.runs.run import Run
from ae_core.runs.service import MAX_ACTIVE_RUNS, TrainingService
from ae_core.runs.store import RunStore
from ae_core.training.config import TrainConfig
from tests.worker_processes import is_gone, nanny, scheduler, worker
from tools.ports import free_port

pytestmark = pytest.mark.processes
PROJECT = Path(__file__).resolve().parent.parent.parent
NET = ModelConfig(latent_dim=4, hidden=(16,))
SHORT = TrainConfig(epochs=2, batch_size=128)
ENDLESS = TrainConfig(epochs=1000, batch_size=32, schedule="constant", peak_learning_rate=1e-3)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """One service with one worker for all tests here; each of them leaves the queue empty."""
    service = TrainingService(RunStore(tmp_path_factory.mktemp("jobs")))
    yield service
    service.close()


@pytest.fixture(scope="module")
def finished(service, wait_until) -> Run:
    """A run that must stay as it is, whatever happens to others."""
    run = service.start(NET, SHORT, dataset="embedded")
    wait_until(lambda: run.state() is State.FINISHED)
    return run


@pytest.fixture
def start(service, wait_until):
    """Starts runs, and stops at the end those that are still active."""
    made = []

    def start(recipe: TrainConfig = ENDLESS, **options) -> Run:
        made.append(service.start(NET, recipe, **{"dataset": "embedded"} | options))
        return made[-1]

    yield start
    for run in made:
        if service.state(run).is_active:
            # A deleted one counts as active until its worker has passed it over.
            with suppress(RecordDeletedError):
                service.stop(run)
    wait_until(lambda: is_idle(service))


def is_idle(service: TrainingService) -> bool:
    queue = service.queue()
    return queue is not None and not queue.running + queue.waiting


def trains(run: Run, epoch: int = 1) -> bool:
    """Whether a worker has the run and has finished `epoch` epochs."""
    return run.state() is State.RUNNING and run.progress().epoch >= epoch


def files(run: Run) -> dict[str, bytes]:
    return {name: run.folder.read(name) for name in run.folder.names()}


def epochs_saved(run: Run) -> int:
    """The whole epochs in the checkpoint that a lost run goes back to."""
    return int(load(run.folder.read("checkpoint.safetensors"))["place"][0])


# -- to the end


def test_a_run_is_carried_out_to_its_end(finished, service, embedded, wait_until):
    assert service.state(finished) is State.FINISHED
    assert finished.message() == ""
    assert finished.metrics()["number"].tolist() == [1, 2]
    errors = reconstruction_errors(finished.model(), embedded.test.images)
    assert np.allclose(finished.scores()["error"], errors, rtol=1e-5)
    assert finished.config().fingerprint == embedded.fingerprint
    wait_until(lambda: service.place(finished) is None)  # what the scheduler said may be older


def test_a_batch_larger_than_the_data_set_becomes_all_of_it(start, wait_until):
    run = start(SHORT.with_changes(batch_size=60_000))
    assert run.config().train.batch_size == 3_200
    wait_until(lambda: run.state() is State.FINISHED)


# -- the queue


def test_a_run_of_one_digit_has_no_larger_batch_than_there_are_images_of_it(start, wait_until):
    run = start(TrainConfig(epochs=1, batch_size=50_000), classes=(4,))
    wait_until(lambda: run.state() is State.FINISHED)
    assert run.config().classes == (4,)
    assert run.config().train.batch_size == 320


def test_two_wait_in_their_order_while_one_trains(start, service, wait_until):
    first, second, third = start(), start(SHORT), start(SHORT)
    wait_until(lambda: trains(first) and service.place(first) is None and service.place(third) == 2)
    assert service.place(second) == 1
    assert service.queue() == Queue((first.id,), (second.id, third.id))
    assert [service.state(run) for run in (first, second, third)] == [
        State.RUNNING,
        State.QUEUED,
        State.QUEUED,
    ]

    service.stop(first)
    wait_until(lambda: third.state() is State.FINISHED)
    assert second.state() is State.FINISHED
    assert second.status_time() < third.status_time()


def test_stopped_while_it_waits_a_run_is_over_at_once_and_never_trained(start, service, wait_until):
    first, second, third = start(), start(), start(SHORT)
    wait_until(lambda: trains(first) and service.place(first) is None and service.place(third) == 2)
    service.stop(second)
    assert service.state(second) is State.STOPPED
    service.stop(first)
    wait_until(lambda: third.state() is State.FINISHED)
    assert second.state() is State.STOPPED
    assert not second.has_model()
    assert second.metrics().empty


def test_stopped_while_it_waits_and_started_again_it_keeps_its_place(start, service, wait_until):
    first, second, third = start(), start(SHORT), start(SHORT)
    wait_until(lambda: trains(first) and service.place(first) is None and service.place(third) == 2)
    service.stop(second)
    service.resume(second)
    assert service.place(second) == 1
    assert service.queue().waiting == (second.id, third.id)
    service.stop(first)
    wait_until(lambda: third.state() is State.FINISHED and second.state() is State.FINISHED)


def test_a_run_that_a_worker_has_is_not_queued_again(start, service, wait_until):
    """Two tabs may both have found it interrupted."""
    run = start()
    wait_until(lambda: trains(run) and run.id in service.queue().running)
    service.submit(RUN, run)
    assert run.state() is State.RUNNING
    assert run.id not in service.queue().waiting
    service.stop(run)
    wait_until(lambda: run.state() is State.STOPPED)


def test_a_run_deleted_while_it_waits_is_passed_over(start, service, wait_until):
    first, second, third = start(), start(), start(SHORT)
    wait_until(lambda: trains(first))
    service.store.delete(second.id)
    service.stop(first)
    wait_until(lambda: third.state() is State.FINISHED)
    with pytest.raises(RunError):
        service.store.get(second.id)
    second.folder.remove("")


# -- steering a run


def test_pause_step_resume_another_learning_rate_and_stop(start, service, wait_until):
    run = start()
    wait_until(lambda: trains(run))
    service.pause(run)
    wait_until(lambda: service.state(run) is State.PAUSED)
    paused_at = run.progress().epoch
    assert len(run.metrics()) == paused_at

    service.step(run)
    wait_until(lambda: service.state(run) is State.PAUSED)
    assert run.progress().epoch == paused_at + 1

    service.resume(run)
    wait_until(lambda: trains(run, paused_at + 2))
    run.request(peak_learning_rate=1e-4)
    wait_until(lambda: run.metrics()["learning_rate"].iloc[-1] == 1e-4)

    service.stop(run)
    wait_until(lambda: service.state(run) is State.STOPPED)
    metrics = run.metrics()
    assert metrics["number"].tolist() == list(range(1, len(metrics) + 1))
    assert metrics["learning_rate"].iloc[0] == 1e-3
    assert run.has_model()
    assert len(run.scores()) == 1000


def test_a_step_asked_for_while_it_trains_ends_in_a_pause(start, service, wait_until):
    run = start()
    wait_until(lambda: trains(run))
    service.step(run)
    wait_until(lambda: service.state(run) is State.PAUSED)
    assert run.progress().step == 0


def test_a_paused_run_that_is_stopped_gets_its_model(start, service, wait_until):
    run = start()
    wait_until(lambda: trains(run))
    service.pause(run)
    wait_until(lambda: service.state(run) is State.PAUSED)
    assert not run.has_model()
    service.stop(run)
    wait_until(lambda: service.state(run) is State.STOPPED)
    assert run.has_model()


def test_what_a_run_cannot_do_in_its_state_is_refused(finished, start, service, wait_until):
    before = files(finished)
    for ask in (service.pause, service.stop, service.resume, service.step):
        with pytest.raises(WrongStateError, match="A run that is finished cannot be"):
            ask(finished)
    assert files(finished) == before

    run, waiting = start(), start()
    wait_until(lambda: trains(run))
    with pytest.raises(WrongStateError, match="running cannot be continued"):
        service.resume(run)
    with pytest.raises(WrongStateError, match="queued cannot be paused"):
        service.pause(waiting)
    with pytest.raises(WrongStateError, match="stop it before deleting"):
        service.store.delete(run.id)


def test_an_unknown_data_set_makes_no_run(service):
    before = len(service.store.list())
    with pytest.raises(DataError, match="no data set 'fashion'"):
        service.start(NET, SHORT, dataset="fashion")
    assert len(service.store.list()) == before


# -- the cap


class Unconnected(JobQueue):
    """No cluster takes anything out of it."""

    def start(self):
        """There is nothing to start."""


@pytest.fixture
def unconnected(store):
    """A service whose runs stay in the queue."""
    return TrainingService(store, Unconnected())


def test_an_owner_has_a_cap_and_others_have_theirs(unconnected):
    def start(owner):
        return unconnected.start(NET, SHORT, dataset="embedded", owner=owner)

    runs = [start("ann") for _ in range(MAX_ACTIVE_RUNS)]
    with pytest.raises(RunError, match=f"You have {MAX_ACTIVE_RUNS} runs waiting or running"):
        start("ann")
    start("ben")
    assert len(unconnected.store.list()) == MAX_ACTIVE_RUNS + 1

    unconnected.stop(runs[0])
    start("ann")
    for run, state in zip(runs[1:], (State.FINISHED, State.PAUSED), strict=True):
        run.set_state(state)
        start("ann")
    with pytest.raises(RunError, match="stop one"):
        start("ann")


def test_nobody_in_particular_has_no_cap(unconnected):
    for _ in range(MAX_ACTIVE_RUNS + 2):
        unconnected.start(NET, SHORT, dataset="embedded")


def test_sessions_of_one_owner_cannot_pass_the_cap_together(unconnected):
    refused = []

    def start():
        try:
            unconnected.start(NET, SHORT, dataset="embedded", owner="ann")
        except RunError as error:
            refused.append(error)

    threads = [threading.Thread(target=start) for _ in range(MAX_ACTIVE_RUNS + 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(unconnected.store.list()) == MAX_ACTIVE_RUNS
    assert len(refused) == 5


# -- the cluster


def test_a_cluster_that_starts_late_or_not_at_first_keeps_nobody_waiting(store, monkeypatch, wait_until):
    """A press is answered at once, it is said what is the matter, and the run is carried out in the end."""
    may_start, real = threading.Event(), dask_cluster.start_cluster
    starts = []

    def start_late():
        starts.append(may_start.wait(60))
        if len(starts) == 1:
            raise OSError("no free port")
        return real()

    monkeypatch.setattr(dask_cluster, "start_cluster", start_late)
    service = TrainingService(store, JobQueue(Pace(retry=0.1)))
    run = service.start(NET, SHORT, dataset="embedded")
    assert starts == []
    assert (service.state(run), service.place(run), service.queue()) == (State.QUEUED, None, None)
    assert service.trouble == ""
    seen = []
    may_start.set()
    wait_until(lambda: seen.append(service.trouble) or run.state() is State.FINISHED)
    service.close()
    assert any("The training worker cannot be started (no free port)" in each for each in seen)
    assert service.trouble == ""


def test_a_cluster_of_somebody_else_is_waited_for_and_what_it_lacks_is_told(store, monkeypatch, wait_until):
    port = free_port(8786)
    address = f"tcp://127.0.0.1:{port}"
    monkeypatch.setenv("AE_SCHEDULER", address)
    service = TrainingService(store, JobQueue(Pace(retry=0.1, silence=1.0)))
    run = service.start(NET, TrainConfig(epochs=3, batch_size=4), dataset="embedded")
    assert service.state(run) is State.QUEUED
    wait_until(lambda: f"The scheduler at {address} does not answer" in service.trouble)
    assert "AE_SCHEDULER" in service.trouble

    theirs = dask_cluster.start_cluster(port)
    theirs.scale(0)
    wait_until(lambda: f"The cluster at {address} has no worker" in service.trouble)
    theirs.scale(1)
    wait_until(lambda: service.trouble == "" and run.has_checkpoint() and epochs_saved(run) >= 1)
    reached = epochs_saved(run)

    psutil.Process(theirs.scheduler.process.pid).kill()
    wait_until(lambda: "does not answer" in service.trouble)
    monkeypatch.setattr("ae_core.jobs.record.HEARTBEAT_SECONDS", 1)  # instead of waiting for it
    dask_cluster.end_parts(theirs)
    theirs = dask_cluster.start_cluster(port)
    wait_until(lambda: run.state() is State.FINISHED)
    assert reached >= 1
    assert run.metrics()["number"].tolist() == [1, 2, 3]
    service.close()
    dask_cluster.end_parts(theirs)


def test_the_cluster_listens_on_this_machine_alone(service, finished):  # noqa: ARG001
    client = service.jobs.cluster.client
    addresses = [client.scheduler.address, *client.scheduler_info()["workers"]]
    assert len(addresses) == 2
    assert all(address.startswith("tcp://127.0.0.1:") for address in addresses)


def test_closing_what_was_never_started_does_nothing(store):
    TrainingService(store).close()


def test_the_process_has_one_service(monkeypatch):
    monkeypatch.setattr(jobs, "_service", None)
    found = []
    threads = [threading.Thread(target=lambda: found.append(jobs.shared_service())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(service) for service in found}) == 1


# -- killed processes


@pytest.mark.parametrize("lost", [nanny, scheduler])
def test_whatever_is_killed_of_the_cluster_is_started_again_and_runs_go_on(
    finished, start, service, wait_until, lost
):
    before = files(finished)
    run, waiting = start(TrainConfig(epochs=4, batch_size=4)), start(SHORT)
    wait_until(lambda: run.has_checkpoint() and epochs_saved(run) >= 1)
    old = [scheduler(service), nanny(service), worker(service)]
    reached = epochs_saved(run)
    lost(service).kill()
    wait_until(lambda: service.trouble)
    assert "The training worker was lost; a new one is being started" in service.trouble
    wait_until(lambda: run.state() is State.QUEUED)  # on file too, not only in words
    assert service.state(run) is State.QUEUED
    assert run.id in service.queue().waiting

    seen = []
    wait_until(lambda: seen.append(run.progress().epoch) or run.state() is State.FINISHED)
    assert min(seen) >= reached
    assert service.trouble == ""
    assert run.metrics()["number"].tolist() == [1, 2, 3, 4]
    wait_until(lambda: waiting.state() is State.FINISHED)
    assert files(finished) == before
    assert all(is_gone(each) for each in old[1:])


def test_a_run_whose_worker_was_lost_can_be_paused_and_stopped_meanwhile(start, service, wait_until):
    run, other = start(), start()
    wait_until(lambda: trains(run) and run.has_checkpoint())
    scheduler(service).kill()
    wait_until(lambda: service.state(run) is State.QUEUED)
    service.pause(run)
    assert service.state(run) is State.PAUSED
    wait_until(lambda: trains(other, epoch=0))
    assert run.state() is State.PAUSED
    nanny(service).kill()
    service.stop(other)
    wait_until(lambda: other.state() is State.STOPPED)


@pytest.mark.parametrize("how", ["marker first", "at once"])
def test_a_run_that_is_deleted_in_mid_training_ends_and_the_next_begins(start, service, wait_until, how):
    run, waiting = start(), start(SHORT)
    wait_until(lambda: trains(run) and run.has_checkpoint())
    if how == "at once":
        shutil.rmtree(run.folder.path, ignore_errors=True)  # as a person does it, who knows of no marker
        shutil.rmtree(run.folder.path, ignore_errors=True)
    else:
        run.folder.delete()
    wait_until(lambda: waiting.state() is State.FINISHED)
    assert not Path(run.folder.path).exists()
    assert run.id not in service.store.folder.names()
    wait_until(lambda: not service.jobs.has(run.id))


SERVER = """
import sys, time
from ae_core import ModelConfig, RunStore, TrainConfig, TrainingService

if __name__ == "__main__":
    service = TrainingService(RunStore(sys.argv[1]))
    recipe = TrainConfig(epochs=3, batch_size=4)
    print(service.start(ModelConfig(latent_dim=4, hidden=(16,)), recipe, dataset="embedded").id, flush=True)
    print(service.start(ModelConfig(latent_dim=4, hidden=(16,)), recipe, dataset="embedded").id, flush=True)
    time.sleep(600)
"""


def test_a_killed_server_leaves_no_orphans_and_its_runs_are_found_and_go_on(
    finished, service, wait_until, monkeypatch
):
    before = files(finished)
    command = [sys.executable, "-c", SERVER, service.store.folder.path]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as server:
        run, waiting = (service.store.get(server.stdout.readline().strip()) for _ in range(2))
        wait_until(lambda: trains(run, epoch=0) and run.has_checkpoint())
        family = psutil.Process(server.pid).children(recursive=True)
        assert len(family) >= 3  # scheduler, nanny, worker
        server.kill()
    wait_until(lambda: all(is_gone(each) for each in family))
    assert run.has_checkpoint()
    reached = epochs_saved(run)

    assert run.state(now=run.progress().updated + HEARTBEAT_SECONDS + 1) is State.INTERRUPTED
    monkeypatch.setattr(service, "clock", lambda: time.time() + HEARTBEAT_SECONDS + 1)  # not waited for
    assert service.state(run) is State.INTERRUPTED
    assert service.state(waiting) is State.INTERRUPTED
    unknowing = TrainingService(service.store, clock=service.clock)
    assert unknowing.state(run) is State.RUNNING  # nothing is called lost before the queue is known

    service.resume(run)
    service.stop(waiting)
    assert waiting.state() is State.STOPPED
    seen = []
    wait_until(lambda: seen.append(run.progress().epoch) or run.state() is State.FINISHED)
    assert min(seen) >= reached
    assert run.metrics()["number"].tolist() == [1, 2, 3]
    assert files(finished) == before


def test_two_servers_on_one_store_agree_and_train_a_run_once(start, service, wait_until, monkeypatch):
    monkeypatch.setattr(service.jobs, "pace", Pace(renew=0.2))
    monkeypatch.setattr(job_service, "HEARTBEAT_SECONDS", 1)
    run, waiting = start(), start(SHORT)
    wait_until(lambda: trains(run) and service.place(waiting) == 1)
    other = TrainingService(service.store)
    try:
        other.warm_up()
        wait_until(lambda: other.queue() is not None)
        submitted = waiting.status_time()
        wait_until(lambda: waiting.status_time() > submitted + 2)  # twice as long as it may be silent
        assert [other.state(each) for each in (run, waiting)] == [State.RUNNING, State.QUEUED]
        for each in (run, waiting):
            with pytest.raises(WrongStateError, match="cannot be continued"):
                other.resume(each)

        service.pause(run)
        wait_until(lambda: waiting.state() is State.FINISHED)
        paused_at = run.progress().epoch
        run.request(Action.RUN)
        for each in (service, other):  # two pages that both saw it paused
            each.submit(RUN, run)
        wait_until(lambda: trains(run, paused_at + 1))
        holder, seen = run.status().by, []
        wait_until(lambda: seen.append(run.progress().epoch) or seen[-1] > paused_at + 5)
        assert seen == sorted(seen)
        assert run.status().by == holder
        assert run.metrics()["number"].is_unique
        service.stop(run)
        wait_until(lambda: run.state() is State.STOPPED)
    finally:
        other.close()


def test_a_server_killed_while_its_cluster_starts_is_missed_by_none_of_its_processes():
    """By the time such a process looks, its parent is another one."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    code = "import time; from ae_core.jobs.parent_watch import dask_setup; dask_setup(None); time.sleep(600)"
    environment = os.environ | {SERVER_PID: str(gone.pid)}
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, env=environment, timeout=60, capture_output=True
    )
    assert ended.returncode == 1
    assert ended.stderr == b""  # by itself, not by a fault


def test_a_closed_service_ends_its_processes_and_its_runs_are_found_interrupted(
    tmp_path, finished, service, wait_until
):
    before = files(finished)
    own = TrainingService(RunStore(tmp_path))
    others = set(psutil.Process().children(recursive=True))
    run = own.start(NET, ENDLESS, dataset="embedded")
    wait_until(lambda: trains(run, epoch=0) and run.has_checkpoint())
    family = set(psutil.Process().children(recursive=True)) - others
    assert len(family) >= 3
    own.close()
    wait_until(lambda: all(is_gone(each) for each in family))
    assert run.state(now=run.progress().updated + HEARTBEAT_SECONDS + 1) is State.INTERRUPTED

    run.request(Action.STOP)  # as `stop` of the next service would, on a worker of its own
    assert execute(run, by=own.name) is State.STOPPED
    assert run.has_model()
    assert is_idle(service)
    assert files(finished) == before
