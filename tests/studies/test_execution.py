"""Carrying out parts in this process: what is on file at the end, whatever happens on the way."""

import errno
import threading
from dataclasses import asdict

import numpy as np
import pandas
import pytest

from ae_core.data.corruptions import corrupt
from ae_core.data.foreign import FOREIGN
from ae_core.errors import RecordDeletedError
from ae_core.jobs.states import Action, State
from ae_core.models.inference import reconstruction_errors
from ae_core.runs import execution
from ae_core.scores.detector import Detector
from ae_core.storage import Folder
from ae_core.studies import evaluation
from ae_core.studies.execution import PART, carry_out
from ae_core.studies.parts import Part
from ae_core.studies.records import PartRecord
from ae_core.training import loop
from ae_core.zoo import load

pytestmark = pytest.mark.usefixtures("few_digits")


@pytest.fixture
def first(experiments, config):
    """`first(kind, **values)`: the first part of such an experiment, ready to be carried out."""

    def first(kind: str, **values) -> tuple[Part, PartRecord]:
        part, record = next(experiments.records(experiments.create(config(kind, **values))))
        record.ensure(part)
        return part, record

    return first


def done(record, by="me", **options) -> State:
    return carry_out(record, by, device="cpu", **options)


# -- what a finished part holds


def test_one_class_the_trained_digit_is_normal_and_every_other_an_anomaly(first, few):
    part, record = first("one-class", digits=(4,))
    assert done(record) is State.FINISHED
    table = record.scores()
    assert list(table.columns) == ["index", "label", "is_anomaly", *part.scores]
    assert table["index"].tolist() == list(range(100))
    assert table["label"].tolist() == few.test.labels.tolist()
    assert table["is_anomaly"].tolist() == (few.test.labels != 4).tolist()
    assert {table[name].dtype for name in part.scores} == {np.dtype(np.float32)}
    run = record.run()
    assert run.config().classes == part.classes == (4,)
    assert np.allclose(table["mse"], reconstruction_errors(run.model(), few.test.images), rtol=1e-5)
    assert len(record.calibration()) == 8


def test_held_out_the_digit_is_the_only_anomaly_and_never_seen_in_training(first):
    _, record = first("held-out", digits=(4,))
    assert done(record) is State.FINISHED
    table = record.scores()
    assert set(table.loc[table["is_anomaly"], "label"]) == {4}
    assert 4 not in record.run().config().classes
    assert len(record.run().config().classes) == 9


def test_the_run_of_a_part_is_no_run_of_lists_but_opens_by_its_id(experiments, first):
    _, record = first("one-class")
    done(record)
    assert experiments.runs.list() == []
    assert experiments.runs.get(record.run().id).config().part == record.id


def test_corrupted_digits_are_anomalies_beside_the_same_digits_as_they_are(first, few):
    _, record = first("corruptions", corruptions=("fog",), severity=0.7)
    assert done(record) is State.FINISHED
    table = record.scores()
    normal, strange = table[~table["is_anomaly"]], table[table["is_anomaly"]]
    assert normal["index"].tolist() == strange["index"].tolist()
    assert normal["label"].tolist() == strange["label"].tolist()
    images = few.test.images[normal["index"]]
    model = load("dense-32")
    assert np.allclose(normal["mse"], reconstruction_errors(model, images), rtol=1e-5)
    spoiled = corrupt(images, "fog", 0.7)
    assert np.allclose(strange["mse"], reconstruction_errors(model, spoiled), rtol=1e-5)
    assert normal["label"].nunique() > 5


def test_the_stored_calibration_is_that_of_held_out_digits(first, few):
    part, record = first("corruptions")
    done(record)
    fitted = Detector(load("dense-32"), part.scores).fit(few.train.images, few.validation.images)
    for name in part.scores:
        assert np.allclose(record.calibration()[name], fitted.calibrators[name].scores, rtol=1e-5)


def test_foreign_images_have_no_label_and_an_upload_is_taken_whole(experiments, first, few):
    upload = experiments.uploads.keep(few.train.images[:30])
    _, record = first("foreign", sources=("upload",), upload=upload)
    assert done(record) is State.FINISHED
    strange = record.scores().query("is_anomaly")
    assert strange["label"].unique().tolist() == [-1]
    assert strange["index"].tolist() == list(range(30))
    assert np.allclose(
        strange["mse"], reconstruction_errors(load("dense-32"), few.train.images[:30]), rtol=1e-5
    )


def test_a_source_that_is_not_here_says_so_and_can_be_tried_again(first, monkeypatch, tmp_path):
    monkeypatch.setenv("AE_DATA_DIR", str(tmp_path))
    _, record = first("foreign", sources=("fashion",))
    assert done(record) is State.FAILED
    assert "data fetch fashion" in record.message()
    monkeypatch.setattr(
        type(FOREIGN["fashion"]), "images", lambda _, count: FOREIGN["letters"].draw(count, 0, tmp_path)
    )
    assert done(record) is State.FINISHED


def test_letters_are_no_test_of_a_score_that_was_chosen_on_letters(first):
    _, record = first("foreign", sources=("letters",))
    done(record)
    assert any("chosen on letters" in note for note in record.result().notes)


def test_a_run_of_some_digits_is_judged_on_those(first, few):
    _, record = first("one-class", digits=(3,))
    done(record)
    _, judged = first("corruptions", reference=record.run().id, images=10)
    assert done(judged) is State.FINISHED
    assert set(judged.scores()["label"]) == {3}
    assert len(judged.calibration()) == (few.validation.labels == 3).sum()


# -- nothing twice, nothing lost


def test_a_finished_part_is_not_carried_out_again(first, monkeypatch):
    _, record = first("one-class")
    done(record)
    monkeypatch.setattr(evaluation, "Detector", None)
    monkeypatch.setattr(execution, "Training", None)
    assert done(record) is State.FINISHED


def test_other_scores_of_the_same_training_train_nothing(first, monkeypatch):
    _, record = first("one-class")
    done(record)
    monkeypatch.setattr(execution, "Training", None)
    _, other = first("one-class", scores=("pixel_neighbour",))
    assert done(other) is State.FINISHED
    assert other.run().id == record.run().id


def test_the_combined_score_may_be_asked_for_alone(first):
    _, record = first("one-class", scores=("combined",))
    assert done(record) is State.FINISHED
    assert [row.score for row in record.result().measures] == ["combined"]


class Killed(BaseException):
    """The end of a worker process: nothing after it is carried out."""


def test_killed_in_training_it_goes_on_from_the_checkpoint_to_the_same_bits(
    experiments, first, monkeypatch, tmp_path
):
    monkeypatch.setattr(execution, "RECORD_SECONDS", 0)
    monkeypatch.setattr(execution, "CHECKPOINT_SECONDS", -1)
    monkeypatch.setattr(loop, "STEP_REPORT_SECONDS", 0)

    def killed(_):
        raise Killed

    _, record = first("one-class")
    with pytest.raises(Killed):
        done(record, on_epoch=killed)
    assert record.run().progress().epoch == 1
    assert done(record) is State.FINISHED  # the same attempt, as Dask makes it
    undisturbed = type(experiments)(type(experiments.runs)(tmp_path / "other"))
    other = undisturbed.record(record.id)
    other.ensure(record.part())
    done(other)
    pandas.testing.assert_frame_equal(record.scores(), other.scores())
    assert record.result().measures == other.result().measures


def test_killed_in_judging_nothing_half_done_is_taken_for_a_result(first, monkeypatch):
    _, record = first("one-class")
    write = Folder.write

    def killed(folder, name, data):
        if name == "result.json":
            raise Killed
        write(folder, name, data)

    monkeypatch.setattr(Folder, "write", killed)
    with pytest.raises(Killed):
        done(record)
    monkeypatch.setattr(Folder, "write", write)
    assert record.state() is State.RUNNING
    trained = record.run()
    monkeypatch.setattr(execution, "Training", None)
    assert done(record) is State.FINISHED
    assert record.run().id == trained.id


def test_what_somebody_else_has_under_way_is_waited_for(first):
    _, record = first("corruptions")
    record.set_state(State.RUNNING, by="another")
    ended = []
    waiting = threading.Thread(target=lambda: ended.append(done(record)))
    waiting.start()
    assert waiting.is_alive()
    record.folder.write_json("result.json", {"measures": []})
    waiting.join(timeout=30)
    assert ended == [State.FINISHED]
    assert not record.folder.exists("scores.parquet")  # nothing was carried out here


def test_what_somebody_else_left_is_taken_over(first, monkeypatch):
    _, record = first("corruptions")
    record.set_state(State.RUNNING, by="another")
    monkeypatch.setattr("ae_core.jobs.record.HEARTBEAT_SECONDS", -1)
    assert done(record) is State.FINISHED


def test_a_part_under_way_says_so_again_and_again(first, monkeypatch):
    monkeypatch.setattr("ae_core.studies.execution.BEAT_SECONDS", 0.01)
    _, record = first("corruptions")
    beats, over = [], threading.Event()
    set_state = PartRecord.set_state

    def counted(self, state, *arguments, **options):
        set_state(self, state, *arguments, **options)
        beats.append(state)
        if len(beats) > 3:
            over.set()

    monkeypatch.setattr(PartRecord, "set_state", counted)
    letters = evaluation.letter_auroc
    monkeypatch.setattr(evaluation, "letter_auroc", lambda *given: over.wait(30) and letters(*given))
    assert done(record) is State.FINISHED
    assert set(beats) == {State.RUNNING}


# -- deleted meanwhile


@pytest.fixture
def say_at_once(monkeypatch):
    monkeypatch.setattr(execution, "RECORD_SECONDS", 0)
    monkeypatch.setattr("ae_core.studies.execution.SAY_SECONDS", 0)


@pytest.mark.usefixtures("say_at_once")
def test_a_part_deleted_in_mid_training_ends_and_leaves_no_folder_behind(experiments, first):
    _, record = first("one-class")
    epochs = []

    def delete(epoch):
        epochs.append(epoch.number)
        record.folder.delete()

    with pytest.raises(RecordDeletedError):
        done(record, on_epoch=delete)
    assert epochs == [1]
    assert experiments.folder.child("parts").names() == []
    (run,) = experiments.runs.list(of_studies=True)
    assert run.state() is State.STOPPED


@pytest.mark.usefixtures("say_at_once")
def test_a_part_deleted_while_scores_are_fitted_ends_without_a_result(experiments, first, monkeypatch):
    evaluation.given_model.cache_clear()
    _, record = first("corruptions")
    shares = []

    def reach(self, share):
        shares.append(share)
        record.folder.delete()
        self.say()

    monkeypatch.setattr("ae_core.studies.execution.Pulse.reach", reach)
    root = experiments.runs.folder.url
    assert PART.work(root, record.id, "me") == "deleted while it was carried out"
    assert len(shares) == 1
    assert experiments.folder.child("parts").names() == []


def test_a_part_whose_training_is_deleted_says_so_and_trains_anew(experiments, first, monkeypatch):
    monkeypatch.setattr(execution, "RECORD_SECONDS", 0)
    _, record = first("one-class")
    assert done(record, on_epoch=lambda _: record.run().folder.delete()) is State.FAILED
    assert "Its training was deleted" in record.message()
    assert experiments.runs.list(of_studies=True) == []
    assert done(record) is State.FINISHED


@pytest.mark.usefixtures("say_at_once")
@pytest.mark.parametrize("kind", ["one-class", "corruptions"])
def test_a_part_says_how_much_of_it_is_done(first, monkeypatch, tmp_path, kind):
    monkeypatch.setenv("AE_CACHE", str(tmp_path / "cache"))  # nothing is fitted yet
    evaluation.given_model.cache_clear()
    _, record = first(kind)
    shares, set_state = [], PartRecord.set_state

    def noted(self, state, *arguments, **options):
        set_state(self, state, *arguments, **options)
        shares.append(self.share())

    monkeypatch.setattr(PartRecord, "set_state", noted)
    assert done(record) is State.FINISHED
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] == 1
    assert len(set(shares)) > 4


# -- asked to pause or stop, and what goes wrong


@pytest.mark.parametrize(("action", "state"), [(Action.PAUSE, State.PAUSED), (Action.STOP, State.STOPPED)])
@pytest.mark.parametrize("kind", ["one-class", "corruptions"])
def test_asked_before_it_begins_it_does_not_begin(first, kind, action, state):
    _, record = first(kind)
    record.request(action)
    assert done(record) is state
    assert record.state() is state
    assert record.run() is None
    record.request(Action.RUN)
    assert done(record) is State.FINISHED


def test_paused_in_training_it_goes_on_with_the_same_run(first, monkeypatch):
    monkeypatch.setattr(execution, "RECORD_SECONDS", 0)
    _, record = first("one-class")
    assert done(record, on_epoch=lambda _: record.request(Action.PAUSE)) is State.PAUSED
    run = record.run()
    assert run.state() is State.PAUSED
    record.request(Action.RUN)
    assert done(record) is State.FINISHED
    assert record.run().id == run.id


def test_a_training_that_diverges_fails_the_part_with_its_message(first, monkeypatch):
    sound = loop.LOSSES["mse"]
    monkeypatch.setitem(loop.LOSSES, "mse", lambda made, wanted: sound(made, wanted) * float("inf"))
    _, record = first("one-class")
    assert done(record) is State.FAILED
    assert "lower learning rate" in record.message()
    failed = record.run().id
    monkeypatch.setitem(loop.LOSSES, "mse", sound)
    assert done(record) is State.FINISHED
    assert record.run().id != failed


def test_a_model_that_has_changed_since_is_not_judged_in_its_stead(first):
    part, record = first("corruptions")
    evaluation.given_model.cache_clear()
    record.folder.write_json("part.json", asdict(part) | {"weights": "0" * 16})
    assert done(record) is State.FAILED
    assert "has changed" in record.message()


def test_a_data_set_that_has_changed_since_is_told(first):
    part, record = first("one-class")
    record.folder.write_json("part.json", asdict(part) | {"fingerprint": "0" * 16})
    assert done(record) is State.FAILED
    assert "no longer the one" in record.message()


def test_a_full_disk_pauses_the_part_and_what_is_unexpected_fails_it(first, monkeypatch):
    _, record = first("corruptions")

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "no room")

    finish = PartRecord.finish
    monkeypatch.setattr(PartRecord, "finish", full)
    assert done(record) is State.PAUSED
    assert "The disk is full" in record.message()
    monkeypatch.setattr(PartRecord, "finish", lambda *_, **__: 1 / 0)
    assert done(record) is State.FAILED
    assert "ZeroDivisionError" in record.message()
    monkeypatch.setattr(PartRecord, "finish", finish)
    assert done(record) is State.FINISHED


def test_a_part_deleted_while_it_waited_is_passed_over(experiments, first):
    _, record = first("corruptions")
    root = experiments.runs.folder.url
    assert PART.work(root, "0" * 16, "me") == "deleted while it waited"
    assert PART.work(root, record.id, "me") == "finished"
