"""Anomaly: the threshold and the lessons at once, experiments from the form to their results."""

import base64
import io
import json
import re
import tomllib
import zipfile

import numpy as np
import pandas
import pytest
from PIL import Image

from ae_core.data.corruptions import CORRUPTIONS
from ae_core.data.own.bundle import BROWSER
from ae_core.data.uploads.reading import MAX_BYTES
from ae_core.jobs.states import Action
from ae_core.lessons.findings import course
from ae_core.models.config import ModelConfig
from ae_core.studies.execution import carry_out
from ae_core.studies.experiment import Experiment, ExperimentConfig, Kind
from ae_core.studies.measuring import Result, measured
from ae_core.studies.results import results
from ae_core.studies.service import StudyService
from ae_core.studies.store import StudyStore
from ae_core.training.config import TrainConfig
from tests.names import as_read
from tests.pages.conftest import PROJECT, AskedToRerunError, assert_sound, button, words
from ui.anomaly import experiment as anomaly_experiment
from ui.anomaly import part as anomaly_part
from ui.anomaly.lessons import SIZES

QUICK = ("mse", "mahalanobis", "pca_residual")
NET, RECIPE = ModelConfig(latent_dim=4, hidden=(16,)), TrainConfig(epochs=1, batch_size=128, precision="fp32")


@pytest.fixture
def experiments(store) -> StudyStore:
    return StudyStore(store)


@pytest.fixture
def carried_out(experiments):
    """`carried_out(kind, **values)`: an experiment on the embedded digits with all its parts over."""

    def carried_out(kind: Kind, **values):
        trained = {"model": NET, "train": RECIPE} if kind.trains else {"images": 60}
        config = ExperimentConfig.of(kind, dataset="embedded", **{"scores": QUICK} | trained | values)
        experiment = experiments.create(config)
        for part, record in experiments.records(experiment):
            record.ensure(part)
            carry_out(record, "me", device="cpu")
        return experiment

    return carried_out


def figure(lab, key: str) -> dict:
    (found,) = (each for each in lab.get("plotly_chart") if each.proto.id.endswith(f"-{key}"))
    return json.loads(found.proto.spec)


def numbers(values) -> list[float]:
    """What Plotly sends of an array: a list, or its bytes."""
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).tolist()
    return values


def metrics(lab) -> dict[str, str]:
    """The last of each name: the page begins with a threshold of its own."""
    return {each.label: each.value for each in lab.metric}


def choose(lab, key, value):
    lab.get_by_key(key).set_value(value).run()
    assert_sound(lab)


def press(lab, label):
    button(lab, label).click().run()
    assert_sound(lab)


# -- the threshold


def test_the_question_is_answered_from_a_shipped_model_before_anyone_trains(visit):
    lab = visit("anomaly")
    assert lab.title[0].value == "Which threshold, and does it work?"
    assert "of letters" in lab.markdown[0].value
    assert {"Detected", "Missed", "False alarms", "True negatives"} <= set(metrics(lab))


def test_the_four_numbers_count_every_image_once(visit):
    lab = visit("anomaly")
    shares = {name: float(value.removesuffix(" %")) for name, value in metrics(lab).items()}
    assert shares["Detected"] + shares["Missed"] == pytest.approx(100, abs=0.2)
    assert shares["False alarms"] + shares["True negatives"] == pytest.approx(100, abs=0.2)
    assert shares["False alarms"] == pytest.approx(5, abs=3)


def test_a_higher_false_alarm_rate_misses_fewer(visit):
    lab = visit("anomaly")
    before = metrics(lab)
    choose(lab, "rate", 20.0)
    after = metrics(lab)
    assert float(after["Missed"][:-2]) < float(before["Missed"][:-2])
    assert float(after["False alarms"][:-2]) > float(before["False alarms"][:-2])


def test_another_score_moves_both_histograms(visit):
    lab = visit("anomaly")
    choose(lab, "score", "neighbour_distance")
    assert figure(lab, "threshold")["layout"]["xaxis"]["title"]["text"] == "Distance to known codes"


def test_it_says_so_when_the_model_was_trained_on_the_anomaly(visit):
    lab = visit("anomaly")
    assert not lab.warning
    choose(lab, "strange", "digit 4")
    assert "trained on the 4 too" in lab.warning[0].value


def test_images_that_are_not_here_are_named_with_the_command_that_fetches_them(visit):
    lab = visit("anomaly")
    choose(lab, "strange", "fashion")
    assert any("python -m ae_core data fetch fashion" in each.value for each in lab.info)


# -- the lessons


def test_the_lessons_are_computed_one_at_a_time(visit):
    lab = visit("anomaly")
    assert "single dot" in words(lab)
    assert "It reconstructs better and better" not in words(lab)
    lab.session_state["lesson"] = "More code, better detector?"
    lab.run()
    assert_sound(lab)
    assert "single dot" not in words(lab)
    assert "It reconstructs better and better" in words(lab)


def test_more_code_draws_better_and_detects_worse_in_the_end(visit):
    lab = visit("anomaly", model="zoo:dense-8")
    lab.session_state["lesson"] = "More code, better detector?"
    lab.run()
    (error,) = figure(lab, "error by size")["data"]
    errors, areas = numbers(error["y"]), numbers(figure(lab, "auroc by size")["data"][0]["y"])
    assert errors == sorted(errors, reverse=True)
    assert areas[-1] < max(areas)
    assert f"**Detection by its error** {course(pandas.Series(areas, SIZES))}" in words(lab)


def test_a_held_out_1_is_shown_from_shipped_results_until_there_are_own(visit):
    lab = visit("anomaly")
    lab.session_state["lesson"] = "Digit 1 held out"
    lab.run()
    assert_sound(lab)
    assert "Measured by `python -m benchmarks.published`" in words(lab)


# -- the form


def test_the_form_says_how_many_trainings_and_how_long(visit):
    lab = visit("anomaly")
    choose(lab, "held-out digits", [1, 2, 3])
    choose(lab, "held-out seeds", 2)
    assert "**6 trainings of at most 120** · about" in words(lab)


@pytest.mark.parametrize(
    ("kind", "key", "value", "message"),
    [
        ("held-out", "held-out digits", [], "Digits held out in turn must be"),
        ("corruptions", "corruptions", [], "Corruptions to detect must be"),
        ("foreign", "sources", [], "Choose at least one source"),
        ("held-out", "held-out seeds", 0, "Seeds must be a whole number from 1 to 120, got 0"),
        ("held-out", "held-out seeds", 10**12, "got 1000000000000"),
        ("held-out", "held-out seeds", 100, "this one would have 200"),
        ("one-class", "one-class epochs True", 0, "Epochs each must be a whole number from 1 to 1,000"),
        ("foreign", "anomaly images", 9, "must be a whole number from 10 to 1,000, got 9"),
        ("corruptions", "anomaly images", 1001, "must be a whole number from 10 to 1,000, got 1001"),
    ],
)
def test_an_impossible_experiment_cannot_be_started(visit, kind, key, value, message):
    lab = visit("anomaly")
    choose(lab, "kind", kind)
    choose(lab, key, value)
    assert any(message in as_read(error.value) for error in lab.error)
    assert button(lab, "Start experiment").disabled


def test_all_corruptions_are_seen_before_they_are_judged(visit):
    lab = visit("anomaly")
    choose(lab, "kind", "corruptions")
    pictures = {image.proto.imgs[0].url for image in lab.image}
    assert len(pictures) > len(CORRUPTIONS)
    choose(lab, "severity", 0.5)
    others = {image.proto.imgs[0].url for image in lab.image}
    assert len(others - pictures) >= len(CORRUPTIONS) - 1


def test_starting_puts_the_parts_into_the_queue_and_the_experiment_into_the_address(
    visit, service, experiments
):
    lab = visit("anomaly")
    choose(lab, "held-out digits", [1, 7])
    press(lab, "Start experiment")
    (experiment,) = experiments.list(Experiment)
    assert lab.query_params["experiment"] == experiment.id
    assert set(service.waiting) == experiment.keys
    assert experiment.config.digits == (1, 7)
    assert "0 of 2 parts" in lab.get("progress")[0].proto.text


def test_the_form_is_read_at_the_click(visit, experiments):
    """What was changed last counts, though no run lies between it and the click."""
    lab = visit("anomaly")
    lab.get_by_key("held-out epochs True").set_value(3)
    press(lab, "Start experiment")
    assert experiments.list(Experiment)[0].config.train.epochs == 3


# -- images of one's own


def archive(*images: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for number, image in enumerate(images):
            picture = io.BytesIO()
            Image.fromarray(image).save(picture, "PNG")
            packed.writestr(f"{number}.png", picture.getvalue())
    return buffer.getvalue()


def test_an_uploaded_archive_becomes_a_source(visit, experiments, embedded):
    lab = visit("anomaly")
    choose(lab, "kind", "foreign")
    lab.get_by_key("images 0").upload("mine.zip", archive(*embedded.test.images[:5])).run()
    assert_sound(lab)
    assert "5 images read from mine.zip" in words(lab)
    press(lab, "Start experiment")
    (experiment,) = experiments.list(Experiment)
    assert experiment.config.upload_name == "mine.zip"
    assert np.array_equal(experiments.uploads.get(experiment.config.upload), embedded.test.images[:5])


def test_field_server_and_library_take_as_much(visit):
    """The server refuses before the field would: its limit is that of the largest field, the Data page's."""
    lab = visit("anomaly")
    choose(lab, "kind", "foreign")
    settings = tomllib.loads((PROJECT / ".streamlit/config.toml").read_text())
    field = lab.get_by_key("images 0").proto.max_upload_size_mb
    assert field == MAX_BYTES // 2**20
    largest = visit("data").get_by_key("own data images 0").proto.max_upload_size_mb
    assert largest == settings["server"]["maxUploadSize"] == BROWSER.packed // 10**6


def test_an_upload_stays_over_pages_until_it_is_left_out(visit, experiments, embedded):
    lab = visit("anomaly")
    choose(lab, "kind", "foreign")
    choose(lab, "sources", ["letters"])
    lab.get_by_key("images 0").upload("mine.zip", archive(*embedded.test.images[:5])).run()
    lab.switch_page("../../pages/home.py").run()
    lab.switch_page("../../pages/anomaly.py").run()
    assert "5 images read from mine.zip" in words(lab)
    press(lab, "Leave these out")
    assert "mine.zip" not in words(lab)
    assert "Leave these out" not in [each.label for each in lab.button]
    assert lab.get("file_uploader")[0].value is None
    press(lab, "Start experiment")
    assert experiments.list(Experiment)[0].config.sources == ("letters",)


def test_after_one_was_left_out_another_upload_is_taken(visit, embedded):
    lab = visit("anomaly")
    choose(lab, "kind", "foreign")
    lab.get_by_key("images 0").upload("mine.zip", archive(*embedded.test.images[:5])).run()
    press(lab, "Leave these out")
    lab.get_by_key("images 1").upload("mine.zip", archive(*embedded.test.images[:3])).run()
    assert_sound(lab)
    assert "3 images read from mine.zip" in words(lab)


def test_a_bad_upload_is_refused_in_the_librarys_words(visit):
    lab = visit("anomaly")
    choose(lab, "kind", "foreign")
    lab.get_by_key("images 0").upload("mine.zip", b"no archive at all").run()
    assert_sound(lab)
    assert any("none of the files that are known" in as_read(error.value) for error in lab.error)


def npz(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def foreign_upload(visit, name: str, data: bytes):
    lab = visit("anomaly")
    choose(lab, "kind", "foreign")
    choose(lab, "sources", [])
    lab.get_by_key("images 0").upload(name, data).run()
    assert_sound(lab)
    return lab


def started(lab, experiments) -> np.ndarray:
    """The images that an experiment started now has."""
    press(lab, "Start experiment")
    return experiments.uploads.get(experiments.list(Experiment)[0].config.upload)


def test_after_a_refusal_no_earlier_upload_is_in_use_and_this_is_said(visit, embedded):
    lab = foreign_upload(visit, "mine.zip", archive(*embedded.test.images[:5]))
    lab.get_by_key("images 0").upload("tensor.pkl", b"\x80\x04\x95" + bytes(50)).run()
    assert_sound(lab)
    (refusal,) = (each.value for each in lab.error if "pickle" in each.value)
    assert refusal.endswith("No images of yours are in use.")
    assert "mine.zip" not in words(lab)
    assert button(lab, "Start experiment").disabled


def test_what_is_in_use_waits_beside_the_field_for_a_file_that_the_browser_refuses(visit, embedded):
    """tests/browser/test_anomaly_journey.py sees when it is shown."""
    lab = visit("anomaly")
    choose(lab, "kind", "foreign")
    (told,) = (each.value for each in lab.error if "marked with !" in each.value)
    assert told.endswith("at most 32 MB is allowed. No images of yours are in use.")
    lab.get_by_key("images 0").upload("my_*digits*.zip", archive(*embedded.test.images[:5])).run()
    (told,) = (each.value for each in lab.error if "marked with !" in each.value)
    assert told.endswith(r"In use: my\_\*digits\*.zip.")


def test_an_array_is_shown_as_read_and_can_be_turned_and_scaled_before_the_start(
    visit, experiments, embedded
):
    images = embedded.test.images[:5]
    lab = foreign_upload(visit, "mine.npz", npz(x=(images / 255 * 16).round().astype(np.uint8)))
    assert "were read as 0 to 16, black to white." in words(lab).replace("\\", "")
    choose(lab, "images 0 ink", "dark")
    assert "5 turned from dark on light" in words(lab)
    choose(lab, "images 0 ink", "auto")
    choose(lab, "images 0 values", "0:100")
    dim = started(lab, experiments)
    assert np.abs(dim - images * 0.16).max() <= 2


def test_a_choice_that_the_images_do_not_allow_is_refused_and_can_be_taken_back(visit, experiments):
    blank = np.zeros((5, 28, 28), np.uint8)
    lab = foreign_upload(visit, "mine.npz", npz(x=blank))
    choose(lab, "images 0 values", "lowest:highest")
    (refusal,) = (each.value for each in lab.error if "All values of the array are 0" in each.value)
    assert refusal.endswith("No images of yours are in use.")
    choose(lab, "images 0 values", "auto")
    assert np.array_equal(started(lab, experiments), blank)


def test_of_several_arrays_one_is_asked_for_and_none_is_in_use_before(visit, experiments, embedded):
    images = embedded.test.images
    data = npz(x_train=images[:30], y_train=np.arange(30), x_test=images[30:37])
    lab = foreign_upload(visit, "mnist.npz", data)
    assert button(lab, "Start experiment").disabled
    assert "No images of yours are in use." in [each.value for each in lab.caption]
    box = lab.get_by_key("images 0 array")
    assert box.options == ["x_train, [30, 28, 28] uint8", "x_test, [7, 28, 28] uint8"]
    choose(lab, "images 0 array", "x_test")
    assert "7 images read from mnist.npz. They are the array x_test." in as_read(words(lab))
    assert np.array_equal(started(lab, experiments), images[30:37])


def test_another_file_is_read_as_if_nothing_had_been_said_of_the_one_before(visit, embedded):
    images = embedded.test.images
    lab = foreign_upload(visit, "mnist.npz", npz(a=images[:3], b=images[:4]))
    choose(lab, "images 0 array", "b")
    choose(lab, "images 0 ink", "dark")
    lab.get_by_key("images 0").upload("mine.npz", npz(a=images[:5])).run()
    assert_sound(lab)
    assert "5 images read from mine.npz." in words(lab)
    assert "turned from dark" not in words(lab)
    assert lab.get_by_key("images 0 ink").value == "auto"


# -- watching and results


def test_an_experiment_can_be_paused_stopped_and_continued(visit, experiments):
    lab = visit("anomaly")
    press(lab, "Start experiment")
    (experiment,) = experiments.list(Experiment)
    for label, wish in (("Pause", "pause"), ("Resume", "run"), ("Stop", "stop")):
        press(lab, label)
        assert experiments.get(experiment.id, Experiment).requested == wish


@pytest.mark.usefixtures("reruns")
@pytest.mark.parametrize("wish", [Action.PAUSE, Action.STOP])
def test_a_second_tab_leaves_paused_what_the_first_has_paused(visit, service, experiments, wish):
    """It refreshes itself with the experiment that it drew last, which still ran."""
    shown = experiments.create(ExperimentConfig.of(Kind.HELD_OUT, dataset="embedded", digits=(1,)))
    visit("anomaly", experiment=shown.id)
    StudyService(service).ask(shown, wish)
    with pytest.raises(AskedToRerunError):
        anomaly_experiment.watch(shown, 0)
    ((_, record),) = experiments.records(shown)
    assert record.asked() is wish
    assert experiments.get(shown.id, Experiment).requested is wish


@pytest.mark.usefixtures("reruns")
def test_a_second_tab_does_not_bring_a_deleted_experiment_back(visit, service, experiments):
    shown = experiments.create(ExperimentConfig.of(Kind.HELD_OUT, dataset="embedded", digits=(1,)))
    visit("anomaly", experiment=shown.id)
    experiments.delete(shown)
    service.waiting.clear()
    with pytest.raises(AskedToRerunError):
        anomaly_experiment.watch(shown, 0)
    assert service.waiting == []
    ((_, record),) = experiments.records(shown)
    assert not record.folder.names()


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (Kind.ONE_CLASS, {"digits": (2, 7), "seeds": (0, 1, 2), "model": NET, "train": RECIPE}),
        (Kind.CORRUPTIONS, {"images": 77, "severity": 0.02, "corruptions": ("shear", "blank")}),
        (Kind.FOREIGN, {"images": 78, "sources": ("letters",)}),
    ],
)
def test_a_new_session_begins_with_what_the_experiment_in_view_was_started_with(
    visit, experiments, kind, given
):
    config = ExperimentConfig.of(kind, dataset="embedded", **given)
    lab = visit("anomaly", experiment=experiments.create(config).id)
    assert_sound(lab)
    press(lab, "Start experiment")
    begun = experiments.list(Experiment)[0].config
    assert begun.kind == kind
    for name in given.keys() - {"model", "train", "severity"}:
        assert (
            set(getattr(begun, name)) == set(given[name]) if name != "images" else begun.images == given[name]
        )
    if kind.trains:
        assert begun.train.epochs == RECIPE.epochs
    else:
        assert begun.severity == pytest.approx(0.05 if kind is Kind.CORRUPTIONS else 1)  # the slider's least


@pytest.mark.parametrize("label", ["Pause", "Stop"])
def test_a_handle_on_a_deleted_experiment_says_so_once_and_does_not_bring_it_back(visit, experiments, label):
    experiment = experiments.create(ExperimentConfig.of(Kind.HELD_OUT, dataset="embedded", digits=(1,)))
    lab = visit("anomaly", experiment=experiment.id)
    experiments.delete(experiment)
    press(lab, label)
    assert experiments.list(Experiment) == []
    alerts = [each.value for each in (*lab.warning, *lab.error)]
    assert ["There is no experiment" in each for each in alerts] == [True]


@pytest.mark.parametrize("asked", ["nonsense", "20260101-000000-abcd", "../runs"])
def test_an_unknown_experiment_is_told(visit, asked):
    lab = visit("anomaly", experiment=asked)
    assert any("There is no experiment" in warning.value for warning in lab.warning)


def test_a_finished_experiment_shows_scores_and_baselines_together(visit, carried_out):
    experiment = carried_out(Kind.HELD_OUT, digits=(1, 7))
    lab = visit("anomaly", experiment=experiment.id)
    table = lab.dataframe[0].value
    assert len(table) == len(QUICK)
    assert set(table["kind"]) == {"score", "baseline"}
    assert figure(lab, "by part")["data"][0]["y"] == ["the 1", "the 7"]


def test_a_baseline_is_named_where_it_is_the_best_and_only_there(visit, carried_out):
    told = "The best here, **Frame and pen**, uses no network"
    spoiled = carried_out(Kind.CORRUPTIONS, corruptions=("shear",), scores=("mse", "frame_and_pen"))
    assert told in words(visit("anomaly", experiment=spoiled.id))
    blank = carried_out(
        Kind.CORRUPTIONS, corruptions=("blank",), scores=("local_outlier_factor", "pca_residual")
    )
    assert "uses no network" not in words(visit("anomaly", experiment=blank.id))


def test_every_part_is_shown_by_every_score_once_there_are_several(visit, carried_out):
    experiment = carried_out(Kind.CORRUPTIONS, corruptions=("stripe", "shear"))
    lab = visit("anomaly", experiment=experiment.id)
    (shown,) = figure(lab, "heatmap")["data"]
    assert shown["y"] == [anomaly_part.part_title(part.name) for part in experiment.parts]
    assert len(shown["x"]) == len(QUICK)
    alone = carried_out(Kind.CORRUPTIONS, corruptions=("fog",))
    assert not any(
        "heatmap" in each.proto.id for each in visit("anomaly", experiment=alone.id).get("plotly_chart")
    )


def test_moving_the_operating_point_moves_threshold_point_and_misses(visit, carried_out):
    experiment = carried_out(Kind.CORRUPTIONS, corruptions=("stripe", "shear"))
    lab = visit("anomaly", experiment=experiment.id)
    choose(lab, "part", experiment.parts[1].key())
    places, misses = [], []
    for rate in (1.0, 40.0):
        choose(lab, "operating point", rate)
        point = figure(lab, "roc")["data"][-1]
        places.append((point["x"][0], point["y"][0]))
        misses.append(float(metrics(lab)["Missed"].removesuffix(" %")))
        assert point["y"][0] == pytest.approx(1 - misses[-1] / 100, abs=0.002)
    assert places[0] < places[1]
    assert misses[0] > misses[1]


def test_results_and_scores_can_be_downloaded(visit, carried_out):
    experiment = carried_out(Kind.FOREIGN, sources=("letters",))
    lab = visit("anomaly", experiment=experiment.id)
    labels = [each.proto.label for each in lab.get("download_button")]
    assert labels == ["Results as CSV", "Scores of every image as CSV", "ROC curve as HTML"]


def test_the_downloads_of_each_part_have_names_of_their_own(experiments, carried_out):
    experiment = carried_out(Kind.HELD_OUT, digits=(1, 7), seeds=(0, 1))
    table = results(experiments, experiment)
    named = [anomaly_part.file_name(experiment.id, row) for _, row in table.drop_duplicates("key").iterrows()]
    assert named == [f"{experiment.id}-{digit}-seed-{seed}" for seed in (0, 1) for digit in (1, 7)]


def test_the_downloads_of_a_part_that_trains_nothing_name_no_seed(experiments, carried_out):
    experiment = carried_out(Kind.FOREIGN, sources=("letters",))
    row = results(experiments, experiment).iloc[0]
    assert anomaly_part.file_name(experiment.id, row) == f"{experiment.id}-letters"


def test_the_measures_have_their_interval_and_false_alarms(visit, carried_out):
    experiment = carried_out(Kind.FOREIGN, sources=("letters",))
    lab = visit("anomaly", experiment=experiment.id)
    deltas = {each.label: each.delta for each in lab.metric}
    assert deltas["AUROC"].startswith("95 %: ")
    assert deltas["Detected at 5 %"].startswith("false alarms ")


def test_constant_scores_are_said_to_rank_nothing(visit, experiments):
    config = ExperimentConfig.of(Kind.HELD_OUT, dataset="embedded", scores=("mse",), digits=(1,), model=NET)
    experiment = experiments.create(config)
    ((part, record),) = experiments.records(experiment)
    record.ensure(part)
    scores = pandas.DataFrame(
        {
            "index": range(20),
            "label": [1] * 10 + [2] * 10,
            "is_anomaly": [True] * 10 + [False] * 10,
            "mse": 0.5,
        }
    )
    calibration = pandas.DataFrame({"mse": [0.5] * 200})
    measures = measured(scores, calibration)
    record.finish(Result(measures, letters={"mse": 0.5}), scores=scores, calibration=calibration)
    lab = visit("anomaly", experiment=experiment.id)
    assert metrics(lab)["AUROC"] == "undefined"
    assert any("AUROC undefined" in each.value for each in lab.warning)


def test_an_area_below_chance_is_explained_beside_it_and_under_the_table(visit, carried_out):
    experiment = carried_out(Kind.CORRUPTIONS, corruptions=("blank",), scores=("mse", "frame_and_pen"))
    lab = visit("anomaly", experiment=experiment.id)
    (part_score,) = (box.key for box in lab.selectbox if str(box.key).startswith("score of"))
    choose(lab, part_score, "mse")
    assert float(metrics(lab)["AUROC"]) < 0.5
    assert any("turned round" in each.value for each in lab.warning)
    assert any("**Mean squared error**, with blank as the anomaly" in each.value for each in lab.caption)
    choose(lab, part_score, "frame_and_pen")
    assert not any("turned round" in each.value for each in lab.warning)


def test_a_part_that_failed_says_why(visit, carried_out):
    experiment = carried_out(Kind.FOREIGN, sources=("letters", "kmnist"))
    lab = visit("anomaly", experiment=experiment.id)
    assert any("data fetch kmnist" in each.value for each in lab.warning)
    assert "Try again" in [each.label for each in lab.button]


def test_deleting_takes_the_experiment_away(visit, carried_out, experiments):
    experiment = carried_out(Kind.FOREIGN, sources=("letters",))
    lab = visit("anomaly", experiment=experiment.id)
    press(lab, "Yes, delete it")
    assert experiments.list(Experiment) == []
    assert "experiment" not in lab.query_params


# -- others


def test_published_rows_stand_beside_the_labs_own(visit):
    lab = visit("anomaly")
    one_class, held_out = (each.value for each in lab.dataframe[-2:])
    assert {"Deep SVDD", "OCGAN", "GeoTrans", "ARNet", "AGAD", "MKD"} <= set(one_class["method"])
    rapp = held_out.set_index("method").loc["RaPP: VAE, NAP"]
    assert rapp["mean"] == 96.5
    assert re.search(r"RaPP: VAE, NAP\*\*: .*official one is not known", words(lab))
    assert "93.8, is behind RaPP: VAE, NAP (96.5)" in words(lab)
    assert "**Mean squared error of the 1" in words(lab)
    for table in (one_class, held_out):
        assert table["method"].str.startswith("This lab").sum() >= 3
        assert table["source"].ne("").all()
