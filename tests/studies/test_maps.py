"""A map's folder: what is asked, how it ends, and what becomes of cancelled, failed and damaged ones."""

import errno

import numpy as np
import pytest

from ae_core.jobs.states import Action, State
from ae_core.jobs.worker import DISK_FULL
from ae_core.latent.tsne import EVERY, ProjectionConfig, fit
from ae_core.studies import maps
from ae_core.studies.maps import ProjectionStore, carry_out

QUICK = ProjectionConfig(perplexity=5, iterations=25)
CODES = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)


@pytest.fixture
def projection(store):
    return ProjectionStore(store).get("0123456789abcdef")


@pytest.fixture
def at_each_step(monkeypatch):
    """`at_each_step(act)`: `act()` is called whenever the fit has made a step."""

    def install(act):
        def watched(*arguments):
            for step in fit(*arguments):
                act()
                yield step

        monkeypatch.setattr(maps, "fit", watched)

    return install


def test_what_nobody_asked_for_is_not_there(projection, store):
    assert projection.places() is None
    assert projection.asked_by() is None
    carry_out(projection, "me")
    assert projection.places() is None
    assert store.list() == []


def test_a_map_is_fitted_as_asked_and_only_it_remains(projection):
    projection.ask(CODES, QUICK)
    assert projection.status().state is State.QUEUED
    carry_out(projection, "me")
    *_, step = fit(CODES, QUICK)
    np.testing.assert_array_equal(projection.places(), step.places)
    assert projection.folder.names() == ["map.npz"]


def test_whoever_looks_sees_how_far_it_is(projection, at_each_step):
    seen = []
    at_each_step(lambda: seen.append((projection.status().state, projection.progress())))
    projection.ask(CODES, QUICK)
    carry_out(projection, "me")
    assert {state for state, _ in seen} == {State.RUNNING}
    iterations = [progress.iteration for _, progress in seen]
    assert iterations == sorted(iterations)
    assert iterations[0] == 0
    assert {progress.iterations for _, progress in seen[1:]} == {QUICK.all_iterations}


def test_a_map_cancelled_while_it_waits_is_not_begun(projection, at_each_step):
    at_each_step(lambda: pytest.fail("It was begun."))
    projection.ask(CODES, QUICK)
    projection.delete()
    carry_out(projection, "me")
    assert projection.folder.names() == []


def test_a_map_cancelled_on_the_way_ends_without_a_trace_of_it(projection, at_each_step):
    steps = []
    at_each_step(lambda: (steps.append(1), projection.delete()))
    projection.ask(CODES, QUICK)
    carry_out(projection, "me")
    assert len(steps) == 1
    assert projection.places() is None
    assert projection.asked_by() is None


@pytest.mark.parametrize("action", [Action.PAUSE, Action.STOP])
def test_a_map_that_is_held_and_goes_on_is_the_map_of_an_undisturbed_fit(projection, at_each_step, action):
    steps = []

    def hold_at_each():
        steps.append(1)
        projection.request(action)

    at_each_step(hold_at_each)
    projection.ask(CODES, QUICK)
    while projection.places() is None:
        carry_out(projection, "me")
        if projection.places() is None:
            assert projection.state() is action.rest
            projection.request(Action.RUN)
    *_, undisturbed = fit(CODES, QUICK)
    np.testing.assert_array_equal(projection.places(), undisturbed.places)
    assert len(steps) == QUICK.all_iterations / EVERY
    assert projection.folder.names() == ["map.npz"]


def test_after_a_lost_worker_it_goes_on_from_the_checkpoint(projection, at_each_step, monkeypatch):
    monkeypatch.setattr(maps, "CHECKPOINT_SECONDS", 0)
    steps = []

    def lose_it():
        steps.append(1)
        if len(steps) == 5:
            raise SystemExit  # no word of it, as of a worker that is killed

    at_each_step(lose_it)
    projection.ask(CODES, QUICK)
    with pytest.raises(SystemExit):
        carry_out(projection, "me")
    assert projection.progress().iteration == 4 * EVERY
    carry_out(projection, "me")
    assert len(steps) == 1 + QUICK.all_iterations / EVERY
    *_, undisturbed = fit(CODES, QUICK)
    np.testing.assert_array_equal(projection.places(), undisturbed.places)


def test_a_damaged_checkpoint_is_as_good_as_none(projection):
    projection.ask(CODES, QUICK)
    for damage in (b"cut off", b""):
        projection.folder.write("checkpoint.npz", damage)
        assert projection.checkpoint(len(CODES)) is None
    projection.folder.write_arrays(
        "checkpoint.npz", iteration=np.array(25), embedding=np.zeros((9, 2)), gains=CODES, update=CODES
    )
    carry_out(projection, "me")
    assert len(projection.places()) == len(CODES)


def test_a_worker_whose_request_was_replaced_leaves_it_to_the_next(projection, at_each_step):
    steps = []

    def ask_again():
        steps.append(1)
        if len(steps) == 1:
            projection.ask(CODES, QUICK)

    at_each_step(ask_again)
    projection.ask(CODES, QUICK)
    carry_out(projection, "me")
    assert len(steps) == 1
    assert projection.asked_by() is not None
    carry_out(projection, "me")
    assert projection.places() is not None


def test_codes_without_a_map_fail_with_the_reason(projection):
    projection.ask(CODES[:8], QUICK)
    carry_out(projection, "me")
    status = projection.status()
    assert status.state is State.FAILED
    assert "needs at least 16 codes, got 8" in status.message


@pytest.mark.parametrize(
    ("error", "state", "message"),
    [
        (OSError(errno.ENOSPC, "No space"), State.PAUSED, DISK_FULL),
        (
            OSError(errno.EACCES, "Not allowed"),
            State.FAILED,
            "A file cannot be read or written (Not allowed).",
        ),
        (MemoryError("a lot"), State.FAILED, "Something unexpected went wrong (MemoryError: a lot)."),
    ],
)
def test_a_fit_that_breaks_off_says_why_and_can_be_asked_again(projection, error, state, message):
    def fail():
        raise error

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(maps, "fit", lambda *_: fail())
        projection.ask(CODES, QUICK)
        carry_out(projection, "me")
    assert projection.state() is state
    assert projection.message() == message
    projection.ask(CODES, QUICK)
    assert projection.status().state is State.QUEUED
    carry_out(projection, "me")
    assert projection.places() is not None


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"PK\x03\x04cut off"])
def test_damaged_files_are_as_good_as_none(projection, damage):
    projection.ask(CODES, QUICK)
    for name in ("map.npz", "status.json"):
        projection.folder.write(name, damage)
    assert projection.places() is None
    assert projection.state() is State.QUEUED
    projection.folder.write("codes.npz", damage)
    carry_out(projection, "me")
    assert "codes.npz of the map 0123456789abcdef is missing or damaged" in projection.status().message
    projection.folder.write("request.json", damage)
    assert projection.asked_by() is None


def test_a_pickle_is_not_opened(projection):
    projection.ask(CODES, QUICK)
    projection.folder.write_arrays("map.npz", array=np.array([{"a": 1}], object))
    assert projection.places() is None


def test_a_request_without_settings_is_none(projection):
    projection.ask(CODES, QUICK)
    projection.folder.write("request.json", b'{"token": "1"}')
    carry_out(projection, "me")
    assert not projection.exists()
    assert projection.places() is None
