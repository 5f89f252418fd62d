"""Studies of every kind on real Dask workers: to the end, shared, steered, and with a scheduler killed."""

from dataclasses import replace

import pytest

from ae_core.jobs.job import Queue
from ae_core.jobs.states import Action, State
from ae_core.models.config import ModelConfig
from ae_core.runs.service import TrainingService
from ae_core.runs.store import RunStore
from ae_core.studies.experiment import ExperimentConfig
from ae_core.studies.service import StudyService
from ae_core.studies.sweep import SweepConfig
from ae_core.studies.sweep_results import known_before
from ae_core.training.config import TrainConfig
from tests.worker_processes import scheduler

pytestmark = pytest.mark.processes
NET = ModelConfig(latent_dim=4, hidden=(16,))
SHORT = TrainConfig(epochs=2, batch_size=256)
LONG = TrainConfig(epochs=1000, batch_size=16, schedule="constant", peak_learning_rate=1e-3)
SWEEP = SweepConfig((2, 4), ("dense",), (0,), NET, SHORT, "embedded")
ONE_CLASS = ExperimentConfig(dataset="embedded", scores=("mse",), digits=(0, 1), model=NET, train=SHORT)
FOG = replace(ONE_CLASS, kind="corruptions", corruptions=("fog", "blank"), images=50)


def of_two(kind, train=LONG, first=0):
    """A study of this kind with two parts that train; first: what tells it from those of other tests."""
    train = train.with_changes(seed=0)
    if kind == "sweep":
        return replace(SWEEP, train=train, seeds=(first,))
    return replace(ONE_CLASS, train=train, seeds=(first,))


# One service carries out studies of every kind: most of what it does is tried with one of them.
every_kind = pytest.mark.parametrize("kind", ["sweep", "one-class"])


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    training = TrainingService(RunStore(tmp_path_factory.mktemp("studies")))
    training.warm_up()
    yield StudyService(training)
    training.close()


@pytest.fixture(autouse=True)
def left_empty(service):
    """Each test leaves the queue to the next, whatever becomes of it."""
    yield
    for study in service.store.all():
        if any(record.state().is_active for record in records(service, study)):
            service.stop(study)


def records(service, study):
    return [record for _, record in service.store.records(study)]


def states(service, study) -> list[str]:
    return [str(record.state()) for record in records(service, study)]


def runs_of(service, study):
    return [record.run() for record in records(service, study)]


def written(service, study) -> list[float]:
    """When each result was written."""
    folders = [record.folder for record in records(service, study)]
    return [each.fs.modified(f"{each.path}/result.json") for each in folders]


# -- to the end, and nothing twice


@pytest.mark.parametrize("config", [SWEEP, ONE_CLASS, FOG], ids=["sweep", "one-class", "corruptions"])
def test_two_who_ask_for_the_same_at_once_have_it_done_once(service, wait_until, config):
    mine = service.start(config, owner="me")
    yours = service.start(config, owner="you")
    for study in (mine, yours):
        wait_until(lambda each=study: states(service, each) == ["finished"] * 2, timeout=90)
    assert mine.id != yours.id
    assert mine.keys == yours.keys
    before, runs = written(service, mine), service.store.runs.list(of_studies=True)
    assert len([run for run in runs if run.config().part in mine.keys]) == (0 if config is FOG else 2)
    again = service.start(config, owner="they")
    assert states(service, again) == ["finished"] * 2
    if config is SWEEP:
        assert [known_before(service.store, each) for each in (mine, again)] == [0, 2]
    service.reconcile(again)
    assert written(service, again) == before


def test_a_study_waits_for_a_run_of_the_same_training_and_shares_it(service, wait_until):
    config = replace(SWEEP, latent_dims=(9,), train=SHORT.with_changes(epochs=40))
    ((model, train),) = config.points()
    run = service.service.start(model, train, dataset="embedded", owner="a person")
    sweep = service.start(config)
    wait_until(lambda: states(service, sweep) == ["finished"], timeout=90)
    assert runs_of(service, sweep)[0].id == run.id
    assert run.state() is State.FINISHED
    same, is_new = service.service.once(model, train, dataset="embedded", owner="another")
    assert (same.id, is_new) == (run.id, False)


def test_a_study_has_a_run_of_its_own_where_another_s_is_paused(service, wait_until):
    config = replace(SWEEP, latent_dims=(10,), train=LONG)
    ((model, train),) = config.points()
    run = service.service.start(model, train, dataset="embedded", owner="a person")
    wait_until(lambda: run.state() is State.RUNNING, timeout=60)
    sweep = service.start(config)
    service.service.pause(run)
    wait_until(lambda: runs_of(service, sweep)[0] not in (None, run.id), timeout=60)
    wait_until(lambda: runs_of(service, sweep)[0].state() is State.RUNNING, timeout=60)
    assert runs_of(service, sweep)[0].id != run.id
    sweep = service.stop(sweep)
    wait_until(lambda: states(service, sweep) == ["stopped"], timeout=60)
    assert run.state() is State.PAUSED


def test_an_extension_trains_what_is_new_alone(service, wait_until):
    config = replace(SWEEP, seeds=(50,))
    sweep = service.start(config)
    wait_until(lambda: states(service, sweep) == ["finished"] * 2, timeout=60)
    before = [run.id for run in runs_of(service, sweep)]
    wider = service.extend(sweep, replace(config, latent_dims=(4, 6)))
    wait_until(lambda: states(service, wider) == ["finished"] * 3, timeout=60)
    assert [run.id for run in runs_of(service, wider)][:2] == before


# -- steered


@every_kind
def test_paused_it_lets_go_of_the_worker_and_goes_on_with_the_same_run(service, wait_until, kind):
    study = service.start(of_two(kind, first=1))
    wait_until(lambda: runs_of(service, study)[0] is not None, timeout=60)
    run = runs_of(service, study)[0]
    study = service.pause(study)
    wait_until(lambda: states(service, study) == ["paused"] * 2, timeout=60)
    wait_until(lambda: service.service.queue() == Queue(), timeout=60)
    service.reconcile(study)  # a look at a paused study must not wake it
    assert states(service, study) == ["paused"] * 2
    study = service.resume(study)
    wait_until(lambda: "running" in states(service, study), timeout=60)
    assert runs_of(service, study)[0].id == run.id


@pytest.mark.parametrize(
    ("kind", "before"), [("sweep", None), ("one-class", Action.PAUSE)], ids=["running", "paused"]
)
def test_stopped_it_keeps_what_was_learned_as_a_scored_model(service, wait_until, kind, before):
    study = service.start(of_two(kind, first=2 if before else 3))
    wait_until(lambda: (run := runs_of(service, study)[0]) and run.has_checkpoint(), timeout=60)
    if before:
        study = service.pause(study)
        wait_until(lambda: states(service, study) == ["paused"] * 2, timeout=60)
        assert not runs_of(service, study)[0].has_model()
    study = service.stop(study)
    wait_until(lambda: states(service, study) == ["stopped"] * 2, timeout=60)
    run, *_ = runs_of(service, study)
    assert run.has_model()
    assert run.test_error() > 0
    wait_until(lambda: service.service.queue() == Queue(), timeout=60)
    service.reconcile(study)
    assert states(service, study) == ["stopped"] * 2
    assert service.store.get(study.id, type(study)).requested is Action.STOP


def test_a_part_goes_on_as_long_as_somebody_wants_it(service, wait_until):
    config = of_two("one-class", first=4)
    mine, yours = service.start(config, owner="me"), service.start(config, owner="you")
    wait_until(lambda: runs_of(service, mine)[0] is not None, timeout=60)
    run = runs_of(service, mine)[0]
    mine = service.pause(mine)
    epoch = run.progress().epoch
    wait_until(lambda: run.progress().epoch > epoch + 3, timeout=60)
    assert states(service, yours)[0] == "running"
    service.stop(yours)
    wait_until(lambda: states(service, mine) == ["stopped"] * 2, timeout=60)


@every_kind
def test_what_failed_is_left_alone_until_a_person_resumes_and_then_begins_anew(service, wait_until, kind):
    study = service.store.create(of_two(kind, SHORT, first=5))
    first = records(service, study)[0]
    first.ensure(study.parts[0])
    first.set_state(State.FAILED, "The data were not there, says the test.")
    service.reconcile(study)
    wait_until(lambda: states(service, study) == ["failed", "finished"], timeout=60)
    assert first.run() is None
    study = service.resume(study)
    wait_until(lambda: states(service, study) == ["finished"] * 2, timeout=60)


def test_a_part_deleted_in_mid_training_makes_way_for_the_next(service, wait_until):
    study = service.start(of_two("one-class", first=6))
    first, second = records(service, study)
    wait_until(lambda: first.run() is not None and first.run().has_checkpoint(), timeout=60)
    first.folder.delete()
    wait_until(lambda: second.state() is State.RUNNING, timeout=60)
    assert first.id not in service.store.folder.child("parts").names()


# -- the queue


def test_a_single_run_is_not_kept_waiting_by_a_study(service, wait_until):
    study = service.start(of_two("sweep", first=7))
    wait_until(lambda: states(service, study)[0] == "running", timeout=60)
    waiting = records(service, study)[1]
    wait_until(lambda: waiting.id in service.service.queue().waiting, timeout=30)
    assert service.service.state(waiting) is State.QUEUED
    run = service.service.start(NET, SHORT.with_changes(seed=7), dataset="embedded")
    wait_until(lambda: service.service.place(run) == 1, timeout=30)  # behind what trains now, before the rest
    study = service.stop(study)
    wait_until(lambda: run.state() is State.FINISHED, timeout=60)
    wait_until(lambda: states(service, study) == ["stopped"] * 2, timeout=60)


def test_two_people_take_turns_and_come_to_the_same(service, wait_until):
    mine = service.start(replace(SWEEP, latent_dims=(11, 12, 13), seeds=(60,)), owner="me")
    yours = service.start(replace(SWEEP, latent_dims=(13, 14), seeds=(60,)), owner="you")
    wait_until(lambda: set(states(service, mine) + states(service, yours)) == {"finished"}, timeout=60)
    assert written(service, yours)[0] < written(service, mine)[-1] or len(mine.keys & yours.keys) == 1
    assert runs_of(service, yours)[0].id == runs_of(service, mine)[-1].id  # of the same part


def test_with_its_scheduler_killed_finished_parts_stay_and_the_rest_goes_on_by_itself(service, wait_until):
    """Nobody looks at it: no page reconciles it."""
    config = replace(SWEEP, latent_dims=(8, 9, 10), train=SHORT.with_changes(epochs=15, batch_size=64))
    sweep = service.start(config)
    wait_until(lambda: "finished" in states(service, sweep), timeout=60)
    done = [record for record in records(service, sweep) if record.state() is State.FINISHED]
    before = [each.folder.fs.modified(f"{each.folder.path}/result.json") for each in done]
    scheduler(service.service).kill()
    wait_until(lambda: states(service, sweep) == ["finished"] * 3, timeout=120)
    assert [each.folder.fs.modified(f"{each.folder.path}/result.json") for each in done] == before
    assert len({run.id for run in runs_of(service, sweep)}) == 3
