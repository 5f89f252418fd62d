"""The command line as a person or a script meets it: what is on stdout, what on stderr, which exit status."""

import errno
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

import ae_core
from ae_core.commands.train import TrainingReport
from ae_core.config import DEFAULT_SCORE
from ae_core.data.sources import load_digits
from ae_core.jobs.states import Action, State
from ae_core.models.config import ModelConfig
from ae_core.runs.store import RunStore
from ae_core.scores.table import SCORES
from ae_core.storage import Folder
from ae_core.training import loop
from ae_core.training.config import TrainConfig
from ae_core.training.presets import PRESETS
from tests.commands.command_line import lab, lines

PROJECT = Path(__file__).resolve().parent.parent.parent
MISSING_RUN = "20250101-000000-abcd"
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_folders")]


def one(text):
    (value,) = lines(text)
    return value


@pytest.fixture
def run():
    """A finished run of two epochs."""
    result = lab("train", "--epochs", 2, "--json")
    assert result.exit_code == 0, result.stderr
    return RunStore().get(lines(result.stdout)[-1]["run"])


def test_help_comes_without_pytorch():
    code = (
        "import sys; from ae_core.commands import app; app(['train', '--help'], standalone_mode=False); "
        "assert 'torch' not in sys.modules, 'PyTorch was loaded'"
    )
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)


def test_the_version_is_told():
    assert lab("--version").stdout == f"{ae_core.__version__}\n"


# -- train


def test_train_prints_an_object_an_epoch_and_a_last_one_that_the_store_confirms():
    result = lab("train", "--epochs", 3, "--name", "first try", "--json")
    *epochs, last = lines(result.stdout)
    assert result.exit_code == 0
    assert [each["epoch"] for each in epochs] == [1, 2, 3]
    assert all({"train_loss", "validation_loss", "seconds"} <= each.keys() for each in epochs)
    run = RunStore().get(last["run"])
    assert last["state"] == run.state() == State.FINISHED
    assert last["validation_loss"] == epochs[-1]["validation_loss"]
    assert last["test_error"] == pytest.approx(run.scores()["error"].mean())
    assert run.name == "first try"
    assert run.config().dataset == "embedded"


def test_a_training_that_was_done_is_shown_and_done_again_only_when_asked(run):
    same = lab("train", "--epochs", 2, "--json")
    assert one(same.stdout)["run"] == run.id
    assert one(same.stdout)["test_error"] == run.test_error()
    assert "--again" in same.stderr
    again = lines(lab("train", "--epochs", 2, "--again", "--json").stdout)[-1]
    assert again["run"] != run.id
    assert again["test_error"] == run.test_error()


def test_train_draws_progress_on_stderr_and_ends_with_a_table():
    result = lab("train", "--epochs", 1)
    assert "epoch 1.0 of 1" in result.stderr
    assert "test error" in result.stdout
    assert "finished" in result.stdout


@pytest.mark.parametrize("field", [each.name for each in (*fields(ModelConfig), *fields(TrainConfig))])
def test_every_field_of_the_configurations_is_an_option(field):
    result = lab("train", "--help", COLUMNS="200")
    assert f"--{field.replace('_', '-')}" in result.stdout


def test_options_reach_the_run():
    options = {"latent-dim": 5, "hidden": "64,16", "activation": "tanh", "seed": 7, "denoising": 0.2}
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    done = lab("train", "--epochs", 1, "--no-batch-norm", "--json", *arguments)
    last = lines(done.stdout)[-1]
    config = RunStore().get(last["run"]).config()
    assert config.model == ModelConfig(latent_dim=5, hidden=(64, 16), activation="tanh", batch_norm=False)
    recipe = PRESETS[0].recipe(3200)
    assert config.train == recipe.with_changes(epochs=1, seed=7, denoising=0.2)
    taken = f"takes batch_size {recipe.batch_size}, augmentation {recipe.augmentation}."
    assert f"For 3,200 training digits the preset balanced {taken}" in done.stderr


def test_some_digits_only_can_be_trained_on_and_are_judged_alone():
    last = lines(lab("train", "--classes", "8,3", "--epochs", 1, "--json").stdout)[-1]
    run = RunStore().get(last["run"])
    assert run.config().classes == (3, 8)
    assert last["name"] == "dense-32, 1 epoch on embedded, only 3, 8"
    of_them = run.scores().query("label in (3, 8)")["error"]
    assert last["test_error"] == pytest.approx(of_them.mean())
    judged = one(lab("evaluate", run.id, "--json").stdout)
    assert (judged["test_digits"], judged["calibration_digits"]) == (200, 160)
    assert judged["mean_error"] == pytest.approx(of_them.mean(), rel=1e-4)
    assert one(lab("runs", "show", run.id, "--json").stdout)["classes"] == [3, 8]


def test_no_hidden_layer_can_be_asked_for():
    last = lines(lab("train", "--epochs", 1, "--hidden", "none", "--json").stdout)[-1]
    assert RunStore().get(last["run"]).config().model.hidden == ()


def test_the_reference_preset_is_the_notebooks_and_options_change_it():
    last = lines(lab("train", "--preset", "reference", "--epochs", 1, "--json").stdout)[-1]
    assert RunStore().get(last["run"]).config().train == TrainConfig.reference().with_changes(epochs=1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--epochs", 0], "epochs must be a whole number from 1 to 1,000, got 0"),
        (["--latent-dim", 785], "latent_dim must be a whole number from 1 to 784, got 785"),
        (["--hidden", "wide"], "hidden must be whole numbers such as 256,128"),
        (["--loss", "hinge"], "loss must be one of mse, bce, l1, got 'hinge'"),
        (["--peak-learning-rate", "nan"], "peak_learning_rate must be a number from"),
        (["--preset", "worst"], "preset must be one of balanced, fast, best, convolutional"),
        (["--dataset", "letters"], "There is no data set 'letters'"),
        (["--dataset", "mnist"], "data fetch"),
        (["--device", "abacus"], "There is no device 'abacus'"),
        (["--name", "x" * 100], "1 to 60 characters"),
        (["--classes", "3,11"], "embedded has no class '11': choose among 0, 1"),
        (["--classes", "3,3"], "Classes must not repeat"),
        (["--classes", "three"], "classes must be whole numbers such as 3 or 0,1,2, got 'three'"),
    ],
)
def test_a_refusal_says_why_on_stderr_and_leaves_no_run(arguments, message):
    result = lab("train", *arguments, "--json")
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    assert RunStore().list() == []


def test_faults_of_both_configurations_are_named_together():
    result = lab("train", "--latent-dim", 0, "--batch-size", 1)
    assert "latent_dim" in result.stderr
    assert "batch_size" in result.stderr


def test_a_run_that_fails_ends_with_status_1_and_its_message(monkeypatch):
    sound = loop.LOSSES["mse"]
    monkeypatch.setitem(loop.LOSSES, "mse", lambda made, wanted: sound(made, wanted) * float("inf"))
    result = lab("train", "--epochs", 1, "--json")
    assert result.exit_code == 1
    assert "lower learning rate" in result.stderr
    assert "Traceback" not in result.stderr
    (last,) = lines(result.stdout)
    assert last["state"] == RunStore().get(last["run"]).state() == State.FAILED


@pytest.mark.parametrize("room", [1_000, 0], ids=["room for a word", "no room at all"])
def test_a_full_disk_ends_with_status_1_and_its_message(monkeypatch, room):
    write = Folder.write

    def full_once_it_trains(folder, name, data):
        if folder.exists("progress.json") and len(data) > room:
            raise OSError(errno.ENOSPC, "no room")
        write(folder, name, data)

    monkeypatch.setattr(Folder, "write", full_once_it_trains)
    result = lab("train", "--epochs", 1, "--json")
    assert result.exit_code == 1
    assert "The disk is full" in result.stderr
    assert "Traceback" not in result.stderr
    assert one(result.stdout)["state"] == "paused"


def test_a_run_that_a_page_pauses_ends_well(monkeypatch):
    report_step = TrainingReport.step

    def pause(report, step):
        report_step(report, step)
        report.run.request(Action.PAUSE)

    monkeypatch.setattr(TrainingReport, "step", pause)
    result = lab("train", "--epochs", 1000, "--json")
    assert result.exit_code == 0
    assert lines(result.stdout)[-1]["state"] == "paused"


@pytest.mark.processes
def test_ctrl_c_stops_cleanly_and_keeps_what_was_learned(tmp_path):
    command = [sys.executable, "-m", "ae_core", "train", "--epochs", "1000", "--json"]
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        env=os.environ | {"AE_RUNS": str(tmp_path / "runs")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    store = RunStore()
    wait_for(lambda: store.list() and store.list()[0].progress().epoch >= 1, process)
    process.send_signal(signal.SIGINT)
    output, noise = process.communicate(timeout=60)
    (run,) = store.list()
    assert process.returncode == 130
    assert "Traceback" not in noise
    assert run.state() is State.STOPPED
    assert run.model().config == ModelConfig()
    *epochs, last = lines(output)
    assert (last["run"], last["state"]) == (run.id, "stopped")
    assert last["epochs"] == len(epochs) == len(run.metrics())
    assert last["test_error"] == pytest.approx(run.scores()["error"].mean())


def wait_for(condition, process, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


# -- runs


def test_runs_are_listed_shown_exported_and_deleted(run, tmp_path):
    assert [each["run"] for each in lines(lab("runs", "list", "--json").stdout)] == [run.id]
    shown = one(lab("runs", "show", run.id, "--json").stdout)
    assert shown["model"] == run.config().model.to_dict()
    assert [row["number"] for row in shown["metrics"]] == [1, 2]
    exported = one(lab("runs", "export", run.id, "--output", tmp_path / "run.zip", "--json").stdout)
    names = zipfile.ZipFile(exported["path"]).namelist()
    assert f"{run.id}/model.safetensors" in names
    assert one(lab("runs", "delete", run.id, "--for-good", "--json").stdout)["deleted"]
    assert lab("runs", "list", "--json").stdout == ""
    assert lab("runs", "restore", run.id).exit_code == 2


def test_a_deleted_run_is_listed_as_such_and_comes_back_as_it_was(run):
    before = one(lab("runs", "show", run.id, "--json").stdout)
    deleted = lab("runs", "delete", run.id, "--json")
    assert one(deleted.stdout) == {"run": run.id, "deleted": True}
    assert f"runs restore {run.id}" in deleted.stderr
    assert lab("runs", "list", "--json").stdout == ""
    assert [each["run"] for each in lines(lab("runs", "list", "--deleted", "--json").stdout)] == [run.id]
    assert one(lab("runs", "restore", run.id, "--json").stdout)["run"] == run.id
    assert one(lab("runs", "show", run.id, "--json").stdout) == before
    assert lab("runs", "list", "--deleted", "--json").stdout == ""


def test_a_run_is_tagged_and_found_by_it(run):
    assert one(lab("runs", "tag", run.id, "Class 7b", "best", "--json").stdout)["tags"] == [
        "best",
        "class-7b",
    ]
    assert one(lab("runs", "tag", run.id, "--remove", "Best", "--json").stdout)["tags"] == ["class-7b"]
    assert one(lab("runs", "list", "--tag", "class-7b", "--json").stdout)["tags"] == ["class-7b"]
    assert lab("runs", "list", "--tag", "best", "--json").stdout == ""
    refused = lab("runs", "tag", run.id, "a,b")
    assert (refused.exit_code, "A tag has" in refused.stderr) == (2, True)
    assert run.tags == ("class-7b",)


def test_runs_read_well_without_json(run):
    assert run.id in lab("runs", "list").stdout
    assert "validation_loss" in lab("runs", "show", run.id).stdout
    assert f"{run.id}.zip" in lab("runs", "export", run.id).stdout
    assert Path(f"{run.id}.zip").stat().st_size > 1000


def test_an_empty_store_says_so_beside_the_results():
    result = lab("runs", "list")
    assert "No runs yet" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("command", ["show", "delete", "export"])
@pytest.mark.parametrize("run_id", [MISSING_RUN, "../../etc", "zoo:dense-32"])
def test_an_unknown_run_is_refused(command, run_id):
    result = lab("runs", command, run_id)
    assert result.exit_code == 2
    assert f"There is no run {run_id!r}" in result.stderr


def test_an_export_that_cannot_be_written_is_refused(run, tmp_path):
    result = lab("runs", "export", run.id, "--output", tmp_path / "no" / "folder.zip")
    assert result.exit_code == 2
    assert "--output" in result.stderr


def test_a_training_that_came_to_nothing_says_so_wherever_it_is_met(picture):
    done = lab("train", "--epochs", 3, "--peak-learning-rate", 1, "--json")
    last = lines(done.stdout)[-1]
    assert (done.exit_code, last["state"], last["learned_nothing"]) == (0, "finished", True)
    assert "a lower peak learning rate (it was 1" in done.stderr
    assert "learned_nothing" in lab("runs", "list").stdout
    assert one(lab("runs", "list", "--json").stdout)["learned_nothing"]
    assert (
        "no better than that of the mean digit"
        in one(lab("runs", "show", last["run"], "--json").stdout)["caution"]
    )
    for command in (("evaluate", last["run"]), ("score", picture, "--run", last["run"])):
        judged = lab(*command, "--json")
        assert one(judged.stdout)["learned_nothing"]
        assert "This model has learned nothing." in judged.stderr


# -- evaluate, score


def test_evaluate_flags_about_as_many_as_were_allowed():
    found = one(lab("evaluate", "zoo:dense-32", "--false-alarm-rate", 0.1, "--json").stdout)
    assert found["dataset"] == "embedded"
    assert found["test_digits"] == 1000
    assert found["calibration_digits"] == 800
    assert found["flagged_share"] == found["flagged"] / 1000
    assert 0.06 < found["flagged_share"] < 0.14
    assert 0.003 < found["mean_error"] < 0.006
    assert found["seen_in_training"] == 0
    assert found["score_name"] == DEFAULT_SCORE


@pytest.mark.parametrize("command", ["evaluate", "score"])
def test_the_help_names_every_score(command):
    result = lab(command, "--help", COLUMNS="200")
    assert set(SCORES) <= set(re.findall(r"\w+", result.stdout))


def test_help_of_score_comes_without_pytorch():
    code = (
        "import sys; from ae_core.commands import app; app(['score', '--help'], standalone_mode=False); "
        "assert 'torch' not in sys.modules, 'PyTorch was loaded'"
    )
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)


def test_evaluate_by_another_score_is_calibrated_for_it():
    """The mean squared error stays in the answer: it says how well the model draws."""
    usual = one(lab("evaluate", "zoo:dense-32", "--json").stdout)
    found = one(lab("evaluate", "zoo:dense-32", "--score", "error_per_ink", "--json").stdout)
    assert found.keys() == usual.keys()
    assert found["score_name"] == "error_per_ink"
    assert found["mean_error"] == usual["mean_error"] < found["mean_score"] < found["threshold"]
    assert 0.02 < found["flagged_share"] < 0.09


def test_evaluate_takes_a_run(run):
    found = one(lab("evaluate", run.id, "--json").stdout)
    assert found["run"] == run.id
    assert found["mean_error"] == pytest.approx(run.scores()["error"].mean(), rel=1e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["zoo:dense-33"], "it has dense-2, dense-4"),
        ([MISSING_RUN], "There is no run"),
        (["zoo:dense-2", "--false-alarm-rate", 1.5], "false_alarm_rate must be"),
        (["zoo:dense-2", "--false-alarm-rate", 0.0001], "800 calibration digits"),
        (["zoo:dense-2", "--score", "best"], "frame_and_pen, combined; got 'best'"),
        (["zoo:dense-2", "--score", "negative_elbo"], "needs a variational network"),
    ],
)
def test_evaluate_refuses(arguments, message):
    result = lab("evaluate", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


@pytest.fixture
def picture(tmp_path):
    """A test digit, ten times its size, as a PNG."""
    path = tmp_path / "digit.png"
    Image.fromarray(load_digits("embedded").test.images[150]).resize((280, 280)).save(path)
    return path


def test_a_real_digit_is_normal_and_a_cross_of_bars_is_less_so(picture, tmp_path):
    digit = one(lab("score", picture, "--run", "zoo:dense-32", "--json").stdout)
    assert digit["verdict"] == "normal"
    bars = Image.new("L", (280, 280))
    for place in range(20, 260, 40):
        bars.paste(255, (place, 20, place + 8, 260))
        bars.paste(255, (20, place, 260, place + 8))
    bars.save(tmp_path / "grid.png")
    grid = one(lab("score", tmp_path / "grid.png", "--json").stdout)
    assert grid["verdict"] == "anomaly"
    assert grid["p_value"] < digit["p_value"]
    assert grid["score"] > grid["threshold"] == digit["threshold"] > digit["score"]
    assert digit["score_name"] == DEFAULT_SCORE


def test_a_dot_is_an_anomaly_by_default_with_the_reason_and_fools_the_mean_squared_error(tmp_path):
    dot = Image.new("L", (280, 280))
    ImageDraw.Draw(dot).ellipse((130, 130, 150, 150), fill=255)
    dot.save(tmp_path / "dot.png")
    found = one(lab("score", tmp_path / "dot.png", "--json").stdout)
    assert found["verdict"] == "anomaly"
    assert "outline decides" in found["reason"]
    assert found["p_values_of_parts"]["outline"] < 0.01 < found["p_values_of_parts"]["error_per_ink"]
    assert "outline decides" in lab("score", tmp_path / "dot.png").stdout
    by_error = one(lab("score", tmp_path / "dot.png", "--score", "mse", "--json").stdout)
    assert (by_error["verdict"], by_error["score"]) == ("normal", by_error["error"])
    assert by_error.keys() == found.keys()


def test_what_a_reading_left_out_and_how_many_shapes_it_found_is_told(picture, tmp_path):
    page = np.full((600, 700), 255, np.uint8)
    page[60:340, 60:340] = 255 - np.asarray(Image.open(picture))
    page[80:300, 500:524] = 0  # a stroke beside the digit
    page[400:403] = 90  # a printed line
    Image.fromarray(page).save(tmp_path / "page.png")
    both = one(lab("score", tmp_path / "page.png", "--json").stdout)
    assert (both["shapes"], both["left_out"]) == (2, {"printed line": 1})
    alone = one(lab("score", tmp_path / "page.png", "--largest-alone", "--json").stdout)
    assert alone["shapes"] == 1
    assert alone["verdict"] == "normal"


def test_a_picture_is_judged_by_the_score_that_was_asked_for(picture):
    usual = one(lab("score", picture, "--json").stdout)
    digit = one(lab("score", picture, "--score", "neighbour_distance", "--json").stdout)
    assert digit.keys() == usual.keys()
    assert digit["score_name"] == "neighbour_distance"
    assert digit["error"] == usual["error"]
    assert digit["score"] != usual["score"]
    assert digit["threshold"] != usual["threshold"]
    assert digit["verdict"] == ("anomaly" if digit["score"] > digit["threshold"] else "normal")
    refused = lab("score", picture, "--score", "negative_elbo", "--json")
    assert (refused.exit_code, refused.stdout) == (2, "")


def test_what_is_no_picture_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("seven")
    Image.new("L", (50, 50)).save(tmp_path / "empty.png")
    for name in ("missing.png", "notes.txt", "empty.png"):
        result = lab("score", tmp_path / name)
        assert result.exit_code == 2, name
        assert result.stderr.strip()
        assert result.stdout == ""


# -- data, zoo


def test_data_status_tells_what_is_missing():
    status = one(lab("data", "status", "--json").stdout)
    assert (status["mnist"], status["embedded"]) == (False, True)
    assert set(status["files"].values()) == {"missing"}


def test_data_fetch_without_a_network_is_refused_with_a_way_out(monkeypatch):
    from ae_core.data.torchvision_parts import torchvision

    monkeypatch.setattr(torchvision.datasets.MNIST, "mirrors", ["http://127.0.0.1:9/"])
    result = lab("data", "fetch", "--json")
    assert result.exit_code == 2
    assert "embedded" in result.stderr
    assert result.stdout == ""


def test_data_fetch_of_another_set_names_it(monkeypatch):
    from ae_core.data.torchvision_parts import torchvision

    monkeypatch.setattr(torchvision.datasets.FashionMNIST, "mirrors", ["http://127.0.0.1:9/"])
    result = lab("data", "fetch", "fashion")
    assert result.exit_code == 2
    assert "Fashion-MNIST could not be downloaded" in result.stderr
    unknown = lab("data", "fetch", "cifar")
    assert unknown.exit_code == 2
    assert "choose one of mnist, fashion, kmnist" in unknown.stderr


def test_the_zoo_is_listed():
    found = lines(lab("zoo", "list", "--json").stdout)
    assert {"zoo:dense-32", "zoo:dense-64", "zoo:convolutional-32", "zoo:variational-2"} <= {
        each["run"] for each in found
    }
    assert "zoo:dense-32" in lab("zoo", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--models", "dense-2,dense-3"], "models must be among dense-2"),
        (["--epochs", "0"], "epochs must be"),
        ([], "data fetch"),
    ],
)
def test_zoo_build_refuses_before_it_trains(arguments, message, tmp_path):
    result = lab("zoo", "build", *arguments, "--output", tmp_path / "zoo")
    assert result.exit_code == 2
    assert message in result.stderr


def test_no_name_moves_the_cursor_of_a_terminal(run):
    run.folder.write("name.txt", b"\x1b[2J\x1b]0;title\x07")
    listed, refused = lab("runs", "list"), lab("score", "\x1b[2J.png")
    assert "?[2J?]0;title?" in listed.stdout
    assert "?[2J.png" in refused.stderr
    assert "\x1b" not in listed.output + refused.output
