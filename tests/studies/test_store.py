"""Experiments on file: what is fixed when they are made, what is shared, and what a deletion leaves."""

from dataclasses import replace

import numpy as np
import pytest

from ae_core.errors import (
    ConfigError,
    DamagedError,
    DataError,
    ImageShapeError,
    NotFoundError,
    NotReadyError,
    RunError,
    WrongStateError,
)
from ae_core.jobs.states import Action, State
from ae_core.models.config import ModelConfig
from ae_core.runs.catalogue import weights_of
from ae_core.runs.execution import execute
from ae_core.studies.experiment import Experiment, ExperimentConfig
from ae_core.training.config import TrainConfig

pytestmark = pytest.mark.usefixtures("few_digits")


def test_what_is_stored_is_what_was_asked_for(experiments, config):
    experiment = experiments.create(config("one-class"), owner="me")
    assert experiments.get(experiment.id, Experiment) == experiment
    assert [each.id for each in experiments.list(Experiment)] == [experiment.id]
    assert experiment.owner == "me"
    assert experiment.title() == "one-class: 0, 1 with dense-4, 2 epochs on embedded"


def test_auto_becomes_the_data_set_that_is_there_and_stays_it(experiments, config):
    experiment = experiments.create(config("held-out", dataset="auto"))
    assert experiment.config.dataset == "embedded"


def test_a_given_run_is_judged_on_its_own_data_set(experiments, few, config):
    run = experiments.runs.create(
        ModelConfig(latent_dim=2), TrainConfig(epochs=1), dataset="embedded", fingerprint=few.fingerprint
    )
    with pytest.raises(NotReadyError, match="no model yet"):
        experiments.create(config("corruptions", reference=run.id))
    execute(run, device="cpu")
    experiment = experiments.create(config("corruptions", reference=run.id, dataset="auto"))
    assert experiment.config.dataset == "embedded"
    assert experiment.weights == weights_of(run.id, experiments.runs)


@pytest.mark.parametrize(
    ("kind", "values", "error", "message"),
    [
        ("corruptions", {"reference": "zoo:dense-33"}, NotFoundError, "it has dense-2"),
        ("foreign", {"reference": "20260101-000000-abcd"}, NotFoundError, "There is no run"),
        ("corruptions", {"scores": ("negative_elbo",)}, ConfigError, "needs a variational network"),
        ("one-class", {"scores": ("negative_elbo",)}, ConfigError, "needs a variational network"),
        ("foreign", {"sources": ("upload",), "upload": "gone"}, NotFoundError, "upload them again"),
    ],
)
def test_what_cannot_be_had_is_refused_before_there_is_an_experiment(
    experiments, config, kind, values, error, message
):
    with pytest.raises(error, match=message):
        experiments.create(config(kind, **values))
    assert experiments.list(Experiment) == []


def test_missing_data_is_told(experiments, config, monkeypatch):
    def missing(_):
        raise DataError("not here")

    monkeypatch.setattr("ae_core.studies.experiment.load_digits", missing)
    with pytest.raises(DataError, match="not here"):
        experiments.create(config("one-class"))


def test_the_same_question_takes_up_the_newest_experiment_and_lets_it_run(experiments, config):
    first = experiments.create(config("one-class"))
    experiments.save(replace(first, requested=Action.STOP))
    again = experiments.take_up(config("one-class", severity=0.3))  # which a part that trains leaves aside
    assert again.id == first.id
    assert experiments.get(first.id, Experiment).requested is Action.RUN
    assert experiments.take_up(config("one-class", seeds=(1,))).id != first.id


@pytest.mark.parametrize("experiment_id", ["", "nonsense", "../runs", "parts", "20260101-000000-abcd"])
def test_an_unknown_experiment_is_refused(experiments, experiment_id):
    with pytest.raises(NotFoundError, match="There is no experiment"):
        experiments.get(experiment_id, Experiment)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"{}", b'{"config": {}, "wish": "run"}'])
def test_a_damaged_experiment_is_told_and_left_out_of_lists(experiments, config, data):
    experiment = experiments.create(config("one-class"))
    experiments.folder.write(f"{experiment.id}.experiment.json", data)
    with pytest.raises(DamagedError, match=f"{experiment.id}.experiment.json is damaged"):
        experiments.get(experiment.id, Experiment)
    assert experiments.list(Experiment) == []


def test_a_study_of_a_newer_version_is_told_and_stays(experiments, config):
    experiment = experiments.create(config("one-class"))
    experiments.folder.write("20990101-000000-abcd.contest.json", b"{}")
    assert experiments.unknown() == ["20990101-000000-abcd"]
    experiments.delete(experiment)
    assert experiments.list(Experiment) == []
    assert experiments.folder.exists("20990101-000000-abcd.contest.json")


# -- deletion


def test_a_deletion_takes_what_no_other_experiment_needs_and_leaves_what_was_trained(
    experiments, config, carried_out
):
    first, second = carried_out(config("one-class")), carried_out(config("one-class", digits=(1,)))
    records = {part.digit: record for part, record in experiments.records(first)}
    runs = {digit: record.run().id for digit, record in records.items()}
    experiments.delete(first)
    assert [each.id for each in experiments.list(Experiment)] == [second.id]
    assert records[0].state() is State.QUEUED
    assert records[1].state() is State.FINISHED
    assert {run.id for run in experiments.runs.list(of_studies=True)} == set(runs.values())
    again = carried_out(config("one-class"))
    assert {part.digit: record.run().id for part, record in experiments.records(again)} == runs


def test_a_running_experiment_is_not_deleted(experiments, config):
    experiment = experiments.create(config("one-class"))
    part, record = next(experiments.records(experiment))
    record.ensure(part)
    record.set_state(State.RUNNING, by="a worker")
    with pytest.raises(WrongStateError, match="stop it before deleting it"):
        experiments.delete(experiment)
    record.set_state(State.STOPPED)
    experiments.delete(experiment)
    assert experiments.list(Experiment) == []


# -- uploads


def uploaded(name: str) -> ExperimentConfig:
    return ExperimentConfig.of("foreign", dataset="embedded", sources=("upload",), upload=name)


def test_uploaded_images_come_back_as_they_were_under_one_name(experiments, few):
    images = few.test.images[::-1][:7]
    name = experiments.uploads.keep(images)
    assert experiments.uploads.keep(images.copy()) == name
    assert np.array_equal(experiments.uploads.get(name), images)
    with pytest.raises(ImageShapeError):
        experiments.uploads.keep(images / 255)


def test_an_upload_goes_with_the_last_experiment_that_has_it(experiments, few):
    name = experiments.uploads.keep(few.test.images[:7])
    first, second = experiments.create(uploaded(name)), experiments.create(uploaded(name))
    experiments.delete(first)
    assert len(experiments.uploads.get(name)) == 7
    experiments.delete(second)
    with pytest.raises(RunError, match="upload them again"):
        experiments.uploads.get(name)


@pytest.mark.parametrize("data", [b"", b"\x93NUMPY", b"no array at all"])
def test_a_damaged_upload_is_told(experiments, few, data):
    name = experiments.uploads.keep(few.test.images[:7])
    experiments.folder.write(f"uploads/{name}.npy", data)
    with pytest.raises(DamagedError, match="damaged"):
        experiments.uploads.get(name)


def test_no_name_of_an_upload_leads_outside(experiments):
    with pytest.raises(NotFoundError, match="not here"):
        experiments.uploads.get("../../config")


# -- what a part has on file


@pytest.fixture
def record(experiments, config):
    part, record = next(experiments.records(experiments.create(config("one-class"))))
    record.ensure(part)
    return record


def test_a_part_that_falls_silent_is_interrupted(record):
    record.set_state(State.RUNNING, by="me")
    updated = record.status().updated
    assert record.state(now=updated + 14) is State.RUNNING
    assert record.state(now=updated + 16) is State.INTERRUPTED


def test_whoever_has_a_part_is_not_another_for_itself(record):
    assert not record.is_with_another("me")
    record.set_state(State.RUNNING, by="me")
    assert not record.is_with_another("me")
    assert record.is_with_another("you")


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"state": "dreaming"}', b'{"state": 3}'])
def test_a_damaged_status_means_that_the_part_waits(record, data):
    record.folder.write("status.json", data)
    assert record.state() is State.QUEUED
    assert record.message() == ""


def test_a_damaged_control_asks_for_nothing(record):
    record.request(Action.STOP)
    assert record.asked() is Action.STOP
    record.folder.write("control.json", b"{")
    assert record.asked() is Action.RUN


def test_a_damaged_part_is_told_and_so_are_results_that_are_not_there_yet(record):
    with pytest.raises(NotReadyError, match=r"no scores\.parquet yet: it is queued"):
        record.scores()
    record.folder.write("part.json", b"{}")
    with pytest.raises(DamagedError, match="is damaged"):
        record.part()


def test_the_studies_that_have_a_run_are_named(experiments, config, carried_out):
    first, other = (
        carried_out(config("one-class", digits=(0,))),
        experiments.create(config("one-class", digits=(1,))),
    )
    ((_, record),) = experiments.records(first)
    assert [each.id for each in experiments.needing(record.run().id)] == [first.id]
    assert experiments.needing("20260101-000000-abcd") == []
    assert other.id not in {each.id for each in experiments.needing(record.run().id)}
