"""`anomaly` as a person or a script meets it: rows on stdout, refusals on stderr, going on after Ctrl-C."""

import signal
import subprocess
import sys
from dataclasses import fields
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from ae_core.data.sources import load_digits
from ae_core.jobs.states import Action, State
from ae_core.models.config import ModelConfig
from ae_core.runs.store import RunStore
from ae_core.studies import execution
from ae_core.studies.experiment import Experiment
from ae_core.studies.results import results
from ae_core.studies.store import StudyStore
from ae_core.training import loop
from ae_core.training.config import TrainConfig
from ae_core.training.presets import HELD_OUT, ONE_CLASS
from tests.commands import command_line
from tests.commands.command_line import lines

QUICK = ("--scores", "mse,pca_residual", "--json")
TINY = ("--latent-dim", 2, "--hidden", 8, "--epochs", 1, "--batch-size", 64, "--device", "cpu", *QUICK)
lab = partial(command_line.lab, "anomaly")
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_folders")]


def store() -> StudyStore:
    return StudyStore(RunStore())


def trained() -> set[str]:
    return {run.id for run in RunStore().list(of_studies=True)}


@pytest.mark.parametrize("kind", ["one-class", "held-out"])
def test_a_line_a_part_and_score_and_a_last_one_that_they_add_up_to(kind):
    done = lab(kind, "--digits", "0,1", "--seeds", "0,1", *TINY)
    assert done.exit_code == 0, done.stderr
    *rows, last = lines(done.stdout)
    assert [(row["seed"], row["digit"], row["score"]) for row in rows] == [
        (seed, digit, score) for seed in (0, 1) for digit in (0, 1) for score in ("mse", "pca_residual")
    ]
    normal = {"one-class": 100, "held-out": 900}[kind]
    assert {(row["n_normal"], row["n_anomalies"]) for row in rows} == {(normal, 1000 - normal)}
    of_it = [row["auroc"] for row in rows if row["score"] == last["score"]]
    assert last["mean_auroc"] == pytest.approx(np.mean(of_it))
    assert last["spread"] == pytest.approx(np.std([np.mean(of_it[:2]), np.mean(of_it[2:])], ddof=1))
    assert (last["kind"], last["parts"], last["seeds"]) == (kind, 2, 2)
    table = results(store(), store().get(last["experiment"], Experiment))
    assert table["auroc"].tolist() == [row["auroc"] for row in rows]


def test_the_same_command_computes_nothing_again_and_a_wider_one_what_is_new(monkeypatch):
    first = lab("one-class", "--digits", "3", *TINY)
    before = trained()
    again = lab("one-class", "--digits", "3", *TINY)
    assert again.stdout == first.stdout
    assert len(store().list(Experiment)) == 1
    assert trained() == before
    wider = lab("one-class", "--digits", "3,5", *TINY)
    assert len(trained()) == 2
    monkeypatch.setattr(execution, "execute", None)
    assert lines(lab("one-class", "--digits", "3,5", *TINY).stdout) == lines(wider.stdout)


def test_a_person_may_choose_the_score_that_is_reported():
    for name in ("mse", "pca_residual"):
        last = lines(lab("one-class", "--digits", "3", *TINY, "--score", name).stdout)[-1]
        assert last["score"] == name


def test_corruptions_of_a_shipped_model():
    options = ("--corruptions", "fog,blank", "--severity", 0.5, "--images", 40)
    done = lab("corruptions", "--run", "zoo:dense-8", *options, *QUICK)
    assert done.exit_code == 0, done.stderr
    *rows, last = lines(done.stdout)
    assert [row["part"] for row in rows] == ["fog", "fog", "blank", "blank"]
    assert {(row["n_normal"], row["n_anomalies"], row["seed"]) for row in rows} == {(40, 40, None)}
    assert last["parts"] == 2
    assert trained() == set()


def test_an_area_below_chance_is_explained_in_text_and_json():
    """A blank canvas is drawn without error, so it is more normal than any digit to the error alone."""
    options = ("--corruptions", "blank,fog", "--run", "zoo:dense-8", "--images", 40, "--scores", "mse")
    *rows, last = lines(lab("corruptions", *options, "--json").stdout)
    assert [row["auroc"] < 0.5 for row in rows] == [True, False]
    assert "turned round" in rows[0]["turned_round"]
    assert rows[1]["turned_round"] is None
    assert last["turned_round"] is None
    text = lab("corruptions", *options).stdout
    assert "blank by mse: AUROC below 0.5: the score is turned round" in text
    alone = lab("corruptions", "--corruptions", "blank", *options[2:], "--json")
    assert "turned round" in lines(alone.stdout)[-1]["turned_round"]


def test_foreign_images_that_are_not_here_are_told_and_the_others_measured():
    done = lab("foreign", "--images", 40, *QUICK)
    assert done.exit_code == 0
    *rows, last = lines(done.stdout)
    assert [row["part"] for row in rows] == ["letters"] * 2 + ["scikit_digits"] * 2 + ["fashion", "kmnist"]
    assert "data fetch fashion" in rows[-2]["note"]
    assert "data fetch fashion" in done.stderr
    assert last["parts"] == 2
    nothing = lab("foreign", "--sources", "fashion", *QUICK)
    assert nothing.exit_code == 1
    assert lines(nothing.stdout)[-1]["mean_auroc"] is None


def test_images_of_a_person_s_own_can_be_judged(tmp_path):
    np.save(tmp_path / "mine.npy", load_digits("embedded").train.images[:25])
    done = lab("foreign", "--upload", tmp_path / "mine.npy", "--images", 30, *QUICK)
    assert done.exit_code == 0, done.stderr
    assert "25 images read from mine.npy" in done.stderr
    *rows, last = lines(done.stdout)
    assert {(row["part"], row["n_anomalies"]) for row in rows} == {("upload", 25)}
    assert store().get(last["experiment"], Experiment).title().startswith("foreign: mine.npy")
    (tmp_path / "mine.npy").write_bytes(b"nothing of the kind")
    refused = lab("foreign", "--upload", tmp_path / "mine.npy", *QUICK)
    assert refused.exit_code == 2
    assert "Allowed are" in refused.stderr


def test_of_an_upload_with_several_arrays_one_is_named_and_read_as_told(tmp_path):
    images = load_digits("embedded").train.images[:25]
    few = (255 - images.astype(int)) * 20 // 255  # dark ink on white, from 0 to 20
    np.savez(tmp_path / "mine.npz", x_train=images, x_test=few, y_test=np.arange(25))
    given = ("foreign", "--upload", tmp_path / "mine.npz", "--images", 30, *QUICK)
    asked = lab(*given)
    assert asked.exit_code == 2
    assert "x_train [25, 28, 28] uint8, x_test [25, 28, 28] int64. Name one of them with" in asked.stderr
    done = lab(*given, "--array", "x_test", "--values", "0:20", "--ink", "dark")
    assert done.exit_code == 0, done.stderr
    assert "were read as 0 to 20, black to white. 25 turned from dark on light" in done.stderr
    name = store().get(lines(done.stdout)[-1]["experiment"], Experiment).config.upload
    assert np.abs(store().uploads.get(name).astype(int) - images).max() <= 13  # one of 20 steps
    for option, value, told in (("--ink", "red", "one of auto, light, dark"), ("--values", "16", "LOW:HIGH")):
        refused = lab(*given, "--array", "x_test", option, value)
        assert (refused.exit_code, told in refused.stderr) == (2, True)


def test_ctrl_c_keeps_finished_parts_and_the_same_command_goes_on(monkeypatch):
    execute, ids = execution.execute, []

    def interrupted_at_the_second(run, **options):
        ids.append(run.id)
        if len(ids) == 2:
            signal.raise_signal(signal.SIGINT)
        return execute(run, **options)

    monkeypatch.setattr(execution, "execute", interrupted_at_the_second)
    done = lab("one-class", "--digits", "3,4,5", *TINY)
    assert done.exit_code == 130
    *rows, last = lines(done.stdout)
    assert {row["digit"] for row in rows} == {3}
    assert last["parts"] == 1
    experiment = store().get(last["experiment"], Experiment)
    assert experiment.requested is Action.STOP
    states = [record.state() for _, record in store().records(experiment)]
    assert states == [State.FINISHED, State.STOPPED, State.QUEUED]
    again = lab("one-class", "--digits", "3,4,5", *TINY)
    assert again.exit_code == 0
    assert lines(again.stdout)[: len(rows)] == rows
    assert lines(again.stdout)[-1]["experiment"] == experiment.id
    assert ids[0] not in ids[1:]
    assert ids[1] == ids[2]  # the stopped run went on


def test_a_training_that_fails_ends_with_status_1_and_its_message(monkeypatch):
    sound = loop.LOSSES["mse"]
    monkeypatch.setitem(loop.LOSSES, "mse", lambda made, wanted: sound(made, wanted) * float("inf"))
    done = lab("one-class", "--digits", "3", *TINY)
    assert done.exit_code == 1
    assert "lower learning rate" in done.stderr
    assert "Traceback" not in done.stderr
    row, last = lines(done.stdout)
    assert "lower learning rate" in row["note"]
    assert last["score"] is None


def test_without_json_too_a_model_that_has_learned_nothing_is_told_of():
    done = lab("held-out", "--digits", 1, *TINY[:-1])
    assert "no better than that of the mean digit alone" in done.stderr
    assert "mean auroc" in done.stdout


def test_without_json_there_are_tables_and_the_score_that_stands_for_all():
    done = lab("corruptions", "--corruptions", "fog", "--images", 40, "--scores", "mse,nap")
    assert done.exit_code == 0
    assert "mean auroc" in done.stdout
    assert "fog" in done.stdout
    assert "1 of 1: fog" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("one-class", "--digits", "3,3"), "digits must be one or more values, none twice"),
        (("one-class", "--digits", "three"), "digits must be whole numbers such as 0,1 or all"),
        (("one-class", "--seeds", ",".join(map(str, range(13)))), "at most 120 parts"),
        (("held-out", "--latent-dim", 0), "latent_dim must be a whole number"),
        (("held-out", "--dataset", "mnist"), "data fetch"),
        (("held-out", "--scores", "magic"), "scores must be any number of values"),
        (("held-out", "--scores", "mse", "--score", "nap"), "score must be one of mse, got 'nap'"),
        (("held-out", "--scores", "negative_elbo"), "needs a variational network"),
        (("held-out", "--device", "abacus"), "There is no device 'abacus'"),
        (("corruptions", "--run", "zoo:dense-33"), "it has dense-2"),
        (("corruptions", "--severity", 2), "severity must be a number from 0.01 to 1"),
        (("corruptions", "--corruptions", "rain"), "corruptions must be one or more values"),
        (("foreign", "--sources", "cifar"), "sources must be one or more values"),
        (("foreign", "--upload", "nowhere.zip"), "nowhere.zip cannot be read"),
        (("foreign", "--images", 3), "images must be a whole number from 10"),
    ],
)
def test_a_refusal_says_why_on_stderr_and_leaves_no_experiment(arguments, message):
    done = lab(*arguments, "--json")
    assert done.exit_code == 2
    assert message in done.stderr
    assert done.stdout == ""
    assert store().list(Experiment) == []


@pytest.mark.parametrize(("kind", "preset"), [("one-class", ONE_CLASS), ("held-out", HELD_OUT)])
def test_network_and_recipe_are_options_with_the_kinds_own_defaults(kind, preset):
    help_text = lab(kind, "--help", COLUMNS="300").stdout
    for field in (*fields(ModelConfig), *fields(TrainConfig)):
        assert (f"--{field.name.replace('_', '-')} " in help_text) == (field.name != "seed")
    assert f"Default: {preset.train.epochs}." in help_text


def test_help_comes_without_pytorch():
    code = (
        "import sys; from ae_core.commands import app; app(['anomaly', 'one-class', '--help'], "
        "standalone_mode=False); assert 'torch' not in sys.modules, 'PyTorch was loaded'"
    )
    project = Path(__file__).resolve().parent.parent.parent
    subprocess.run([sys.executable, "-c", code], cwd=project, check=True, stdout=subprocess.DEVNULL)
