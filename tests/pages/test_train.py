"""Train: settings and presets, a run in each of its states, the buttons, and what finished runs offer."""

import errno
import re
import time
from dataclasses import fields
from pathlib import Path
from threading import Event

import numpy as np
import pandas
import pytest

from ae_core.jobs.states import HEARTBEAT_SECONDS, Action, State
from ae_core.models.build import build_model, parameter_count
from ae_core.models.config import ModelConfig
from ae_core.models.weights import save_model
from ae_core.runs.config import Progress
from ae_core.runs.execution import execute
from ae_core.runs.service import MAX_ACTIVE_RUNS
from ae_core.runs.store import RunStore
from ae_core.storage import Folder
from ae_core.studies.store import StudyStore
from ae_core.studies.sweep import SweepConfig
from ae_core.training import presets
from ae_core.training.config import TrainConfig
from ae_core.training.presets import PRESETS
from tests.names import as_read
from tests.pages.conftest import AskedToRerunError, assert_sound, button, words
from ui.shell import browser, cached, shell
from ui.shell.theme import plain
from ui.train import live, settings
from ui.train.settings import LABELS
from ui.widgets import steering

FIELDS = [(config, each.name) for config in (ModelConfig, TrainConfig) for each in fields(config)]
SMALL = ModelConfig(latent_dim=3, hidden=(8,))
RECIPE = TrainConfig(epochs=4)
TRAINING_DIGITS = 3200  # of the embedded ones
TWO = ModelConfig(latent_dim=2, hidden=(8,))  # numbers, so that it has a map
SMALL_NAME = "dense-3, 4 epochs on embedded"
MISSING = "20200101-000000-aaaa"


def labels(lab) -> list[str]:
    return [each.label for each in lab.main.button]


def badge(lab) -> str:
    (found,) = (each.value for each in lab.markdown if "-badge[" in each.value)
    return found


def write_run(
    store: RunStore,
    state: State,
    *,
    message: str = "",
    epochs: int = 2,
    model: ModelConfig = SMALL,
    dataset: str = "embedded",
    **options,
):
    """A run in `state`, its files as a worker leaves them; INTERRUPTED: one whose worker fell silent."""
    run = store.create(model, RECIPE, dataset=dataset, fingerprint="f" * 16, **options)
    silent = HEARTBEAT_SECONDS + 60 if state is State.INTERRUPTED else 0
    run.set_progress(
        Progress(
            epoch=epochs,
            step=5,
            steps=13,
            images_per_second=12_345,
            remaining_seconds=75,
            learning_rate=1e-3,
            curve=[(0.5, 0.2), (1.0, 0.1)],
            updated=time.time() - silent,
        )
    )
    rows = {"number": range(1, epochs + 1), "train_loss": 0.1, "validation_loss": 0.0875}
    run.set_metrics(pandas.DataFrame(rows).assign(learning_rate=1e-3, seconds=1.0, images_per_second=1e4))
    frames = np.zeros((epochs + 1, 10, 28, 28), np.uint8)
    run.set_film(np.arange(epochs + 1.0), frames)
    if model.latent_dim == 2:
        codes = np.random.default_rng(0).normal(size=(epochs + 1, 500, 2)).astype(np.float16)
        run.set_codes(np.arange(epochs + 1.0), codes, np.arange(500, dtype=np.uint8) % 10)
    if state in (State.FINISHED, State.STOPPED, State.FAILED):
        run.folder.write("model.safetensors", save_model(build_model(SMALL)))
    if state in (State.PAUSED, State.INTERRUPTED):
        run.folder.write("checkpoint.safetensors", b"")
    run.set_state(State.RUNNING if state is State.INTERRUPTED else state, message)
    return run


# -- settings


@pytest.mark.parametrize(("config", "name"), FIELDS, ids=[name for _, name in FIELDS])
def test_every_field_of_both_configurations_has_a_control_with_help(visit, config, name):
    lab = visit("train")
    owner = next((kind for kind, names in settings.OWN.items() if name in names), "dense")
    lab.get_by_key(settings.key_of("architecture")).set_value(owner).run()
    control = lab.get_by_key(settings.key_of(name))
    assert control.label == settings.LABELS[name]
    assert control.help == config.help(name)
    default = {**PRESETS[0].model.to_dict(), **PRESETS[0].recipe(TRAINING_DIGITS).to_dict()}[name]
    assert control.value == settings.shown(name, default)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_a_preset_fills_in_every_control(visit, service, preset):
    lab = visit("train")
    for key, value in ((settings.key_of("denoising"), 0.3), (settings.key_of("seed"), 7)):
        lab.get_by_key(key).set_value(value)
    lab.get_by_key(settings.key_of("optimizer")).set_value("sgd").run()
    lab.selectbox(key="preset").set_value(PRESETS[1 if preset is PRESETS[0] else 0].title).run()
    lab.selectbox(key="preset").set_value(preset.title).run()
    assert_sound(lab)
    assert preset.lesson in words(lab)
    assert f"**{parameter_count(preset.model):,}** parameters" in words(lab)
    button(lab, "Start training").click().run()
    (run,) = service.store.list()
    assert (run.config().model, run.config().train) == (preset.model, preset.recipe(TRAINING_DIGITS))


def test_a_preset_that_nobody_has_changed_is_that_of_the_data_set_in_view(visit, monkeypatch, embedded, few):
    monkeypatch.setattr(shell, "available_datasets", lambda: ["embedded", "few"])
    monkeypatch.setitem(shell.DATASET_TITLES, "few", "A few digits")
    monkeypatch.setattr(cached, "digits", {"embedded": embedded, "few": few}.get)
    monkeypatch.setattr(presets, "MANY", 1000)

    def batch_size(dataset: str) -> int:
        lab.sidebar.selectbox(key="data").set_value(dataset).run()
        assert_sound(lab)
        return lab.number_input(key=settings.key_of("batch_size")).value

    lab = visit("train", data="embedded")
    assert [batch_size(each) for each in ("embedded", "few", "embedded")] == [256, 128, 256]
    batch_size("few")
    assert "For 320 training digits: batch size 128, augmentation 0.5." in words(lab)
    lab.number_input(key=settings.key_of("batch_size")).set_value(99).run()
    assert "With your changes" in words(lab)
    assert [batch_size(each) for each in ("embedded", "few")] == [99, 99]


def test_the_cost_is_told_before_the_start_and_the_time_once_it_is_known(visit, wait_until, monkeypatch):
    visit("home")  # Streamlit then knows the canvas, which the module below imports
    from ui.widgets import cost

    cost.seconds.clear()
    timed, estimate = Event(), cost.estimate_seconds
    monkeypatch.setattr(cost, "estimate_seconds", lambda *of: timed.wait(30) and estimate(*of))
    lab = visit("train")
    assert "**478,256** parameters · compression **24.5 ×** · timing its steps ..." in words(lab)
    timed.set()
    wait_until(lambda: "compression **24.5 ×** · about **" in words(lab.run()))
    lab.select_slider(key="setting latent_dim").set_value(2).run()
    assert f"**{parameter_count(ModelConfig(latent_dim=2)):,}** parameters · compression **392 ×**" in words(
        lab
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("256; x", "Hidden layers are whole numbers separated by commas"),
        ("256, 1.5", "got '256, 1.5'"),
        ("0", "each a whole number from 1 to 1,024, got (0,)"),
        ("-3", "each a whole number from 1 to 1,024"),
        ("5000", "each a whole number from 1 to 1,024"),
        ("1,2,3,4,5,6", "0 to 5 layer widths"),
        ("9" * 5000, "whole number"),
    ],
)
def test_wrong_hidden_layers_are_told_and_cannot_be_started(visit, text, message):
    lab = visit("train")
    lab.text_input(key="setting hidden").set_value(text).run()
    assert_sound(lab)
    (error,) = lab.error
    assert message in as_read(error.value)
    assert len(error.value) < 400
    assert button(lab, "Start training").disabled
    lab.text_input(key="setting hidden").set_value("").run()
    assert not lab.error
    assert not button(lab, "Start training").disabled


def test_a_wrong_value_that_comes_with_the_click_is_refused_by_the_library(visit, store):
    lab = visit("train")
    lab.text_input(key="setting hidden").set_value("2000")
    button(lab, "Start training").click().run()
    assert_sound(lab)
    assert any("Hidden layers must be 0 to 5 layer widths" in as_read(error.value) for error in lab.error)
    assert not store.list()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0),
        ("epochs", 1001),
        ("batch_size", 1),
        ("batch_size", 10**9),
        ("peak_learning_rate", 0.0),
        ("peak_learning_rate", 7.0),
        ("seed", -1),
        ("denoising", 2.0),
    ],
)
def test_a_number_out_of_range_is_told_and_cannot_be_started(visit, name, value):
    lab = visit("train")
    field = lab.number_input(key=settings.key_of(name))
    field.set_value(value).run()
    assert_sound(lab)
    (error,) = lab.error
    assert f"{LABELS[name]} must be {TrainConfig.rule(name).text}, got {value}" in as_read(error.value)
    assert TrainConfig.rule(name).text in field.help
    assert button(lab, "Start training").disabled
    field.set_value(getattr(TrainConfig(), name)).run()
    assert not lab.error


def test_a_number_out_of_range_that_comes_with_the_click_is_refused(visit, store):
    lab = visit("train")
    lab.number_input(key=settings.key_of("epochs")).set_value(5000)
    button(lab, "Start training").click().run()
    assert_sound(lab)
    assert any("Epochs must be a whole number from 1 to 1,000" in as_read(error.value) for error in lab.error)
    assert not store.list()


# -- the form after a reload

OWN = ModelConfig(architecture="variational", latent_dim=7, hidden=(48, 24), beta=0.3)


def form(lab) -> tuple[ModelConfig, TrainConfig]:
    """What a start now would train."""
    held = {name: settings.key_of(name) for name in settings.LABELS}
    held = {name: lab.session_state[key] for name, key in held.items() if key in lab.session_state}
    held |= {name: settings.parse_widths(held[name]) for name in settings.WIDTHS if name in held}
    owned = [
        {each.name: held[each.name] for each in fields(config) if each.name in held}
        for config in (ModelConfig, TrainConfig)
    ]
    return ModelConfig(**owned[0]), TrainConfig(**owned[1])


def test_a_new_session_begins_with_the_recipe_of_the_run_in_view(visit, store):
    run = write_run(store, State.RUNNING, model=OWN)
    lab = visit("train", run=run.id)
    assert form(lab) == (OWN, RECIPE)
    assert lab.selectbox(key="preset").value is None
    assert "Taken over from the run" in words(lab)
    assert not lab.error
    button(lab, "Start training").click().run()
    assert_sound(lab)
    new = next(each for each in store.list() if each.id != run.id)
    assert (new.config().model, new.config().train) == (OWN, RECIPE)


def test_a_new_session_knows_the_preset_that_a_run_was_started_with(visit, store):
    preset = PRESETS[2]
    run = store.create(preset.model, preset.train, dataset="embedded", fingerprint="f" * 16)
    lab = visit("train", run=run.id)
    assert lab.selectbox(key="preset").value == preset.title
    assert preset.lesson in words(lab)


def test_a_preset_that_was_changed_says_so(visit):
    preset = PRESETS[0]
    lab = visit("train")
    assert "With your changes" not in words(lab)
    lab.get_by_key(settings.key_of("epochs")).set_value(preset.train.epochs + 1).run()
    assert f"**With your changes.** Unchanged: {preset.lesson}" in words(lab)
    lab.get_by_key(settings.key_of("epochs")).set_value(preset.train.epochs).run()
    assert "With your changes" not in words(lab)


def test_what_a_visitor_entered_stays_whatever_run_comes_into_view(visit, store):
    run = write_run(store, State.FINISHED, model=OWN)
    lab = visit("train")
    lab.number_input(key="setting epochs").set_value(9).run()
    (box,) = (each for each in lab.main.selectbox if each.label == "Run in view")
    box.set_value(run.id).run()
    assert lab.query_params["run"] == run.id
    expected = ModelConfig(), PRESETS[0].recipe(TRAINING_DIGITS).with_changes(epochs=9)
    assert form(lab) == expected
    lab.switch_page("../../pages/home.py").run()
    lab.switch_page("../../pages/train.py").run()
    assert form(lab) == expected


def test_the_network_is_shown_once(visit, store):
    def pictures(lab) -> int:
        return len([each for each in lab.get("expander") if each.label == "What is inside"])

    assert pictures(visit("train")) == 0
    run = write_run(store, State.FINISHED, model=OWN)
    assert pictures(visit("train", run=run.id)) == 1


# -- starting


def test_start_makes_a_run_and_names_it_in_the_address(visit, store):
    lab = visit("train")
    lab.number_input(key="setting epochs").set_value(3)
    button(lab, "Start training").click().run()
    assert_sound(lab)
    (run,) = store.list()
    assert run.config().train.epochs == 3
    assert run.config().dataset == "embedded"
    assert lab.query_params["run"] == run.id
    assert "waiting" in badge(lab)


def test_a_run_is_carried_out_and_found_finished(visit, service, monkeypatch, few, store):
    monkeypatch.setattr("ae_core.runs.service.load_digits", lambda _: few)
    monkeypatch.setattr("ae_core.data.sources.load_digits", lambda _: few)
    lab = visit("train")
    lab.number_input(key="setting epochs").set_value(2)
    button(lab, "Start training").click().run()
    (run,) = store.list()
    service.waiting.clear()
    assert execute(run) is State.FINISHED
    lab.run()
    assert_sound(lab)
    assert "finished" in badge(lab)
    assert "After epoch 2" in words(lab)
    assert lab.main.progress[0].value == 100


def test_a_hand_that_presses_start_again_and_again_starts_one_run(visit, store):
    lab = visit("train")
    for _ in range(3):
        button(lab, "Start training").click().run()
        assert_sound(lab)
    (run,) = store.list()
    assert lab.query_params["run"] == run.id


def test_a_full_queue_of_ones_own_is_told(visit, store, monkeypatch):
    monkeypatch.setattr(steering, "ONE_PRESS_SECONDS", -1)
    lab = visit("train")
    for seed in range(MAX_ACTIVE_RUNS + 1):
        lab.number_input(key="setting seed").set_value(seed).run()
        button(lab, "Start training").click().run()
        assert_sound(lab)
    (error,) = lab.error
    assert f"{MAX_ACTIVE_RUNS} are allowed at once" in as_read(error.value)
    assert len(store.list()) == MAX_ACTIVE_RUNS
    other = visit("train")
    other.number_input(key="setting seed").set_value(MAX_ACTIVE_RUNS + 1).run()
    button(other, "Start training").click().run()
    assert not other.error
    assert len(store.list()) == MAX_ACTIVE_RUNS + 1


def test_a_training_that_is_there_is_offered_and_not_begun_again_unasked(visit, store, monkeypatch):
    monkeypatch.setattr(steering, "ONE_PRESS_SECONDS", -1)
    button(visit("train"), "Start training").click().run()
    (run,) = store.list()
    other = visit("train")
    button(other, "Start training").click().run()
    assert_sound(other)
    assert [run.id for run in store.list()] == [run.id]
    assert any("is under way already" in each.value for each in other.info)
    assert other.query_params["run"] == run.id
    button(other, "Train it again").click().run()
    assert_sound(other)
    assert len(store.list()) == 2
    assert other.query_params["run"] != run.id
    assert not any("already" in each.value for each in other.info)


def test_a_full_disk_at_the_start_is_told(visit, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    lab = visit("train")
    monkeypatch.setattr(Folder, "write", full)
    button(lab, "Start training").click().run()
    assert_sound(lab)
    assert [error.value for error in lab.error] == ["The run cannot be stored: No space left on device."]


def test_without_a_run_the_page_invites(visit):
    lab = visit("train")
    assert "Press **Start training**" in lab.info[0].value
    assert "run" not in lab.query_params


def test_before_the_first_start_digits_are_seen_as_the_network_chosen_makes_them(visit):
    lab = visit("train")
    untrained = "what the untrained network makes of them"
    assert any(untrained in caption.value for caption in lab.caption)
    shown = [image.proto.imgs[0].url for image in lab.image]
    lab.select_slider(key="setting latent_dim").set_value(2).run()
    assert_sound(lab)
    assert [image.proto.imgs[0].url for image in lab.image] != shown
    lab.number_input(key="setting epochs").set_value(0).run()
    assert not any(untrained in caption.value for caption in lab.caption)


@pytest.mark.parametrize("state", State)
def test_the_bare_page_shows_the_newest_run_that_the_visitor_has_under_way(visit, store, state):
    lab = visit("home")
    mine = write_run(store, state, owner=browser.visitor_of(lab.session_state[browser.SECRET]))
    write_run(store, State.RUNNING, owner="another")
    lab.switch_page("../../pages/train.py").run()
    assert_sound(lab)
    if state in (State.FINISHED, State.STOPPED, State.FAILED):
        assert "Press **Start training**" in lab.info[0].value
    else:
        assert lab.query_params["run"] == mine.id
        assert lab.subheader[0].value == mine.name


# -- a run in view

BUTTONS = {"Pause", "Resume", "Step one epoch", "Stop"}
STATES = {
    State.QUEUED: ("waiting", {"Stop"}, "Waiting: 1 job before it"),
    State.RUNNING: ("training", {"Pause", "Step one epoch", "Stop"}, "Epoch 3 of 4 · step 5 of 13"),
    State.PAUSED: ("paused", {"Resume", "Step one epoch", "Stop"}, "Epoch 2 of 4"),
    State.FINISHED: ("finished", set(), "Epoch 2 of 4"),
    State.STOPPED: ("stopped", {"Resume", "Step one epoch"}, "Epoch 2 of 4"),
    State.FAILED: ("failed", set(), "Epoch 2 of 4"),
    State.INTERRUPTED: ("interrupted", {"Resume", "Step one epoch", "Stop"}, "Epoch 2 of 4"),
}


@pytest.mark.parametrize("state", State)
def test_a_run_shows_its_state_its_place_and_its_handles(visit, service, store, state):
    word, buttons, place = STATES[state]
    run = write_run(store, state)
    if state is State.QUEUED:
        service.working, service.waiting = ["another"], [run.id]
    lab = visit("train", run=run.id)
    assert word in badge(lab)
    assert BUTTONS & set(labels(lab)) == buttons
    assert place in lab.main.progress[0].proto.text
    open_deletion(lab)
    assert ("Yes, delete" in labels(lab)) == (state not in (State.QUEUED, State.RUNNING))
    assert "After epoch 2" in words(lab)
    assert "validation **0.0875**" in words(lab)


def test_a_running_run_shows_its_speed_and_the_time_left(visit, store):
    lab = visit("train", run=write_run(store, State.RUNNING).id)
    assert "12,345 images/s · 1 min 15 s left" in lab.main.progress[0].proto.text
    assert lab.main.progress[0].value == int(100 * (2 + 5 / 13) / 4)


def test_a_run_that_failed_says_why(visit, store):
    run = write_run(store, State.FAILED, message="The loss became NaN, says the test.")
    assert [error.value for error in visit("train", run=run.id).error] == [
        "The loss became NaN, says the test."
    ]


def test_an_interrupted_run_says_that_nothing_is_lost(visit, store):
    lab = visit("train", run=write_run(store, State.INTERRUPTED).id)
    assert ["Nothing up to the last saved epoch is lost" in each.value for each in lab.warning] == [True]


def test_a_run_that_nobody_ever_took_up_is_found_interrupted(visit, store, service):
    run = write_run(store, State.QUEUED)
    service.clock = lambda: time.time() + HEARTBEAT_SECONDS + 1
    assert "interrupted" in badge(visit("train", run=run.id))


def test_a_run_without_an_epoch_yet_is_shown(visit, service, store):
    run = store.create(SMALL, RECIPE, dataset="embedded", fingerprint="f" * 16)
    service.working = [run.id]
    lab = visit("train", run=run.id)
    assert "Starting: the worker takes it up now" in lab.main.progress[0].proto.text


@pytest.mark.parametrize(
    "name", ["metrics.csv", "film.npz", "codes.npz", "progress.json", "status.json", "control.json"]
)
@pytest.mark.parametrize("state", [State.RUNNING, State.FINISHED])
def test_a_damaged_file_of_a_run_breaks_no_page(visit, store, state, name):
    run = write_run(store, state, model=TWO)
    run.folder.write(name, b"\x00half{")
    lab = visit("train", run=run.id)
    assert run.name in lab.subheader[0].value


@pytest.mark.parametrize("run_id", [MISSING, "../../etc", "x" * 200, "zoo:dense-32"])
def test_an_unknown_run_in_the_address_is_named_and_let_go(visit, run_id):
    lab = visit("train", run=run_id)
    (warning,) = lab.warning
    assert f"There is no run {run_id[:80]!r}" in as_read(warning.value)
    assert "run" not in lab.query_params
    assert "Press **Start training**" in lab.info[0].value
    lab.run()
    assert not lab.warning


def test_a_run_deleted_elsewhere_while_in_view_is_named_and_let_go(visit, store):
    run = write_run(store, State.FINISHED)
    lab = visit("train", run=run.id)
    store.delete(run.id)
    lab.run()
    assert_sound(lab)
    assert [run.id in as_read(warning.value) for warning in lab.warning] == [True]
    assert "run" not in lab.query_params


@pytest.mark.usefixtures("reruns")
def test_the_refreshing_part_of_the_page_hands_a_deleted_run_to_the_whole(store):
    run = write_run(store, State.FINISHED)
    store.delete(run.id)
    with pytest.raises(AskedToRerunError):
        live.watch(run, State.RUNNING, {}, 0.4)


@pytest.mark.parametrize(
    ("state", "label", "action"),
    [
        (State.RUNNING, "Pause", Action.PAUSE),
        (State.RUNNING, "Stop", Action.STOP),
        (State.RUNNING, "Step one epoch", Action.STEP),
        (State.PAUSED, "Resume", Action.RUN),
        (State.STOPPED, "Step one epoch", Action.STEP),
        (State.INTERRUPTED, "Resume", Action.RUN),
    ],
)
def test_a_handle_asks_it_of_the_run(visit, service, store, state, label, action):
    run = write_run(store, state)
    lab = visit("train", run=run.id)
    button(lab, label).click().run()
    assert_sound(lab)
    assert run.control().action is action
    assert (run.id in service.waiting) == (state is not State.RUNNING)


def test_a_handle_that_comes_too_late_says_so(visit, store):
    run = write_run(store, State.RUNNING)
    lab = visit("train", run=run.id)
    run.set_state(State.FINISHED)
    button(lab, "Pause").click().run()
    assert_sound(lab)
    assert [toast.value for toast in lab.toast] == ["A run that is finished cannot be paused."]
    assert run.control().action is Action.RUN


def test_a_full_disk_under_a_handle_is_told(visit, store, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    lab = visit("train", run=write_run(store, State.RUNNING).id)
    monkeypatch.setattr(Folder, "write", full)
    button(lab, "Stop").click().run()
    assert_sound(lab)
    assert ["No space left on device" in toast.value for toast in lab.toast] == [True]


def test_the_learning_rate_changes_in_mid_run(visit, store):
    run = write_run(store, State.RUNNING)
    lab = visit("train", run=run.id)
    rate = lab.number_input(key=f"rate {run.id}")
    assert rate.value == RECIPE.peak_learning_rate
    rate.set_value(0.01).run()
    assert_sound(lab)
    assert run.control().peak_learning_rate == 0.01
    assert run.control().action is Action.RUN


def test_a_learning_rate_that_no_recipe_may_have_is_refused_and_the_old_one_shown(visit, store):
    run = write_run(store, State.RUNNING)
    lab = visit("train", run=run.id)
    lab.number_input(key=f"rate {run.id}").set_value(7.0).run()
    assert_sound(lab)
    (toast,) = lab.toast
    assert "Peak learning rate of this run must be a number from 1e-06 to 1, got 7.0" in as_read(toast.value)
    assert lab.number_input(key=f"rate {run.id}").value == RECIPE.peak_learning_rate
    assert run.control().peak_learning_rate is None


# -- the film and the map


def charts(lab) -> list[str]:
    return [each.proto.alt for each in lab.get("vega_lite_chart")]


def replay(lab):
    return next(each for each in lab.slider if each.label.startswith("Replay"))


def test_the_replay_ends_where_a_stopped_run_does(visit, store):
    done, asked = 2, 4
    run = write_run(store, State.STOPPED, epochs=done)
    assert run.config().train.epochs == asked
    assert done <= replay(visit("train", run=run.id)).max < asked


def has_map(lab) -> bool:
    return any("Map of the codes" in alt for alt in charts(lab))


def test_the_map_goes_with_the_film(visit, store):
    run = write_run(store, State.FINISHED, model=TWO)
    lab = visit("train", run=run.id)
    assert has_map(lab)
    for epoch, moment in ((1, "after epoch 1"), (0, "untrained"), (2, "after epoch 2")):
        replay(lab).set_value(epoch).run()
        assert f"reconstructions {moment}" in words(lab)
        assert f"**500** test digits, {moment}" in words(lab)


def test_between_two_epochs_it_says_how_far_the_run_has_come(visit, store):
    run = write_run(store, State.PAUSED, model=TWO)
    _, frames = run.film()
    run.set_film(np.array([0.0, 1.0, 2.4]), frames)
    assert "reconstructions after 2.4 epochs" in words(visit("train", run=run.id))


def test_a_code_of_other_than_two_numbers_has_no_map(visit, store):
    assert not has_map(visit("train", run=write_run(store, State.RUNNING).id))


@pytest.mark.parametrize("data", [None, b"", b"\x00half{"])
@pytest.mark.parametrize(("state", "expected"), [(State.RUNNING, True), (State.FINISHED, False)])
def test_without_its_codes_a_run_that_goes_on_keeps_a_place_for_them(visit, store, data, state, expected):
    """Damaged, or a run from before there were maps: one that is over will never have one."""
    run = write_run(store, state, model=TWO)
    run.folder.remove("codes.npz") if data is None else run.folder.write("codes.npz", data)
    lab = visit("train", run=run.id)
    assert has_map(lab) == expected
    assert "reconstructions after epoch 2" in words(lab)


def test_without_its_film_a_run_keeps_its_map(visit, store):
    run = write_run(store, State.FINISHED, model=TWO)
    run.folder.write("film.npz", b"garbage")
    lab = visit("train", run=run.id)
    assert has_map(lab)
    assert "**500** test digits, after epoch 2" in words(lab)
    assert "reconstructions" not in words(lab)


def test_a_map_that_began_later_says_which_moment_it_shows(visit, store):
    """A run from before there were maps, which went on: the film knows epoch 2, the map does not."""
    run = write_run(store, State.FINISHED, model=TWO, epochs=4)
    _, codes, labels = run.codes()
    run.set_codes(np.array([0.0, 3.0, 4.0]), codes[[0, 3, 4]], labels)
    lab = visit("train", run=run.id)
    replay(lab).set_value(2).run()
    assert "reconstructions after epoch 2" in words(lab)
    assert "**500** test digits, untrained" in words(lab)


def test_a_run_whose_digits_are_gone_shows_the_rest_and_says_so(visit, store):
    run = write_run(store, State.FINISHED, model=TWO, dataset="mnist")
    lab = visit("train", run=run.id)
    assert any("missing" in info.value for info in lab.info)
    assert has_map(lab)


def test_the_film_can_be_wound_back(visit, store):
    run = write_run(store, State.FINISHED)
    lab = visit("train", run=run.id)
    for epoch, moment in ((1, "after epoch 1"), (0, "untrained"), (2, "after epoch 2")):
        replay(lab).set_value(epoch).run()
        assert f"reconstructions {moment}" in words(lab)


def test_two_runs_of_one_recipe_are_told_apart_in_every_list(visit, store):
    runs = [write_run(store, State.FINISHED) for _ in range(3)]
    lab = visit("train", run=runs[0].id)
    boxes = [each for each in lab.main.selectbox if each.label == "Run in view"]
    boxes += [lab.sidebar.selectbox(key="model"), lab.multiselect(key="compare")]
    for box, count in zip(boxes, (3, 3, 2), strict=True):
        own = [option for option in box.options if SMALL_NAME in option]
        assert len(set(own)) == len(own) == count
        assert all(re.match(r"\d\d:\d\d:\d\d · ", option) for option in own)  # where no list cuts it off


def test_another_run_is_laid_beneath(visit, store):
    run, other = write_run(store, State.FINISHED), write_run(store, State.STOPPED, name="Other")
    lab = visit("train", run=run.id)
    lab.multiselect(key="compare").set_value([other.id]).run()
    assert_sound(lab)
    store.delete(other.id)
    box = lab.multiselect(key="compare")
    assert run.id not in box.options
    lab.session_state["compare"] = []
    lab.run()
    assert_sound(lab)


# -- what a run offers at its end


def test_a_run_is_named(visit, store):
    run = write_run(store, State.FINISHED)
    lab = visit("train", run=run.id)
    lab.text_input(key=f"name {run.id}").set_value("  My   first run ").run()
    assert_sound(lab)
    assert run.name == lab.text_input(key=f"name {run.id}").value == "My first run"
    assert lab.subheader[0].value == "My first run"


@pytest.mark.parametrize("name", ["", "   "])
def test_a_name_that_is_none_is_refused(visit, store, name):
    run = write_run(store, State.FINISHED, name="Good")
    lab = visit("train", run=run.id)
    lab.text_input(key=f"name {run.id}").set_value(name).run()
    assert_sound(lab)
    assert ["A run's name has 1 to 60 characters" in toast.value for toast in lab.toast] == [True]
    assert run.name == lab.text_input(key=f"name {run.id}").value == "Good"
    assert not lab.warning


def test_a_run_named_in_another_tab_has_that_name_in_its_field(visit, store):
    run = write_run(store, State.FINISHED, name="Good")
    lab = visit("train", run=run.id)
    run.rename("Better")
    lab.run()
    assert lab.text_input(key=f"name {run.id}").value == "Better"


def test_a_run_that_another_tab_has_resumed_stays_in_view_when_its_deletion_is_refused(visit, store):
    run = write_run(store, State.PAUSED)
    lab = visit("train", run=run.id)
    open_deletion(lab)
    run.set_state(State.RUNNING)
    button(lab, "Yes, delete").click().run()
    assert_sound(lab)
    assert [toast.value for toast in lab.toast] == [
        f"The run {run.id} is running: stop it before deleting it."
    ]
    assert lab.query_params["run"] == run.id
    assert lab.subheader[0].value == run.name


def open_deletion(lab):
    lab.session_state["train deletion"] = True
    lab.run()


def test_who_deletes_a_run_reads_which_studies_have_its_model(visit, store):
    run = write_run(store, State.FINISHED)
    studies = StudyStore(store)
    sweep = studies.create(SweepConfig((2,), train=RECIPE, dataset="embedded"))
    ((part, record),) = studies.records(sweep)
    record.ensure(part)
    record.set_run(run)
    lab = visit("train", run=run.id)
    assert plain(sweep.title()) not in words(lab)
    open_deletion(lab)
    assert plain(sweep.title()) in words(lab)


def test_a_run_is_deleted_and_out_of_view_and_taken_back_into_it(visit, store):
    run = write_run(store, State.FINISHED)
    lab = visit("train", run=run.id)
    open_deletion(lab)
    button(lab, "Yes, delete").click().run()
    assert_sound(lab)
    assert not store.list()
    assert "run" not in lab.query_params
    assert not lab.warning
    button(lab, "Undo").click().run()
    assert_sound(lab)
    assert [each.id for each in store.list()] == [run.id]
    assert lab.query_params["run"] == run.id
    assert "Undo" not in labels(lab)


def test_its_model_is_brought_into_view(visit, store):
    run = write_run(store, State.STOPPED)
    lab = visit("train", run=run.id)
    button(lab, "Look at this model on the other pages").click().run()
    assert_sound(lab)
    assert lab.query_params["model"] == run.id
    assert "Look at this model on the other pages" not in labels(lab)
    lab.switch_page("../../pages/home.py").run()
    assert_sound(lab)
    assert lab.metric[0].value == "261 ×"


def test_an_earlier_run_is_chosen_and_stays_in_view_on_return(visit, store):
    old, new = (write_run(store, State.FINISHED, name=name) for name in ("Old", "New"))
    lab = visit("train", run=new.id)
    (box,) = (each for each in lab.main.selectbox if each.label == "Run in view")
    assert box.value == new.id
    box.set_value(old.id).run()
    assert_sound(lab)
    assert lab.subheader[0].value == "Old"
    assert lab.query_params["run"] == old.id
    lab.switch_page("../../pages/home.py").run()
    del lab.query_params["run"]  # as the sidebar's link to another page does
    lab.switch_page("../../pages/train.py").run()
    assert lab.subheader[0].value == "Old"


def test_a_folder_that_is_no_run_is_left_out(visit, store):
    write_run(store, State.FINISHED, name="Good")
    bad = write_run(store, State.FINISHED)
    Path(bad.folder.path, "config.json").write_text("{")
    lab = visit("train")
    (box,) = (each for each in lab.main.selectbox if each.label == "Run in view")
    assert len(box.options) == 1
    lab = visit("train", run=bad.id)
    assert bad.id in lab.warning[0].value


# -- a training that came to nothing


def test_a_run_that_learned_nothing_is_not_called_finished_in_green(visit, store):
    run = write_run(store, State.FINISHED)
    run.set_state(State.FINISHED, caution="It reconstructs digits badly. Try more epochs.")
    lab = visit("train", run=run.id)
    assert "orange" in badge(lab)
    assert "finished, learned nothing" in badge(lab)
    assert [each.value for each in lab.warning] == ["It reconstructs digits badly. Try more epochs."]
    assert any("learned nothing: " in label for label in lab.sidebar.selectbox(key="model").options)
    lab.sidebar.selectbox(key="model").set_value(run.id).run()
    (warning,) = lab.warning  # once, not twice
    assert "has learned nothing.** It reconstructs digits badly" in warning.value


@pytest.mark.parametrize("page", ["home", "digits", "draw", "latent", "anomaly", "tradeoffs"])
def test_every_page_says_that_the_model_in_view_has_learned_nothing(visit, store, page):
    run = write_run(store, State.FINISHED)
    run.set_state(State.FINISHED, caution="It reconstructs digits badly. Try more epochs.")
    lab = visit(page, model=run.id)
    assert any("learned nothing.** It reconstructs digits badly" in each.value for each in lab.warning)
