"""Sweeps on real Dask workers: to the end, paused, stopped, extended, and with a worker killed in between."""

from dataclasses import replace

import pytest

from ae_core.jobs.states import Action, State
from ae_core.models.config import ModelConfig
from ae_core.runs.run import Run
from ae_core.runs.service import TrainingService
from ae_core.runs.store import RunStore
from ae_core.studies.sweep import SweepConfig, Wish
from ae_core.studies.sweep_service import SweepService
from ae_core.training.config import TrainConfig
from tests.worker_processes import scheduler

pytestmark = pytest.mark.processes
QUICK = SweepConfig((2, 4), ("dense",), (0,), ModelConfig(hidden=(8,)), TrainConfig(epochs=1, batch_size=512))
LONG = replace(QUICK, train=TrainConfig(epochs=1000, batch_size=64, schedule="constant"))


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    training = TrainingService(RunStore(tmp_path_factory.mktemp("sweeps")))
    training.warm_up()
    yield SweepService(training)
    training.close()


def runs_of(service, sweep) -> list[Run]:
    return [service.store.run_of(sweep, point) for point in sweep.config.points()]


def states(service, sweep) -> list[str]:
    return list(service.store.table(sweep)["state"])


def test_every_point_is_trained_and_a_second_sweep_of_the_same_trains_none(service, wait_until):
    sweep = service.start(QUICK, "embedded", owner="me")
    wait_until(lambda: states(service, sweep) == ["finished"] * 2, timeout=60)
    again = service.start(QUICK, "embedded", owner="you")
    assert again.runs == sweep.runs
    assert states(service, again) == ["finished"] * 2


def test_an_extension_trains_what_is_new_alone(service, wait_until):
    sweep = service.start(QUICK, "embedded")
    wider = service.extend(sweep, replace(QUICK, latent_dims=(4, 6)))
    wait_until(lambda: states(service, wider) == ["finished"] * 3, timeout=60)
    assert wider.runs.items() >= sweep.runs.items()


def test_paused_it_lets_go_of_the_worker_and_goes_on_where_it_was(service, wait_until):
    sweep = service.start(LONG, "embedded")
    wait_until(lambda: "running" in states(service, sweep), timeout=60)
    sweep = service.pause(sweep)
    wait_until(lambda: states(service, sweep) == ["paused"] * 2, timeout=60)
    service.tend(sweep)  # a look at a paused sweep must not wake it
    assert {run.control().action for run in runs_of(service, sweep)} == {Action.PAUSE}
    sweep = service.go_on(sweep)
    wait_until(lambda: "running" in states(service, sweep), timeout=60)
    sweep = service.stop(sweep)
    wait_until(lambda: states(service, sweep) == ["stopped"] * 2, timeout=60)
    assert service.store.get(sweep.id).wish is Wish.STOP


def test_what_failed_is_left_alone_until_a_person_goes_on_and_then_begins_anew(service, wait_until):
    config = replace(QUICK, latent_dims=(17, 18))
    sweep, (failed, _) = service.store.ensure_runs(service.store.create(config, "embedded"))
    failed.folder.write("checkpoint.safetensors", b"damaged")
    failed.set_state(State.FAILED, "The checkpoint is damaged, says the test.")
    service.tend(sweep)
    wait_until(lambda: states(service, sweep) == ["failed", "finished"], timeout=60)
    assert [run.id for run in service.failed(sweep)] == [failed.id]
    sweep = service.go_on(sweep)
    wait_until(lambda: states(service, sweep) == ["finished"] * 2, timeout=60)
    assert service.failed(sweep) == []
    assert not failed.exists()


def test_a_single_run_is_not_kept_waiting_by_a_sweep(service, wait_until):
    sweep = service.start(replace(LONG, latent_dims=(3, 5, 7)), "embedded")
    wait_until(lambda: "running" in states(service, sweep), timeout=60)
    run = service.service.start(QUICK.model, QUICK.train, dataset="embedded")
    wait_until(lambda: service.service.place(run) == 1, timeout=30)  # behind what trains now, before the rest
    sweep = service.stop(sweep)
    wait_until(lambda: run.state() is State.FINISHED, timeout=60)
    wait_until(lambda: set(states(service, sweep)) == {"stopped"}, timeout=60)


def test_two_people_sweep_at_once_and_take_turns(service, wait_until):
    recipe = TrainConfig(epochs=2, batch_size=512)
    mine = service.start(replace(QUICK, latent_dims=(11, 12, 13), train=recipe), "embedded", owner="me")
    yours = service.start(replace(QUICK, latent_dims=(13, 14), train=recipe), "embedded", owner="you")
    wait_until(lambda: set(states(service, mine) + states(service, yours)) == {"finished"}, timeout=60)
    ended = {sweep.id: [run.status_time() for run in runs_of(service, sweep)] for sweep in (mine, yours)}
    assert ended[yours.id][0] < ended[mine.id][-1]
    (both, _), (*_, alone) = (list(service.store.table(sweep)["test_error"]) for sweep in (yours, mine))
    assert both == alone  # the same recipe, whoever trains it


def test_who_pauses_a_sweep_neither_holds_up_another_nor_waits_for_it(service, wait_until):
    mine = service.start(replace(LONG, latent_dims=(15, 16)), "embedded", owner="me")
    wait_until(lambda: "running" in states(service, mine))
    yours = service.start(replace(LONG, latent_dims=(15,)), "embedded", owner="you")
    mine = service.pause(mine)
    assert "queued" not in states(service, mine)
    wait_until(lambda: states(service, mine) == ["paused"] * 2, timeout=60)
    wait_until(lambda: states(service, yours) == ["running"], timeout=60)
    service.stop(mine)
    yours = service.stop(yours)
    wait_until(lambda: states(service, yours) == ["stopped"], timeout=60)


def test_with_its_scheduler_killed_finished_points_stay_and_the_rest_goes_on_by_itself(service, wait_until):
    """Nobody looks at it: no page tends it."""
    config = replace(QUICK, latent_dims=(8, 9, 10), train=TrainConfig(epochs=40, batch_size=64))
    sweep = service.start(config, "embedded")
    wait_until(lambda: "finished" in states(service, sweep), timeout=60)
    first = service.store.table(sweep).set_index("state").loc[["finished"], "run"].iloc[0]
    written = service.store.runs.get(first).status_time()
    scheduler(service.service).kill()
    wait_until(lambda: states(service, sweep) == ["finished"] * 3, timeout=120)
    assert service.store.runs.get(first).status_time() == written


def test_a_point_deleted_in_mid_training_makes_way_for_the_next_and_is_trained_anew(service, wait_until):
    sweep = service.start(replace(LONG, latent_dims=(19, 20)), "embedded")
    first, second = runs_of(service, sweep)
    wait_until(lambda: first.state() is State.RUNNING and first.has_checkpoint(), timeout=60)
    first.folder.delete()
    wait_until(lambda: second.state() is State.RUNNING, timeout=60)
    assert first.id not in service.store.runs.folder.names()
    service.tend(service.store.get(sweep.id))
    again, same = runs_of(service, service.store.get(sweep.id))
    assert (again.id != first.id, same.id) == (True, second.id)
    sweep = service.stop(service.store.get(sweep.id))
    wait_until(lambda: states(service, sweep) == ["stopped"] * 2, timeout=60)
