"""Event files: TensorBoard reads in them what a run has on file, whenever they were asked for."""

import pytest

from ae_core.data import sources
from ae_core.jobs.states import Action, State
from ae_core.models.config import ModelConfig
from ae_core.runs import tensorboard
from ae_core.runs.execution import execute
from ae_core.runs.run import Run
from ae_core.training.config import TrainConfig
from tests.runs.test_store import METRICS, any_store, create  # noqa: F401

NET = ModelConfig(latent_dim=4, hidden=(16,))
RECIPE = TrainConfig(epochs=4, batch_size=64, precision="fp32")


def scalars(run: Run) -> dict[str, list[tuple[int, float]]]:
    """What TensorBoard shows of the run: steps and values by their tags."""
    reader = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    found = reader.EventAccumulator(run.folder.path)
    found.Reload()
    return {tag: [(each.step, each.value) for each in found.Scalars(tag)] for tag in found.Tags()["scalars"]}


def on_file(run: Run) -> dict[str, list[tuple[int, float]]]:
    metrics = run.metrics()
    return {
        tag: [
            (number, pytest.approx(value, rel=1e-6))
            for number, value in zip(metrics["number"], metrics[name], strict=True)
        ]
        for name, tag in tensorboard.TAGS.items()
        if name != "kl" or run.config().model.is_variational
    }


@pytest.fixture
def make(store, few, monkeypatch):
    monkeypatch.setattr(sources, "load_digits", lambda _: few)

    def make(net: ModelConfig = NET) -> Run:
        return store.create(net, RECIPE, dataset="few", fingerprint=few.fingerprint)

    return make


@pytest.mark.parametrize("architecture", ["dense", "variational"])
def test_a_run_that_is_logged_has_its_epochs_in_the_file(make, architecture):
    run = make(NET.with_changes(architecture=architecture))
    tensorboard.log(run)
    assert execute(run, device="cpu") is State.FINISHED
    assert scalars(run) == on_file(run)
    assert len(scalars(run)["loss/validation"]) == RECIPE.epochs


def test_it_can_be_asked_for_in_the_middle_after_the_end_and_not_at_all(make):
    middle, after, never = make(), make(), make()
    lengths = []

    def epoch_done(result):
        if result.number == 2:
            tensorboard.log(middle)
        if result.number > 2:
            lengths.append(len(scalars(middle)["loss/train"]))

    assert execute(middle, device="cpu", on_epoch=epoch_done) is State.FINISHED
    for run in (after, never):
        assert execute(run, device="cpu") is State.FINISHED
    tensorboard.log(after)
    assert scalars(middle) == on_file(middle)
    assert lengths == [3, 4]  # it grows while the run trains
    assert scalars(after) == on_file(after)
    assert not tensorboard.is_logged(never)


def test_a_run_that_went_back_to_its_checkpoint_has_no_epoch_twice(make):
    run = make()
    tensorboard.log(run)
    run.request(Action.STEP)
    assert execute(run, device="cpu") is State.PAUSED
    assert len(scalars(run)["loss/train"]) == 1
    run.request(Action.RUN)
    assert execute(run, device="cpu") is State.FINISHED
    assert scalars(run) == on_file(run)


def test_a_setting_has_every_run_logged(make, monkeypatch):
    monkeypatch.setenv(tensorboard.SETTING, "1")
    run = make()
    assert execute(run, device="cpu") is State.FINISHED
    assert scalars(run) == on_file(run)


def test_a_log_grows_in_place_wherever_runs_are_kept(any_store):  # noqa: F811
    run = create(any_store)
    log = tensorboard.EventLog(run)
    log.note(METRICS.iloc[:1])
    assert not tensorboard.is_logged(run)
    tensorboard.log(run)
    log.note(METRICS.iloc[:1])
    log.note(METRICS)
    grown = run.folder.read(tensorboard.file_name(run))
    run.set_metrics(METRICS)
    tensorboard.log(run)
    assert run.folder.read(tensorboard.file_name(run)) == grown


def test_a_deleted_run_gets_no_log(store):
    run = create(store)
    log = tensorboard.EventLog(run)
    tensorboard.log(run)
    store.delete(run.id)
    log.note(METRICS)
    assert store.folder.names() == []
