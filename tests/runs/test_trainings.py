"""A training is done once: what counts as the same, and which run is given for it."""

import threading

import pytest

from ae_core.data.sources import load_digits
from ae_core.jobs.states import Action, State
from ae_core.models.config import ModelConfig
from ae_core.runs.execution import execute
from ae_core.runs.run import Run
from ae_core.runs.store import RunStore
from ae_core.runs.trainings import Trainings, key_of
from ae_core.training.config import TrainConfig

NET = ModelConfig(latent_dim=2, hidden=(4,))
RECIPE = TrainConfig(epochs=1, batch_size=512, precision="fp32")


@pytest.fixture
def trainings(store) -> Trainings:
    return Trainings(store)


@pytest.fixture
def once(trainings):
    def once(**more) -> tuple[Run, bool]:
        fingerprint = load_digits("embedded").fingerprint
        return trainings.once(NET, RECIPE, dataset="embedded", fingerprint=fingerprint, **more)

    return once


def test_a_key_names_all_that_decides_what_comes_of_a_training():
    keys = {
        key_of(NET, RECIPE, (), "f"),
        key_of(NET.with_changes(latent_dim=3), RECIPE, (), "f"),
        key_of(NET, RECIPE.with_changes(seed=1), (), "f"),
        key_of(NET, RECIPE, (3,), "f"),
        key_of(NET, RECIPE, (), "g"),
    }
    assert len(keys) == 5
    assert key_of(NET, RECIPE, (3, 1), "f") == key_of(NET, RECIPE, (1, 3), "f")


def test_whoever_asks_next_is_given_the_run_that_waits_and_the_one_that_is_finished(once):
    run, is_new = once(owner="me")
    assert is_new
    assert once(owner="you")[0].id == run.id
    execute(run, device="cpu")
    same, is_new = once()
    assert (same.id, is_new) == (run.id, False)


def test_who_wants_it_again_has_a_run_of_their_own_and_the_first_stays_the_one_to_share(once):
    first, _ = once()
    execute(first, device="cpu")
    again, is_new = once(again=True)
    assert (again.id != first.id, is_new) == (True, True)
    assert once()[0].id == first.id


@pytest.mark.parametrize("state", [State.PAUSED, State.STOPPED, State.FAILED])
def test_what_nobody_has_in_hand_is_not_waited_for(once, state):
    run, _ = once()
    run.set_state(state)
    assert once()[0].id != run.id


def test_what_waits_in_nobody_s_hands_is_not_waited_for(once, monkeypatch):
    run, _ = once()
    monkeypatch.setattr("ae_core.jobs.record.HEARTBEAT_SECONDS", -1)
    assert once()[0].id != run.id


def test_a_run_whose_learning_rate_was_changed_under_way_is_another_training(once):
    run, _ = once()
    run.request(Action.RUN, 1e-4)
    execute(run, device="cpu")
    assert once()[0].id != run.id


def test_a_deleted_run_makes_way(once, store):
    run, _ = once()
    store.delete(run.id)
    assert once()[1]


def test_two_who_ask_at_the_same_moment_are_given_one_run(store, few):
    found, ready = [], threading.Barrier(4)

    def ask():
        trainings = Trainings(RunStore(store.folder.url))
        ready.wait()
        found.append(trainings.once(NET, RECIPE, dataset="embedded", fingerprint=few.fingerprint)[0].id)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert [run.id for run in store.list()] == found[:1]
