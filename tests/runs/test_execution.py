"""Carrying out a run in this process: what ends up in its folder, whatever happens on the way."""

import errno
import math
import operator
import threading
import time
from functools import partial

import numpy as np
import pytest
import torch

from ae_core.data import sources
from ae_core.data.digits import Digits, Split
from ae_core.data.sources import load_digits
from ae_core.errors import RecordDeletedError
from ae_core.jobs.states import HEARTBEAT_SECONDS, Action, State
from ae_core.jobs.worker import LOOK_SECONDS
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.inference import encode, reconstruct, reconstruction_errors
from ae_core.runs import execution
from ae_core.runs.config import Progress
from ae_core.runs.execution import CURVE_POINTS, thinned
from ae_core.runs.film import Film, film_digits, map_digits
from ae_core.runs.run import Run
from ae_core.runs.store import RunStore
from ae_core.training import loop
from ae_core.training.config import TrainConfig

execute = partial(execution.execute, by="one worker, or another in its place")
NET = ModelConfig(latent_dim=4, hidden=(16,))
TWO = ModelConfig(latent_dim=2, hidden=(16,))  # numbers, so that it has a map
RECIPE = TrainConfig(epochs=4, batch_size=64, precision="fp32")  # 5 batches an epoch of `few`


@pytest.fixture(scope="module", autouse=True)
def few_digits(few):
    """Runs train on a tenth of the embedded digits, and record after every step and epoch."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "load_digits", lambda _: few)
        patch.setattr(execution, "RECORD_SECONDS", 0)
        patch.setattr(execution, "CHECKPOINT_SECONDS", -1)
        patch.setattr(loop, "STEP_REPORT_SECONDS", 0)
        yield


@pytest.fixture(scope="module")
def undisturbed(few, few_digits, tmp_path_factory) -> Run:  # noqa: ARG001
    """A finished run of RECIPE; tests only look at it."""
    store = RunStore(tmp_path_factory.mktemp("undisturbed"))
    run = store.create(NET, RECIPE, dataset="embedded", fingerprint=few.fingerprint)
    assert execute(run, device="cpu") is State.FINISHED
    return run


@pytest.fixture
def make(store, few):
    def make(recipe: TrainConfig = RECIPE, net: ModelConfig = NET, in_store: RunStore = store) -> Run:
        return in_store.create(net, recipe, dataset="embedded", fingerprint=few.fingerprint)

    return make


def ask_at(run: Run, place: tuple[int, int], action: Action):
    """An on_step that asks something of the run once it is there."""

    def on_step(step):
        if (step.epoch, step.step) == place:
            run.request(action)

    return on_step


def files(run: Run) -> dict[str, bytes]:
    return {name: run.folder.read(name) for name in run.folder.names()}


def results(run: Run) -> tuple:
    """What must be the same for two runs of one recipe, wherever they were disturbed."""
    metrics = run.metrics()[["number", "train_loss", "validation_loss", "learning_rate"]]
    return run.folder.read("model.safetensors"), metrics.to_csv(), run.scores()["error"].tolist()


class Killed(BaseException):
    """The end of a worker process: nothing after it is carried out."""


def kill_at(place: tuple[int, int]):
    def on_step(step):
        if (step.epoch, step.step) == place:
            raise Killed

    return on_step


# -- to the end


def test_a_finished_run_has_everything_a_page_shows(undisturbed, few):
    run = undisturbed
    assert run.state() is State.FINISHED
    assert run.metrics()["number"].tolist() == [1, 2, 3, 4]
    assert np.isfinite(run.metrics()).all(axis=None)
    model = run.model()
    assert np.array_equal(run.scores()["error"], reconstruction_errors(model, few.test.images))
    assert reconstruction_errors(model, few.validation.images).mean() == pytest.approx(
        run.metrics()["validation_loss"].iloc[-1], rel=1e-6
    )
    assert run.progress().epoch == 4
    assert run.progress().remaining_seconds == 0
    assert not run.has_checkpoint()
    assert not any(name.endswith(".part") for name in run.folder.names())


def test_the_film_begins_before_training_and_ends_with_the_finished_model(undisturbed, few):
    epochs, frames = undisturbed.film()
    assert epochs.tolist() == [0, 1, 2, 3, 4]
    assert frames.shape == (5, 10, 28, 28)
    assert frames.dtype == np.uint8
    last = (reconstruct(undisturbed.model(), film_digits(few)) * 255).round()
    assert np.array_equal(frames[-1], last)
    assert not np.array_equal(frames[0], frames[-1])


def test_the_cast_of_the_film_is_one_digit_of_each_class(few):
    cast = film_digits(few)
    for digit, image in enumerate(cast):
        (places,) = np.nonzero((few.test.images == image).all(axis=(1, 2)))
        assert digit in few.test.labels[places]


def test_a_long_run_keeps_a_short_film(make, monkeypatch):
    monkeypatch.setattr(execution, "RECORD_SECONDS", math.inf)
    monkeypatch.setattr(execution, "FILM_FRAMES", 10)
    run = make(TrainConfig(epochs=25, batch_size=320))
    execute(run, device="cpu")
    epochs, frames = run.film()
    assert len(epochs) == len(frames) <= 10 + 2
    assert (np.diff(epochs) > 0).all()


def test_a_long_film_ends_with_the_finished_model_all_the_same(make, monkeypatch, few):
    monkeypatch.setattr(execution, "FILM_FRAMES", 2)
    run = make()
    execute(run, device="cpu")
    assert run.film()[0].tolist() == [0, 3, 4]
    last = (reconstruct(run.model(), film_digits(few)) * 255).round()
    assert np.array_equal(run.film()[1][-1], last)


def test_the_map_has_the_moments_of_the_film_and_ends_with_the_finished_model(make, few):
    run = make(net=TWO)
    execute(run, device="cpu")
    epochs, codes, labels = run.codes()
    assert epochs.tolist() == run.film()[0].tolist() == [0, 1, 2, 3, 4]
    crowd = map_digits(few)
    assert np.array_equal(labels, crowd.labels)
    np.testing.assert_allclose(codes[-1], encode(run.model(), crowd.images), rtol=1e-3, atol=1e-6)
    assert not np.allclose(codes[0], codes[-1])


def test_a_map_takes_nothing_from_what_is_learned(make, monkeypatch):
    """The same bits with and without it: it draws no random number and leaves the network training."""
    run = make(net=TWO)
    execute(run, device="cpu")
    monkeypatch.setattr("ae_core.runs.film.Film.shoot", lambda *_: None)
    monkeypatch.setattr("ae_core.runs.film.Film.write", lambda *_: None)
    without = make(net=TWO)
    execute(without, device="cpu")
    assert results(run) == results(without)
    assert without.codes()[0].size == 0


def test_a_network_slow_to_encode_is_not_asked_at_every_record(make, monkeypatch):
    """Between epochs the film goes with the checkpoint, which is rarer than the record."""
    monkeypatch.setattr(execution, "CHECKPOINT_SECONDS", math.inf)
    run, looks = make(net=TWO), []
    encode_crowd = Film.encode_crowd
    monkeypatch.setattr(Film, "encode_crowd", lambda film: looks.append(1) or encode_crowd(film))
    execute(run, device="cpu")
    assert len(looks) == 5  # the untrained model and four epochs, of twenty records


def test_the_curve_grows_from_left_to_right_and_ends_with_the_last_epoch(undisturbed):
    curve = undisturbed.progress().curve
    places = [place for place, _ in curve]
    assert places == sorted(places)
    assert places[0] < 1
    assert places[-1] == 4
    metrics = undisturbed.metrics()
    assert 0 < curve[-1][1] <= metrics["train_loss"].iloc[-1] * 1.05


def test_the_curve_shows_the_loss_since_its_last_point(make):
    """Weighted by their steps, an epoch's points come to its mean: no cliff where an epoch begins."""
    carried = execution.Execution(make(), "me", "cpu", None, None)
    means = [(1, 0.5), (2, 0.4), (5, 0.2)]
    recent = [carried.recent_loss(mean, step) for step, mean in means]
    assert recent == pytest.approx([0.5, 0.3, 0.2 / 3])
    weights = [1, 1, 3]
    assert sum(map(operator.mul, weights, recent)) / 5 == pytest.approx(0.2)


def test_a_last_batch_of_few_digits_makes_no_jump_in_the_curve(make, few):
    """The points of an epoch, each times the digits that it is about, add up to the epoch's own loss."""
    size = (len(few.train) - 3) // 2  # the third batch has four digits
    run = make(TrainConfig(epochs=1, batch_size=size, precision="fp32"))
    execute(run, device="cpu")
    losses = [loss for _, loss in run.progress().curve]
    assert len(losses) == 3
    expected = run.metrics()["train_loss"][0] * len(few.train)
    assert sum(map(operator.mul, (size, size, len(few.train) - 2 * size), losses)) == pytest.approx(expected)
    assert max(losses) < 2 * losses[0]


@pytest.mark.parametrize("records", [1, CURVE_POINTS, CURVE_POINTS + 1, 700, 1500, 5000])
def test_a_long_curve_keeps_points_spread_evenly_over_the_whole_training(records):
    """Thinned at each record, as a training does it, with steps of uneven length."""
    steps = np.random.default_rng(records).uniform(0.5, 1.5, records)
    places = np.cumsum(steps).tolist()
    curve = []
    for place in places:
        curve = thinned([*curve, (place, 0.5)])
    kept = [place for place, _ in curve]
    assert len(kept) == min(records, CURVE_POINTS)
    assert kept == [place for place in places if place in set(kept)]
    assert (kept[0], kept[-1]) == (places[0], places[-1])
    gaps = np.diff(kept)
    assert len(kept) < CURVE_POINTS or gaps.max() < 4 * np.median(gaps[: len(gaps) // 2])
    halves = np.searchsorted(kept, places[records // 2])
    assert halves / len(kept) == pytest.approx(0.5, abs=0.15) or records < 3


def test_the_callers_are_told_of_steps_and_epochs(make):
    epochs, steps = [], []
    execute(make(), device="cpu", on_epoch=epochs.append, on_step=steps.append)
    assert [epoch.number for epoch in epochs] == [1, 2, 3, 4]
    assert len(steps) == 20


def test_a_run_goes_to_any_file_system(make, undisturbed, tmp_path):
    run = make(in_store=RunStore(f"memory://{tmp_path.name}"))
    assert execute(run, device="cpu") is State.FINISHED
    assert results(run) == results(undisturbed)


def test_the_heartbeat_and_the_state_are_there_from_the_first_step(make):
    run = make()
    seen = []
    execute(run, device="cpu", on_step=lambda _: seen.append((run.state(), run.progress().step)))
    assert seen[0] == (State.RUNNING, 1)


# -- paused, stepped, stopped, gone on


@pytest.mark.parametrize("place", [(1, 1), (2, 3), (3, 5)])
def test_paused_and_resumed_it_ends_in_the_same_bits(make, undisturbed, place):
    run = make()
    assert execute(run, device="cpu", on_step=ask_at(run, place, Action.PAUSE)) is State.PAUSED
    assert run.state() is State.PAUSED
    assert not run.has_model()
    progress = run.progress()
    assert run.film()[0][-1] == progress.epoch + progress.step / progress.steps  # drawn where it stands
    run.request(Action.RUN)
    assert execute(run, device="cpu") is State.FINISHED
    assert results(run) == results(undisturbed)
    assert run.film()[0].tolist() == [0, 1, 2, 3, 4]


def test_stepped_from_epoch_to_epoch_it_ends_in_the_same_bits(make, undisturbed):
    run = make()
    run.request(Action.STEP)
    for epoch in (1, 2, 3):
        assert execute(run, device="cpu") is State.PAUSED
        assert run.metrics()["number"].tolist() == list(range(1, epoch + 1))
        assert run.progress().epoch == epoch
    assert execute(run, device="cpu") is State.FINISHED
    assert results(run) == results(undisturbed)


def test_a_step_asked_for_in_mid_epoch_ends_with_that_epoch(make):
    run = make()
    assert execute(run, device="cpu", on_step=ask_at(run, (2, 2), Action.STEP)) is State.PAUSED
    assert run.metrics()["number"].tolist() == [1, 2]


def test_stopped_it_keeps_what_it_learned_and_can_resume(make, undisturbed, few):
    run = make()
    assert execute(run, device="cpu", on_step=ask_at(run, (2, 3), Action.STOP)) is State.STOPPED
    assert run.metrics()["number"].tolist() == [1]
    assert np.array_equal(run.scores()["error"], reconstruction_errors(run.model(), few.test.images))
    run.request(Action.RUN)
    assert execute(run, device="cpu") is State.FINISHED
    assert results(run) == results(undisturbed)


def test_paused_in_the_first_epoch_and_then_stopped_it_keeps_what_it_learned(make):
    run = make()
    assert execute(run, device="cpu", on_step=ask_at(run, (1, 3), Action.PAUSE)) is State.PAUSED
    run.request(Action.STOP)
    assert execute(run, device="cpu") is State.STOPPED
    assert run.has_model()
    assert len(run.scores()) == 100


@pytest.mark.parametrize("action", [Action.PAUSE, Action.STOP])
def test_paused_or_stopped_before_it_began_there_is_nothing_to_keep(make, action):
    run = make()
    run.request(action)
    assert execute(run, device="cpu") is action.rest
    assert not run.has_model()
    assert not run.has_checkpoint()
    run.request(Action.RUN)
    assert execute(run, device="cpu") is State.FINISHED


def test_stopped_between_its_first_look_and_its_first_batch_there_is_nothing_to_keep(make, monkeypatch):
    run = make()
    monkeypatch.setattr(
        execution.Execution,
        "listen",
        lambda self, listen=execution.Execution.listen: (run.request(Action.STOP), listen(self)),
    )
    assert execute(run, device="cpu") is State.STOPPED
    assert not run.has_model()


def test_ctrl_c_stops_and_keeps_what_it_learned(make):
    def interrupt(step):
        if (step.epoch, step.step) == (3, 2):
            raise KeyboardInterrupt

    run = make()
    assert execute(run, device="cpu", on_step=interrupt) is State.STOPPED
    assert run.has_model()
    assert run.metrics()["number"].tolist() == [1, 2]


@pytest.mark.parametrize("how", [Action.PAUSE, Action.STOP, "kill"])
def test_however_it_was_disturbed_its_map_is_that_of_an_undisturbed_run(make, how):
    whole, run = make(net=TWO), make(net=TWO)
    execute(whole, device="cpu")
    if how == "kill":
        with pytest.raises(Killed):
            execute(run, device="cpu", on_step=kill_at((3, 2)))
    else:
        execute(run, device="cpu", on_step=ask_at(run, (3, 2), how))
        assert run.codes()[0].tolist() == run.film()[0].tolist() == [0, 1, 2, 2.6]
    run.request(Action.RUN)
    assert execute(run, device="cpu") is State.FINISHED
    assert run.codes()[0].tolist() == run.film()[0].tolist() == [0, 1, 2, 3, 4]
    assert np.array_equal(run.codes()[1], whole.codes()[1])


@pytest.mark.parametrize("data", [None, b"\x00\xffgarbage"])
def test_without_its_map_a_run_goes_on_and_begins_another(make, data):
    """Damaged, or of a run from before there were maps: the untrained model is known all the same."""
    whole, run = make(net=TWO), make(net=TWO)
    execute(whole, device="cpu")
    execute(run, device="cpu", on_step=ask_at(run, (3, 2), Action.PAUSE))
    run.folder.remove("codes.npz") if data is None else run.folder.write("codes.npz", data)
    run.request(Action.RUN)
    assert execute(run, device="cpu") is State.FINISHED
    assert run.film()[0].tolist() == [0, 1, 2, 3, 4]
    assert run.codes()[0].tolist() == [0, 3, 4]
    assert np.array_equal(run.codes()[1], whole.codes()[1][[0, 3, 4]])


def test_a_learning_rate_changed_in_mid_run_is_taken_up_and_survives_a_pause(make):
    run = make(RECIPE.with_changes(schedule="constant", peak_learning_rate=1e-3))

    def on_step(step):
        if (step.epoch, step.step) == (2, 1):
            run.request(Action.PAUSE, peak_learning_rate=1e-5)

    execute(run, device="cpu", on_step=on_step)
    run.request(Action.RUN)
    assert execute(run, device="cpu") is State.FINISHED
    assert run.metrics()["learning_rate"].tolist() == [1e-3, 1e-5, 1e-5, 1e-5]


def test_carried_out_again_a_finished_run_stays_as_it_is(undisturbed):
    before = files(undisturbed)
    assert execute(undisturbed, device="cpu") is State.FINISHED
    assert files(undisturbed) == before


# -- lost workers


@pytest.mark.parametrize("place", [(1, 1), (2, 3), (4, 5)])
def test_killed_and_carried_out_again_it_ends_in_the_same_bits(make, undisturbed, place):
    run = make()
    with pytest.raises(Killed):
        execute(run, device="cpu", on_step=kill_at(place))
    assert run.state() is State.RUNNING
    first = []
    assert execute(run, device="cpu", on_step=first.append) is State.FINISHED
    if place != (4, 5):
        assert (first[0].epoch, first[0].step) == (place[0], place[1] + 1)
    assert results(run) == results(undisturbed)


def test_what_was_recorded_after_the_checkpoint_is_forgotten(make, undisturbed, monkeypatch):
    run = make()
    execute(run, device="cpu", on_step=ask_at(run, (2, 3), Action.PAUSE))
    run.request(Action.RUN)
    with monkeypatch.context() as patch:
        patch.setattr(execution, "CHECKPOINT_SECONDS", math.inf)
        with pytest.raises(Killed):
            execute(run, device="cpu", on_step=kill_at((4, 2)))
    assert run.metrics()["number"].tolist() == [1, 2, 3]
    assert execute(run, device="cpu") is State.FINISHED
    assert results(run) == results(undisturbed)
    assert run.film()[0].tolist() == [0, 1, 2, 3, 4]
    assert run.progress().curve == undisturbed.progress().curve


@pytest.mark.parametrize("lost", ["status.json", "metrics.csv", "film.npz", "progress.json"])
def test_a_damaged_record_does_not_keep_a_run_from_going_on(make, undisturbed, lost):
    run = make()
    with pytest.raises(Killed):
        execute(run, device="cpu", on_step=kill_at((3, 2)))
    run.folder.write(lost, b"\x00\xffgarbage")
    assert execute(run, device="cpu") is State.FINISHED
    assert run.folder.read("model.safetensors") == undisturbed.folder.read("model.safetensors")


@pytest.mark.parametrize("last", ["model.safetensors", "scores.parquet", "status.json"])
def test_killed_at_its_very_end_it_neither_begins_anew_nor_is_lost(make, undisturbed, monkeypatch, last):
    """Killed right after `last` was written; Dask then hands the run out once more."""
    run = make()
    write = execution.Run.set_state if last == "status.json" else type(run.folder).write

    def kill_after(self, name, *rest, **options):
        write(self, name, *rest, **options)
        if name in (last, State.FINISHED):
            raise Killed

    with monkeypatch.context() as patch:
        if last == "status.json":
            patch.setattr(execution.Run, "set_state", kill_after)
        else:
            patch.setattr(type(run.folder), "write", kill_after)
        with pytest.raises(Killed):
            execute(run, device="cpu")
    steps = []
    assert execute(run, device="cpu", on_step=steps.append) is State.FINISHED
    assert steps == []
    assert run.state() is State.FINISHED
    assert results(run) == results(undisturbed)


# -- what goes wrong


def test_a_diverging_run_fails_with_its_message_and_keeps_its_last_good_epoch(make, monkeypatch, few):
    run = make(RECIPE.with_changes(schedule="constant"))
    monkeypatch.setitem(loop.SCHEDULES, "constant", lambda step, _: 1.0 if step < 10 else 1e38)
    assert execute(run, device="cpu") is State.FAILED
    assert run.state() is State.FAILED
    assert "in epoch 3" in run.message()
    assert "lower learning rate" in run.message()
    assert run.metrics()["number"].tolist() == [1, 2]
    kept = reconstruction_errors(run.model(), few.validation.images).mean()
    assert kept == pytest.approx(run.metrics()["validation_loss"].iloc[-1], rel=1e-6)
    assert all(math.isfinite(loss) for _, loss in run.progress().curve)


class FullDisk:
    """A disk that is full for files of more than `room` bytes, from the moment it is `on`."""

    def __init__(self, monkeypatch, code=errno.ENOSPC, room=0):
        self.on, self.code, self.room = False, code, room
        write = execution.Run.__init__.__globals__["Folder"].write

        def limited(folder, name, data):
            if self.on and len(data) > self.room:
                raise OSError(self.code, "no room")
            write(folder, name, data)

        monkeypatch.setattr("ae_core.storage.Folder.write", limited)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_and_the_run_goes_on_from_its_last_checkpoint(
    make, undisturbed, monkeypatch, code
):
    disk, run = FullDisk(monkeypatch, code, room=5_000), make()
    before = files(undisturbed)
    execute(run, device="cpu", on_step=lambda step: setattr(disk, "on", (step.epoch, step.step) == (3, 2)))
    assert run.state() is State.PAUSED
    assert run.message() == "The disk is full. Free some space, then resume it."
    disk.on = False
    assert files(undisturbed) == before
    steps = []
    assert execute(run, device="cpu", on_step=steps.append) is State.FINISHED
    assert (steps[0].epoch, steps[0].step) == (3, 3)
    assert results(run) == results(undisturbed)
    assert run.message() == ""


def test_a_disk_without_room_for_a_single_byte_raises_nothing(make, undisturbed, monkeypatch):
    disk, run = FullDisk(monkeypatch), make()
    execute(run, device="cpu", on_step=lambda step: setattr(disk, "on", (step.epoch, step.step) == (3, 2)))
    assert run.state(now=1e12) is State.INTERRUPTED
    disk.on = False
    assert execute(run, device="cpu") is State.FINISHED
    assert results(run) == results(undisturbed)


def test_a_disk_that_fails_otherwise_ends_the_run_and_says_why(make, monkeypatch):
    disk, run = FullDisk(monkeypatch, errno.EACCES, room=5_000), make()
    execute(run, device="cpu", on_step=lambda step: setattr(disk, "on", (step.epoch, step.step) == (3, 2)))
    assert run.state() is State.FAILED
    assert run.message() == "A file cannot be read or written (no room)."


@pytest.mark.parametrize("place", [(1, 1), (3, 5)])
@pytest.mark.parametrize("root", ["local", "memory"])
def test_deleted_in_mid_training_it_ends_at_the_next_record_and_leaves_nothing(make, tmp_path, place, root):
    store = RunStore(f"memory://{tmp_path.name}" if root == "memory" else tmp_path / "runs")
    run, steps = make(in_store=store), []

    def delete_at(step):
        steps.append((step.epoch, step.step))
        if steps[-1] == place:
            run.folder.delete()

    with pytest.raises(RecordDeletedError):
        execute(run, device="cpu", on_step=delete_at)
    assert steps[-1] == place
    assert store.folder.names() == []


def test_what_it_is_trained_for_deleted_a_run_ends_as_stopped(make):
    run = make()

    def deleted(_):
        raise RecordDeletedError("The part is gone.")

    with pytest.raises(RecordDeletedError):
        execute(run, device="cpu", on_step=deleted)
    assert run.state() is State.STOPPED


def test_a_run_taken_for_lost_that_trains_on_says_so_again(make):
    run, states = make(), []

    def called_lost(step):
        states.append(run.state())
        if (step.epoch, step.step) == (2, 1):
            run.set_state(State.QUEUED)

    assert execute(run, device="cpu", on_step=called_lost) is State.FINISHED
    assert set(states) == {State.RUNNING}


def in_other_hands(run: Run, silence: float = 0.0) -> Run:
    run.set_progress(Progress(updated=time.time() - silence))
    run.set_state(State.RUNNING, by="another")
    return run


def test_a_run_in_other_hands_is_waited_for_and_left_to_them(make):
    run, states = in_other_hands(make()), []
    waiting = threading.Thread(target=lambda: states.append(execute(run)))
    waiting.start()
    waiting.join(2 * LOOK_SECONDS)
    assert waiting.is_alive()
    run.set_state(State.PAUSED)
    waiting.join(30)
    assert states == [State.PAUSED]
    assert not run.has_checkpoint()


def test_a_run_whose_holder_fell_silent_goes_on(make):
    assert execute(in_other_hands(make(), HEARTBEAT_SECONDS + 1)) is State.FINISHED


def test_taken_over_by_another_it_writes_nothing_more(make):
    run, then = make(), {}

    def on_step(_):
        if not then:
            in_other_hands(run)
            then.update(files(run))

    assert execute(run, on_step=on_step) is State.RUNNING
    assert files(run) == then
    assert run.status().by == "another"


@pytest.mark.parametrize("data", [b"", b"garbage", bytes(1000)])
def test_a_damaged_checkpoint_is_told(make, data):
    run = make()
    execute(run, device="cpu", on_step=ask_at(run, (2, 3), Action.PAUSE))
    run.request(Action.RUN)
    run.folder.write("checkpoint.safetensors", data)
    assert execute(run, device="cpu") is State.FAILED
    assert f"The checkpoint of the run {run.id} is damaged" in run.message()


def test_the_checkpoint_of_another_network_is_told(make):
    run, other = make(), make(net=ModelConfig(latent_dim=5, hidden=(16,)))
    for each in (run, other):
        execute(each, device="cpu", on_step=ask_at(each, (2, 3), Action.PAUSE))
        each.request(Action.RUN)
    run.folder.write("checkpoint.safetensors", other.folder.read("checkpoint.safetensors"))
    assert execute(run, device="cpu") is State.FAILED
    assert "is damaged" in run.message()


def test_other_digits_than_it_began_with_are_told(make, monkeypatch, few):
    run = make()
    images = few.train.images.copy()
    images[0, 0, 0] ^= 1
    changed = Digits("few", Split(images, few.train.labels), few.validation, few.test)
    monkeypatch.setattr(sources, "load_digits", lambda _: changed)
    assert execute(run, device="cpu") is State.FAILED
    assert few.fingerprint in run.message()
    assert changed.fingerprint in run.message()


def test_missing_digits_are_told(make, monkeypatch, tmp_path):
    run = make()
    monkeypatch.setattr(sources, "load_digits", lambda _: load_digits("mnist", tmp_path))
    assert execute(run, device="cpu") is State.FAILED
    assert "is missing" in run.message()


def test_a_damaged_config_is_told(make):
    run = make()
    run.folder.write("config.json", b"{}")
    assert execute(run, device="cpu") is State.FAILED
    assert "config.json" in run.message()


def test_a_device_that_is_not_there_is_told(make):
    run = make()
    assert execute(run, device="abacus") is State.FAILED
    assert "abacus" in run.message()


def test_what_nobody_thought_of_ends_the_run_with_a_message(make, monkeypatch):
    run = make()
    monkeypatch.setattr(torch.optim.Optimizer, "zero_grad", lambda *_, **__: 1 // 0)
    assert execute(run, device="cpu") is State.FAILED
    assert run.message().startswith("Something unexpected went wrong (ZeroDivisionError")


def test_a_run_of_some_classes_learns_those_alone_and_is_scored_on_all(store, few):
    run = store.create(NET, RECIPE, dataset="embedded", fingerprint=few.fingerprint, classes=(0, 7))
    assert execute(run, device="cpu") is State.FINISHED
    model = build_model(NET, RECIPE.seed)
    list(loop.train(model, few.only((0, 7)), RECIPE, device="cpu"))
    scores = run.scores()
    assert np.array_equal(scores["error"], reconstruction_errors(model, few.test.images))
    assert scores["label"].nunique() == 10
    assert run.test_error() == pytest.approx(scores.query("label in (0, 7)")["error"].mean())


def test_a_run_of_a_class_that_is_not_there_fails_with_what_is(store, few):
    run = store.create(NET, RECIPE, dataset="embedded", fingerprint=few.fingerprint, classes=(11,))
    assert execute(run, device="cpu") is State.FAILED
    assert "no class '11'" in run.message()


def test_a_run_that_stops_by_itself_is_finished_and_says_why(make):
    run = make(RECIPE.with_changes(epochs=20, time_limit=1e-6))
    assert execute(run, device="cpu") is State.FINISHED
    assert len(run.metrics()) == 1
    assert "asked for are over" in run.why_stopped()
    assert run.has_model()
    assert not run.has_checkpoint()


def test_a_run_that_came_to_nothing_at_a_high_rate_is_told_a_lower_one(make):
    recipe = RECIPE.with_changes(epochs=12, optimizer="adam", peak_learning_rate=1.0, schedule="constant")
    run = make(recipe)
    assert execute(run, device="cpu") is State.FINISHED
    assert run.caution()
    assert run.remedy().peak_learning_rate < 1.0
