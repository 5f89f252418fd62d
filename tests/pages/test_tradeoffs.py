"""Trade-offs: the shipped models at once, the same digits under each, and a sweep of one's own."""

import json
from dataclasses import replace
from threading import Event

import numpy as np
import pytest

from ae_core import zoo
from ae_core.data.digits import Split
from ae_core.data.sources import load_digits
from ae_core.drawing.samples import letter
from ae_core.jobs.states import Action, State
from ae_core.models.config import ModelConfig
from ae_core.studies.execution import carry_out
from ae_core.studies.service import StudyService
from ae_core.studies.store import StudyStore
from ae_core.studies.sweep import Sweep, SweepConfig
from ae_core.training.config import TrainConfig
from tests.names import as_read
from tests.pages.conftest import AskedToRerunError, assert_sound, button, words
from ui.shell import cached, shell
from ui.tradeoffs import sweep as sweeping
from ui.tradeoffs import sweep_form
from ui.widgets import steering

QUICK = SweepConfig(
    (2, 4),
    ("dense",),
    (0,),
    ModelConfig(hidden=(8,)),
    TrainConfig(epochs=1, batch_size=512, precision="fp32"),
    "embedded",
)


def curve(lab) -> dict:
    return json.loads(lab.get("plotly_chart")[0].proto.spec)


def labels(lab) -> list[str]:
    return [each.label for each in lab.button]


def names(figure: dict) -> list[str]:
    return [trace["name"] for trace in figure["data"]]


def press(lab, label):
    button(lab, label).click().run()
    assert_sound(lab)


def set_dims(lab, *dims):
    lab.get_by_key("sweep dims").set_value(list(dims)).run()
    assert_sound(lab)


def choose_data(lab, name):
    lab.sidebar.selectbox(key="data").set_value(name).run()
    assert_sound(lab)


def range_of_dims(lab) -> list[int]:
    return [int(option) for option in lab.get_by_key("sweep dims").options]


@pytest.fixture
def sweep(store):
    """A sweep of two points, the first of them trained, for too short a time to learn anything."""
    sweeps = StudyStore(store)
    sweep = sweeps.create(QUICK)
    records = records_of(sweeps, sweep)
    carry_out(records[0], "me", device="cpu")
    return sweep


def records_of(sweeps, sweep):
    for part, record in sweeps.records(sweep):
        record.ensure(part)
    return [record for _, record in sweeps.records(sweep)]


# -- from the shipped models


def test_the_curve_has_every_kind_of_shipped_model_and_what_to_measure_it_by(visit):
    shown = names(curve(visit("tradeoffs")))
    assert shown[:3] == [
        "PCA, the best linear code",
        "the mean image, no code at all",
        "the reference notebook",
    ]
    assert set(shown[3:]) == {f"{name.rpartition('-')[0]}, shipped" for name in zoo.names()}


def test_the_table_has_a_row_for_each_shipped_model(visit):
    (table,) = visit("tradeoffs").dataframe
    assert len(table.value) == len(zoo.names())
    assert table.value["test_error"].between(0.002, 0.05).all()
    assert table.value["detection"].between(0.5, 1).all()


def test_the_chosen_digits_are_drawn_by_every_model(visit):
    lab = visit("tradeoffs")
    assert len(lab.image) == len(zoo.names()) + 1
    before = [image.proto.imgs[0].url for image in lab.image]
    press(lab, "Ten others")
    after = [image.proto.imgs[0].url for image in lab.image]
    assert len(after) == len(before)
    assert not set(after) & set(before)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("1000", "whole numbers from 0 to 999"),
        ("-1", "got '-1'"),
        ("x", "got 'x'"),
        ("9" * 100, "whole numbers"),
        ("1.5", "got '1.5'"),
        (", ".join("1" * 13), "At most 12 digits"),
    ],
)
def test_what_is_no_test_digit_is_told(visit, typed, message):
    lab = visit("tradeoffs")
    lab.text_input(key="same digits, embedded").set_value(typed).run()
    assert_sound(lab)
    assert [message in as_read(error.value) for error in lab.error] == [True]


def test_the_numbers_of_another_data_set_are_not_taken_for_this_one_s(visit):
    lab = visit("tradeoffs")
    lab.session_state["same digits, mnist"] = "3, 2, 1"
    lab.run()
    digits = load_digits("embedded").test.labels
    shown = lab.text_input(key="same digits, embedded").value.split(", ")
    assert digits[list(map(int, shown))].tolist() == list(range(10))


def test_the_drawing_of_the_draw_page_stands_among_them(visit):
    lab = visit("tradeoffs")
    from ui.pictures.canvas import DRAWING, Drawing  # the component can be loaded in a lab alone

    lab.session_state[DRAWING] = Drawing(picture=letter(0))
    lab.run()
    assert_sound(lab)
    assert "The first is your drawing" in words(lab)


# -- a sweep


def test_the_form_says_what_the_sweep_costs(visit, wait_until):
    lab = visit("tradeoffs")
    set_dims(lab, 2, 8)
    lab.get_by_key("sweep seeds").set_value(3).run()
    wait_until(lambda: "**6 trainings** of at most 120 · about" in words(lab.run()))


def test_the_recipe_of_the_form_follows_the_data_set(visit, monkeypatch, embedded):
    """Few digits need more passes, in smaller batches; what was typed for either is kept."""
    train = Split(np.tile(embedded.train.images, (7, 1, 1)), np.tile(embedded.train.labels, 7))
    many = replace(embedded, name="many", train=train)
    monkeypatch.setattr(shell, "available_datasets", lambda: ["embedded", "many"])
    monkeypatch.setitem(shell.DATASET_TITLES, "many", "Many digits")
    monkeypatch.setattr(cached, "digits", {"embedded": embedded, "many": many}.get)
    lab = visit("tradeoffs", data="embedded")
    assert [lab.number_input(key=f"sweep {each} embedded").value for each in ("epochs", "batch")] == [10, 128]
    lab.number_input(key="sweep epochs embedded").set_value(7).run()
    choose_data(lab, "many")
    assert [lab.number_input(key=f"sweep {each} many").value for each in ("epochs", "batch")] == [3, 256]
    choose_data(lab, "embedded")
    assert lab.number_input(key="sweep epochs embedded").value == 7


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("sweep dims", [], "Latent dimensions must be one or more values"),
        ("sweep kinds", [], "Architectures must be one or more values"),
        ("sweep seeds", 10, "at most 120 trainings, this one would have 150"),
    ],
)
def test_an_impossible_sweep_cannot_be_started(visit, key, value, message):
    lab = visit("tradeoffs")
    set_dims(lab, *range_of_dims(lab))
    lab.get_by_key(key).set_value(value).run()
    assert_sound(lab)
    assert any(message in as_read(error.value) for error in lab.error)
    assert button(lab, "Start sweep").disabled


def test_starting_puts_every_point_into_the_queue_and_the_sweep_into_the_address(visit, service, store):
    lab = visit("tradeoffs")
    set_dims(lab, 2, 8)
    press(lab, "Start sweep")
    (sweep,) = StudyStore(store).list(Sweep)
    assert lab.query_params["sweep"] == sweep.id
    assert len(service.waiting) == 2
    assert "0 of 2 trainings" in lab.get("progress")[0].proto.text
    assert store.list() == []  # the other pages' lists stay short


def test_finished_points_are_on_the_curve_at_once(visit, sweep):
    lab = visit("tradeoffs", sweep=sweep.id)
    figure = curve(lab)
    assert names(figure)[-1] == "dense, your sweep"
    assert list(lab.dataframe[1].value["state"]) == ["learned nothing", "queued"]


def test_a_sweep_of_another_data_set_is_neither_drawn_nor_added_to_but_explained(visit, store):
    sweeps = StudyStore(store)
    lab = visit("tradeoffs")
    lab.get_by_key("sweep epochs embedded").set_value(1)
    set_dims(lab, 2)
    press(lab, "Start sweep")
    (sweep,) = sweeps.list(Sweep)
    carry_out(records_of(sweeps, sweep)[0], "me", device="cpu")
    lab.run()
    assert "dense, your sweep" in names(curve(lab))
    assert "Add to this sweep" in labels(lab)
    assert not lab.info
    sweeps.save(replace(sweep, config=replace(sweep.config, dataset="mnist")))
    lab.run()
    assert_sound(lab)
    assert "dense, your sweep" not in names(curve(lab))
    assert "Add to this sweep" not in labels(lab)
    assert ["Made on **Full MNIST" in each.value and "sidebar" in each.value for each in lab.info] == [True]


def test_a_new_session_begins_with_what_the_sweep_in_view_was_started_with(visit, store):
    train = TrainConfig(epochs=7, batch_size=99)
    config = SweepConfig((5, 9), ("dense", "variational"), (0, 1), ModelConfig(), train, "embedded")
    sweep = StudyStore(store).create(config)
    lab = visit("tradeoffs", sweep=sweep.id)
    assert_sound(lab)
    held = {name: lab.session_state[name] for name in ("sweep dims", "sweep kinds", "sweep seeds")}
    assert held == {"sweep dims": [5, 9], "sweep kinds": ["dense", "variational"], "sweep seeds": 2}
    assert "Add to this sweep" in labels(lab)  # the recipe is its own
    assert 5 not in sweep_form.DIMS  # which everyone is offered
    lab.get_by_key("sweep dims").set_value([9]).run()
    assert_sound(lab)
    assert "5" in lab.get_by_key("sweep dims").options


def test_a_sweep_can_be_paused_continued_stopped_and_extended(visit, sweep, store):
    lab = visit("tradeoffs", sweep=sweep.id)
    sweeps = StudyStore(store)
    for label, wish in (("Pause", "pause"), ("Resume", "run"), ("Stop", "stop")):
        press(lab, label)
        assert sweeps.get(sweep.id, Sweep).requested == wish


@pytest.mark.usefixtures("reruns")
@pytest.mark.parametrize("wish", [Action.PAUSE, Action.STOP])
def test_a_second_tab_leaves_paused_what_the_first_has_paused(visit, sweep, service, store, wish):
    """It refreshes itself with the sweep that it drew last, which still ran."""
    visit("tradeoffs", sweep=sweep.id)
    StudyService(service).ask(sweep, wish)
    with pytest.raises(AskedToRerunError):
        sweeping.watch(sweep, 1)
    _, waiting = records_of(StudyStore(store), sweep)
    assert waiting.state() is wish.rest


@pytest.mark.usefixtures("reruns")
def test_a_sweep_that_another_tab_has_deleted_or_extended_is_handed_to_the_whole_page(visit, sweep, store):
    sweeps = StudyStore(store)
    visit("tradeoffs", sweep=sweep.id)
    sweeping.watch(sweep, 1)  # nothing to hand over yet
    sweeps.save(replace(sweep, config=replace(QUICK, latent_dims=(2, 4, 8))))
    with pytest.raises(AskedToRerunError):
        sweeping.watch(sweep, 1)
    sweeps.delete(sweep)
    with pytest.raises(AskedToRerunError):
        sweeping.watch(sweep, 1)


@pytest.mark.parametrize("label", ["Pause", "Stop"])
def test_a_handle_leaves_to_a_sweep_what_another_tab_has_added(visit, sweep, store, label):
    sweeps, wider = StudyStore(store), replace(QUICK, latent_dims=(2, 4, 8))
    lab = visit("tradeoffs", sweep=sweep.id)
    sweeps.save(replace(sweep, config=wider))
    press(lab, label)
    assert sweeps.get(sweep.id, Sweep).config.latent_dims == wider.latent_dims
    assert sweeps.get(sweep.id, Sweep).requested is not Action.RUN


@pytest.mark.parametrize("label", ["Pause", "Stop"])
def test_a_handle_on_a_deleted_sweep_says_so_once_and_does_not_bring_it_back(visit, sweep, store, label):
    sweeps = StudyStore(store)
    lab = visit("tradeoffs", sweep=sweep.id)
    sweeps.delete(sweep)
    press(lab, label)
    assert sweeps.list(Sweep) == []
    alerts = [each.value for each in (*lab.warning, *lab.error)]
    assert ["There is no sweep" in each for each in alerts] == [True]


def test_an_earlier_sweep_is_chosen_from_the_list(visit, sweep, store):
    later = StudyStore(store).create(replace(QUICK, latent_dims=(8,)))
    lab = visit("tradeoffs")
    (box,) = (each for each in lab.main.selectbox if each.label == "Sweep in view")
    assert box.value is None
    assert [sweep.title() in option or later.title() in option for option in box.options] == [True] * 2
    box.set_value(sweep.id).run()
    assert_sound(lab)
    assert "1 of 2 trainings" in lab.get("progress")[0].proto.text
    assert lab.query_params["sweep"] == sweep.id


def test_a_study_of_a_newer_version_is_named_and_kept(visit, sweep, store):
    folder = StudyStore(store).folder
    folder.write("20990101-000000-abcd.contest.json", b"{}")
    lab = visit("tradeoffs", sweep=sweep.id)
    assert_sound(lab)
    assert any("newer version" in each.value and "20990101" in each.value for each in lab.caption)
    assert folder.exists("20990101-000000-abcd.contest.json")


def test_a_stopped_sweep_is_deleted_and_its_models_stay(visit, sweep, store):
    lab = visit("tradeoffs", sweep=sweep.id)
    assert "Yes, delete it" not in labels(lab)
    press(lab, "Stop")
    press(lab, "Yes, delete it")
    assert StudyStore(store).list(Sweep) == []
    assert "sweep" not in lab.query_params
    assert [run.has_model() for run in store.list(of_studies=True)] == [True]


def test_a_sweep_of_the_same_recipe_can_be_added_to(visit, store):
    lab = visit("tradeoffs")
    set_dims(lab, 2)
    press(lab, "Start sweep")
    set_dims(lab, 2, 16)
    press(lab, "Add to this sweep")
    (sweep,) = StudyStore(store).list(Sweep)
    assert sweep.config.latent_dims == (2, 16)
    lab.get_by_key("sweep epochs embedded").set_value(7).run()
    assert "Add to this sweep" not in labels(lab)


@pytest.mark.parametrize("asked", ["nonsense", "20260101-000000-abcd", "../runs"])
def test_an_unknown_sweep_is_told(visit, asked):
    lab = visit("tradeoffs", sweep=asked)
    assert any("There is no sweep" in warning.value for warning in lab.warning)


def test_what_failed_says_why_and_can_be_tried_again(visit, service, sweep, store):
    _, failed = records_of(StudyStore(store), sweep)
    failed.set_state(State.FAILED, "The loss became NaN, says the test.")
    lab = visit("tradeoffs", sweep=sweep.id)
    assert [each.value for each in lab.warning] == ["**dense-4**: The loss became NaN, says the test."]
    press(lab, "Try again")
    assert not lab.warning
    assert "Try again" not in labels(lab)
    assert service.waiting == [failed.id]
    assert list(lab.dataframe[1].value["state"]) == ["learned nothing", "queued"]


def test_seeds_of_one_point_that_failed_are_told_apart(visit, store):
    sweeps = StudyStore(store)
    config = replace(QUICK, latent_dims=(2,), seeds=(0, 1))
    sweep = sweeps.create(config)
    for record in records_of(sweeps, sweep):
        record.set_state(State.FAILED, "It failed.")
    lab = visit("tradeoffs", sweep=sweep.id)
    assert [each.value for each in lab.warning] == [
        f"**dense-2, seed {seed}**: It failed." for seed in (0, 1)
    ]


def test_the_table_of_a_sweep_can_be_downloaded(visit, sweep):
    lab = visit("tradeoffs", sweep=sweep.id)
    assert "Table as CSV" in [each.proto.label for each in lab.get("download_button")]


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("sweep seeds", 0, "Seeds must be a whole number from 1 to 120, got 0."),
        ("sweep seeds", -3, "got -3"),
        ("sweep seeds", 10**12, "got 1000000000000"),
        ("sweep seeds", 100, "A sweep has at most 120 trainings, this one would have 600"),
        ("sweep epochs embedded", 0, "Epochs each must be a whole number from 1 to 1,000, got 0"),
        ("sweep epochs embedded", 1001, "got 1001"),
        ("sweep batch embedded", 1, "Batch size must be a whole number from 2 to 60,000, got 1"),
    ],
)
def test_a_number_out_of_range_is_told_and_no_sweep_offered(visit, key, value, message):
    lab = visit("tradeoffs")
    lab.number_input(key=key).set_value(value).run()
    assert_sound(lab)
    (error,) = lab.error
    assert message in as_read(error.value)
    assert button(lab, "Start sweep").disabled


def test_a_hand_that_presses_start_again_and_again_starts_one(visit, store, monkeypatch):
    sweeps = StudyStore(store)
    lab = visit("tradeoffs")
    set_dims(lab, 2)
    for _ in range(3):
        press(lab, "Start sweep")
    assert len(sweeps.list(Sweep)) == 1
    monkeypatch.setattr(steering, "ONE_PRESS_SECONDS", -1)
    press(lab, "Start sweep")
    assert len(sweeps.list(Sweep)) == 2


def test_the_times_of_training_come_when_they_are_known_and_hold_up_no_page(visit, monkeypatch, wait_until):
    visit("home")  # Streamlit then knows the canvas, which the module below imports
    from ui.tradeoffs import shipped

    shipped.training_seconds.clear()
    timed = Event()
    time_step = shipped.least_seconds
    monkeypatch.setattr(shipped, "least_seconds", lambda *of: timed.wait(30) and time_step(*of))
    lab = visit("tradeoffs")
    assert "training" not in lab.dataframe[0].value
    timed.set()
    wait_until(lambda: shipped.training_seconds.begin("embedded"))
    assert_sound(lab.run())
    assert (lab.dataframe[0].value["training"] > 0).all()
