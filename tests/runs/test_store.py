"""The run store: what is written is read, what is damaged is told or left out, and no path leads outside."""

import io
import json
import os
import re
import time
import uuid

import numpy as np
import pandas
import pytest

from ae_core.errors import (
    ConfigError,
    DamagedError,
    LabError,
    NewerError,
    NotFoundError,
    NotReadyError,
    RunError,
    WeightsError,
    WrongStateError,
)
from ae_core.jobs.states import HEARTBEAT_SECONDS, Action, State
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.weights import save_model
from ae_core.runs.config import Progress, RunControl
from ae_core.runs.run import MAX_NAME, Run
from ae_core.runs.store import RunStore
from ae_core.training.config import TrainConfig

NET, RECIPE = ModelConfig(latent_dim=4, hidden=(16,)), TrainConfig(epochs=3)
METRICS = pandas.DataFrame(
    {
        "number": [1, 2],
        "train_loss": [0.2, 0.1],
        "validation_loss": [0.21, 0.11],
        "learning_rate": [1e-3, 1e-4],
        "seconds": [0.5, 0.4],
        "images_per_second": [6400.0, 8000.0],
        "kl": [0.0, 0.0],
    }
)


@pytest.fixture(params=["local", "memory"])
def any_store(request, store):
    return store if request.param == "local" else RunStore(f"memory://{uuid.uuid4().hex}")


def create(store: RunStore, **changes) -> Run:
    return store.create(NET, RECIPE, **{"dataset": "embedded", "fingerprint": "f" * 16} | changes)


@pytest.fixture
def run(any_store):
    return create(any_store, owner="ann")


def fill(run: Run) -> None:
    """Everything that a finished run has."""
    run.set_metrics(METRICS)
    run.set_film(np.array([0.0, 1.0]), np.zeros((2, 10, 28, 28), np.uint8))
    run.set_progress(Progress(epoch=3, curve=[(1.0, 0.2)], updated=5.0))
    run.folder.write("model.safetensors", save_model(build_model(NET)))
    scores = io.BytesIO()
    pandas.DataFrame({"index": [0], "label": [7], "error": [0.1], "ink": [0.2]}).to_parquet(scores)
    run.folder.write("scores.parquet", scores.getvalue())
    run.set_state(State.FINISHED)


# -- there and back


def test_a_new_run_is_queued_and_knows_what_it_is(any_store, run):
    found = any_store.get(run.id)
    config = found.config()
    assert (config.model, config.train) == (NET, RECIPE)
    assert (config.dataset, config.fingerprint, config.owner) == ("embedded", "f" * 16, "ann")
    assert found.state() is State.QUEUED
    assert found.control() == RunControl()
    assert found.progress() == Progress()
    assert found.metrics().empty
    assert found.film()[0].shape == (0,)
    assert found.film()[1].shape == (0, 10, 28, 28)
    assert [each.shape for each in found.codes()] == [(0,), (0, 0, 2), (0,)]
    assert not found.has_model()


def test_what_a_worker_writes_is_what_readers_see(any_store, run):
    fill(run)
    found = any_store.get(run.id)
    pandas.testing.assert_frame_equal(found.metrics(), METRICS)
    assert found.film()[0].tolist() == [0, 1]
    assert found.film()[1].dtype == np.uint8
    assert found.progress().epoch == 3
    assert [tuple(point) for point in found.progress().curve] == [(1.0, 0.2)]
    assert found.model().config == NET
    assert found.scores()["label"].tolist() == [7]
    assert found.state() is State.FINISHED


def test_metrics_have_the_same_types_empty_and_full(run):
    empty = run.metrics().dtypes.to_dict()
    run.set_metrics(METRICS)
    assert run.metrics().dtypes.to_dict() == empty


def test_runs_are_listed_newest_first(any_store, monkeypatch):
    made = []
    for second in (3, 1, 2):
        monkeypatch.setattr("ae_core.runs.store.time.time", lambda second=second: 1_700_000_000.0 + second)
        made.append(create(any_store).id)
    assert [run.id for run in any_store.list()] == [made[0], made[2], made[1]]


def test_ids_differ_within_one_second(store):
    assert len({create(store).id for _ in range(20)}) == 20


def test_a_store_that_is_not_there_yet_is_empty(any_store):
    assert any_store.list() == []


def test_the_store_is_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("AE_RUNS", str(tmp_path / "mine"))
    run = create(RunStore())
    assert (tmp_path / "mine" / run.id / "config.json").is_file()


# -- states


def test_a_running_run_that_falls_silent_is_interrupted(run):
    run.set_state(State.RUNNING)
    run.set_progress(Progress(updated=1000.0))
    assert run.state(now=1000.0 + HEARTBEAT_SECONDS - 1) is State.RUNNING
    assert run.state(now=1000.0 + HEARTBEAT_SECONDS + 1) is State.INTERRUPTED


@pytest.mark.parametrize(
    "state", [state for state in State if state not in (State.RUNNING, State.INTERRUPTED)]
)
def test_no_other_state_grows_old(run, state):
    run.set_state(state)
    run.set_progress(Progress(updated=0.0))
    assert run.state(now=1e12) is state


def test_a_run_is_active_or_can_resume_or_is_over():
    assert {state for state in State if state.is_active} == {State.QUEUED, State.RUNNING}
    assert {state for state in State if state.can_resume} == {State.PAUSED, State.STOPPED, State.INTERRUPTED}


def test_message_and_time_come_with_the_state(run):
    run.set_state(State.FAILED, "The loss became NaN.")
    assert run.message() == "The loss became NaN."
    assert run.status_time() > 1_700_000_000
    run.set_state(State.QUEUED)
    assert run.message() == ""


# -- requests and names


def test_requests_keep_what_they_do_not_change(run):
    run.request(Action.PAUSE, peak_learning_rate=1e-3)
    run.request(peak_learning_rate=1e-4)
    assert run.control() == RunControl(Action.PAUSE, 1e-4)
    run.request(Action.RUN)
    assert run.control() == RunControl(Action.RUN, 1e-4)


@pytest.mark.parametrize("rate", [0, -1, 2, float("nan"), float("inf"), "0.1", True])
def test_a_learning_rate_that_no_recipe_may_have_is_refused(run, rate):
    run.request(Action.PAUSE, peak_learning_rate=1e-3)
    with pytest.raises(ConfigError, match="peak_learning_rate"):
        run.request(Action.STOP, peak_learning_rate=rate)
    assert run.control() == RunControl(Action.PAUSE, 1e-3)


def test_a_run_is_called_what_a_person_says_else_by_its_recipe(any_store, run):
    assert run.name == "dense-4, 3 epochs on embedded"
    run.rename("  My   Übung \n 1 ")
    assert any_store.get(run.id).name == "My Übung 1"
    assert create(any_store, name="from the start").name == "from the start"


@pytest.mark.parametrize(
    ("classes", "words"),
    [
        ((), "dense-4, 3 epochs on embedded"),
        ((3,), "dense-4, 3 epochs on embedded, only 3"),
        ((2, 0, 1), "dense-4, 3 epochs on embedded, only 0, 1, 2"),
        ((9, 0, 1, 2, 3, 4, 5, 6, 8), "dense-4, 3 epochs on embedded, without 7"),
        (tuple(range(10)), "dense-4, 3 epochs on embedded, all digits"),
    ],
)
def test_a_run_names_the_digits_it_is_trained_on(any_store, classes, words):
    run = create(any_store, classes=classes)
    assert run.name == words
    assert any_store.get(run.id).config().classes == tuple(sorted(classes))


def test_runs_of_sweeps_and_experiments_are_no_runs_of_the_list(any_store):
    create(any_store, sweep="20260101-000000-abcd")
    create(any_store, part="0123456789abcdef")
    mine = create(any_store)
    assert [run.id for run in any_store.list()] == [mine.id]
    assert len(any_store.list(of_studies=True)) == 3


def names(store):
    return [each.name for each in store.listed()]


def test_whoever_lists_sees_what_has_changed_since(any_store):
    first, second = create(any_store, name="First"), create(any_store, name="Second")
    assert names(any_store) == ["Second", "First"]
    first.rename("Renamed")
    second.set_state(State.STOPPED, caution="It has learned nothing.")
    assert names(any_store) == ["Second", "Renamed"]
    assert [each.caution for each in any_store.listed()] == ["It has learned nothing.", ""]
    second.folder.write("model.safetensors", b"any")
    assert [each.has_model for each in any_store.listed()] == [True, False]
    any_store.delete(second.id)
    assert names(any_store) == ["Renamed"]


def test_a_run_that_has_not_changed_is_not_read_again(store, monkeypatch):
    old, new = create(store, name="Old"), create(store, name="New")
    hour_ago = time.time() - 3600
    os.utime(old.folder.path, (hour_ago, hour_ago))
    assert names(store) == ["New", "Old"]
    read = []
    monkeypatch.setattr(Run, "listed", lambda run: read.append(run.id))
    store.listed()
    assert read == [new.id]  # its folder might have changed once more within the same tick


def test_tags_are_small_words_without_spaces_each_once(any_store, run):
    assert run.tags == ()
    run.set_tags(["Class  7b", "größe", "class 7B", "a.b+c_d"])
    assert any_store.get(run.id).tags == ("a.b+c_d", "class-7b", "größe")
    assert any_store.listed()[0].tags == run.tags
    run.set_tags([])
    assert run.tags == ()


@pytest.mark.parametrize("tag", ["", "  ", "a,b", "a~b", "<b>", "x" * 31, "\u202e"])
def test_a_word_that_is_no_tag_is_refused(run, tag):
    run.set_tags(["kept"])
    with pytest.raises(RunError, match="A tag has 1 to 30 letters"):
        run.set_tags(["kept", tag])
    assert run.tags == ("kept",)


def test_a_run_has_no_more_tags_than_it_may_and_damaged_ones_are_none(run):
    with pytest.raises(RunError, match="at most 12 tags, got 13"):
        run.set_tags(map(str, range(13)))
    for data in (b"{}", b"[1]", b"hello", b"null"):
        run.folder.write("tags.json", data)
        assert run.tags == ()
    run.folder.write("tags.json", b'["fine", "not fine", "<b>"]')
    assert run.tags == ("fine",)


def test_a_run_from_before_there_were_classes_has_all_of_them(run):
    values = json.loads(run.folder.read("config.json"))
    del values["classes"], values["part"]
    run.folder.write_json("config.json", values)
    assert run.config().classes == ()
    assert run.config().part == ""


def test_the_test_error_is_that_of_the_trained_classes(any_store):
    run = create(any_store, classes=(7,))
    scores = io.BytesIO()
    pandas.DataFrame({"label": [7, 1, 7], "error": [0.1, 5.0, 0.3]}).to_parquet(scores)
    run.folder.write("scores.parquet", scores.getvalue())
    assert run.test_error() == pytest.approx(0.2)


@pytest.mark.parametrize("name", ["", "   ", "\n\t", "x" * (MAX_NAME + 1)])
def test_a_name_without_letters_or_too_long_is_refused(run, name):
    run.rename("kept")
    with pytest.raises(RunError, match=f"1 to {MAX_NAME} characters"):
        run.rename(name)
    assert run.name == "kept"


def test_a_refused_name_leaves_no_half_made_run(store):
    with pytest.raises(RunError):
        create(store, name="x" * (MAX_NAME + 1))
    assert store.folder.names() == []


# -- which runs there are


@pytest.mark.parametrize(
    "run_id",
    [
        "",
        ".",
        "..",
        "../../etc",
        "../../etc/passwd",
        "/etc/passwd",
        "20250101-000000-abcd/../20250101-000000-abcd",
        "20250101-000000-abcd/",
        "20250101-000000-abcd\n",
        "20250101-000000-abcd\x00",
        "20250101-000000-ABCD",
        "%2e%2e%2f",
        "zoo:dense-32",
        "file:///etc",
        "memory://x",
        "x" * 100_000,
        "20250101-000000-abcd",
    ],
    ids=lambda run_id: run_id[:24],
)
def test_an_id_that_is_no_run_of_the_store_is_refused(tmp_path, run_id):
    store = RunStore(tmp_path / "deep" / "runs")
    create(store)
    (tmp_path / "config.json").write_text("{}")
    for ask in (store.get, store.delete):
        with pytest.raises(NotFoundError, match="There is no run") as refusal:
            ask(run_id)
        assert len(str(refusal.value)) < 400
    assert (tmp_path / "config.json").exists()


@pytest.mark.parametrize("spelling", ["{0}/", "{0}/.", "{0}/../{0}", "./{0}", "../runs/{0}", "{0}\n", " {0}"])
def test_a_run_has_one_spelling(store, spelling):
    run = create(store)
    with pytest.raises(NotFoundError, match="There is no run"):
        store.get(spelling.format(run.id))
    assert store.get(run.id).id == run.id


def test_a_run_just_being_made_is_not_listed(store):
    run = create(store)
    run.folder.remove("config.json")
    assert store.list() == []
    with pytest.raises(NotFoundError, match="There is no run"):
        store.get(run.id)


def test_strange_files_in_the_store_are_left_alone(store):
    run = create(store)
    store.folder.write("notes.txt", b"mine")
    store.folder.write("backup/config.json", b"{}")
    store.folder.write("20250101-000000-abcd", b"a file, not a folder")
    assert [each.id for each in store.list()] == [run.id]


def test_a_deleted_run_is_gone_and_the_others_stay(any_store, run):
    other = create(any_store)
    any_store.delete(run.id)
    assert [each.id for each in any_store.list()] == [other.id]
    with pytest.raises(RunError):
        any_store.get(run.id)


def test_a_running_run_is_not_deleted(store):
    run = create(store)
    run.set_state(State.RUNNING)
    run.set_progress(Progress(updated=1e12))
    with pytest.raises(WrongStateError, match="stop it before"):
        store.delete(run.id)
    assert store.get(run.id).state() is State.RUNNING


# -- damage

DAMAGE = {
    "empty": b"",
    "cut": b'{"model": {"architecture": "den',
    "binary": bytes(range(256)),
    "not UTF-8": b'{"state": "\xff\xfe"}',
    "null": b"null",
    "list": b"[1, 2]",
    "number": b"3",
    "text": b'"finished"',
    "empty object": b"{}",
    "foreign object": b'{"state": "dancing", "message": 3, "colour": "red", "action": {}, "model": 3}',
    "deep": b"[" * 100_000,
}
damaged = pytest.mark.parametrize("data", DAMAGE.values(), ids=DAMAGE.keys())


@damaged
def test_a_damaged_config_is_told_and_the_run_left_out_of_the_list(any_store, run, data):
    sound = create(any_store)
    run.folder.write("config.json", data)
    assert [each.id for each in any_store.list()] == [sound.id]
    with pytest.raises(
        DamagedError, match=rf"{run.id} has no readable config\.json: it is damaged\. Delete it"
    ):
        any_store.get(run.id).config()
    any_store.delete(run.id)


def test_a_config_with_an_impossible_value_is_damaged(store):
    run = create(store)
    values = json.loads(run.folder.read("config.json"))
    values["train"]["epochs"] = -1
    run.folder.write("config.json", json.dumps(values).encode())
    assert store.list() == []
    with pytest.raises(DamagedError, match="damaged"):
        run.config()


@damaged
def test_a_damaged_status_never_loses_a_finished_run(run, data):
    fill(run)
    run.folder.write("status.json", data)
    assert run.state() is State.FINISHED
    assert isinstance(run.message(), str)
    assert run.model().config == NET
    assert len(run.scores()) == 1
    run.folder.write("checkpoint.safetensors", b"something to go on with")
    assert run.state() is State.STOPPED


@damaged
def test_a_damaged_status_of_a_run_without_results_means_it_waits(run, data):
    run.folder.write("status.json", data)
    assert run.state() is State.QUEUED


@damaged
def test_a_damaged_progress_is_none_and_the_state_stays(run, data):
    run.set_state(State.PAUSED)
    run.folder.write("progress.json", data)
    assert run.progress() == Progress()
    assert run.state() is State.PAUSED


@damaged
def test_a_damaged_control_asks_nothing_new(run, data):
    run.folder.write("control.json", data)
    assert run.control() == RunControl()
    run.request(Action.STOP)
    assert run.control() == RunControl(Action.STOP)


def test_a_control_with_an_impossible_learning_rate_asks_for_none(run):
    run.folder.write("control.json", b'{"action": "pause", "peak_learning_rate": 1e9}')
    assert run.control() == RunControl(Action.PAUSE, None)


@pytest.mark.parametrize("data", [*DAMAGE.values(), b"number,train_loss\n1,0.5", b"a,b\n1,2\n1,2,3,4"])
def test_damaged_metrics_are_none(run, data):
    run.folder.write("metrics.csv", data)
    assert run.metrics().empty
    assert list(run.metrics().columns) == list(METRICS.columns)


@pytest.mark.parametrize("older", [METRICS.drop(columns="kl"), METRICS.rename(columns={"kl": "divergence"})])
def test_metrics_of_older_versions_are_read(run, older):
    run.set_metrics(older)
    pandas.testing.assert_frame_equal(run.metrics(), METRICS)


def test_metrics_cut_off_in_a_row_keep_the_whole_rows(run):
    run.set_metrics(METRICS)
    text = run.folder.read("metrics.csv")
    run.folder.write("metrics.csv", text[: text.rindex(b",")])
    assert run.metrics()["number"].tolist() == [1]


def npz(**arrays) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


FILM = npz(epochs=np.zeros(1), frames=np.zeros((1, 10, 28, 28), np.uint8))


@pytest.mark.parametrize(
    "data",
    [
        *DAMAGE.values(),
        FILM[:50],
        FILM[:-30],
        FILM.replace(bytes(50), b"\x01" * 50, 1),
        npz(epochs=np.zeros(1)),
        npz(epochs=np.zeros(1), frames=np.array([object()], dtype=object)),
        npz(epochs=np.zeros(2), frames=np.zeros((1, 10, 28, 28), np.uint8)),
    ],
)
def test_a_damaged_film_is_none(run, data):
    run.folder.write("film.npz", data)
    epochs, frames = run.film()
    assert epochs.shape == (0,)
    assert frames.shape == (0, 10, 28, 28)


def test_codes_are_read_as_they_were_written(run):
    epochs, codes = np.array([0.0, 0.5, 1.0]), np.random.default_rng(0).normal(size=(3, 20, 2))
    labels = np.arange(20, dtype=np.uint8) % 10
    run.set_codes(epochs, codes.astype(np.float16), labels)
    found = run.codes()
    assert np.array_equal(found[0], epochs)
    np.testing.assert_allclose(found[1], codes, rtol=1e-3)
    assert found[1].dtype == np.float32
    assert np.array_equal(found[2], labels)


CODES = {"epochs": np.zeros(1), "codes": np.zeros((1, 3, 2), np.float16), "labels": np.zeros(3, np.uint8)}


@pytest.mark.parametrize(
    "data",
    [
        *DAMAGE.values(),
        npz(**CODES)[:50],
        npz(**CODES)[:-30],
        npz(epochs=np.zeros(1)),
        npz(**CODES | {"epochs": np.zeros(2)}),
        npz(**CODES | {"labels": np.zeros(4, np.uint8)}),
        npz(**CODES | {"codes": np.zeros((1, 3, 4), np.float16)}),
        npz(**CODES | {"codes": np.array([object()], dtype=object)}),
    ],
)
def test_damaged_codes_are_none(run, data):
    run.folder.write("codes.npz", data)
    assert [each.shape for each in run.codes()] == [(0,), (0, 0, 2), (0,)]


@damaged
def test_a_damaged_model_is_told(run, data):
    fill(run)
    run.folder.write("model.safetensors", data)
    with pytest.raises(WeightsError, match=rf"^model\.safetensors of the run {run.id}"):
        run.model()


@damaged
def test_damaged_scores_are_told(run, data):
    fill(run)
    run.folder.write("scores.parquet", data)
    with pytest.raises(DamagedError, match=rf"{run.id}/scores\.parquet is damaged"):
        run.scores()


def test_what_is_not_there_yet_is_told_with_the_state(run):
    for ask in (run.model, run.scores):
        with pytest.raises(NotReadyError, match="yet: it is queued"):
            ask()


def test_a_damaged_name_does_no_harm(run):
    run.folder.write("name.txt", b"\xff\xfe\x00")
    assert isinstance(run.name, str)


# -- refusals


def test_every_refusal_is_a_lab_error(store):
    with pytest.raises(LabError, match=re.escape("'nonsense'")):
        store.get("nonsense")


def test_a_run_of_a_newer_version_is_named_as_such_and_not_called_damaged(store):
    run = store.create(ModelConfig(), TrainConfig(), dataset="embedded", fingerprint="f")
    stored = json.loads(run.folder.read("config.json"))
    run.folder.write_json("config.json", stored | {"teacher": "me"})
    with pytest.raises(NewerError, match=r"newer version of the lab \(it has teacher\)"):
        store.get(run.id).config()
    assert store.list() == []
    assert store.get(run.id).exists()
