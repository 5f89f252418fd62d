"""`sweep` as a person or a script meets it: a row a training, refusals on stderr, going on after Ctrl-C."""

import signal
from functools import partial

import pytest

from ae_core.jobs.states import Action, State
from ae_core.runs.store import RunStore
from ae_core.studies import execution as studies_execution
from ae_core.studies.store import StudyStore
from ae_core.studies.sweep import Sweep
from ae_core.studies.sweep_results import sweep_table
from ae_core.training import loop
from tests.commands import command_line
from tests.commands.command_line import lines

TINY = ("--hidden", 8, "--epochs", 1, "--batch-size", 512, "--device", "cpu", "--json")
lab = partial(command_line.lab, "sweep")
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_folders")]


def store() -> StudyStore:
    return StudyStore(RunStore())


def test_a_line_a_training_as_the_store_has_it():
    done = lab("--latent-dims", "2,4", "--seeds", "0,1", *TINY)
    assert done.exit_code == 0, done.stderr
    rows = lines(done.stdout)
    assert [(row["architecture"], row["latent_dim"], row["seed"]) for row in rows] == [
        ("dense", dim, seed) for seed in (0, 1) for dim in (2, 4)
    ]
    (sweep,) = store().list(Sweep)
    table = sweep_table(store(), sweep)
    assert [row["test_error"] for row in rows] == table["test_error"].tolist()
    assert set(table["state"]) == {"finished"}


def test_what_was_trained_is_not_trained_again():
    first = lines(lab("--latent-dims", "2,4", *TINY).stdout)
    second = lines(lab("--latent-dims", "2,4,8", *TINY).stdout)
    assert [row["run"] for row in second[:2]] == [row["run"] for row in first]


def test_ctrl_c_keeps_finished_points_and_the_same_command_goes_on(monkeypatch):
    execute, ids = studies_execution.execute, []

    def interrupted_at_the_second(run, **options):
        ids.append(run.id)
        if len(ids) == 2:
            signal.raise_signal(signal.SIGINT)
        return execute(run, **options)

    monkeypatch.setattr(studies_execution, "execute", interrupted_at_the_second)
    done = lab("--latent-dims", "2,4,8", *TINY)
    assert done.exit_code == 130
    assert [row["state"] for row in lines(done.stdout)] == ["finished", "stopped"]
    (sweep,) = store().list(Sweep)
    assert sweep.requested is Action.STOP  # a page that looks at it must not go on
    again = lab("--latent-dims", "2,4,8", *TINY)
    assert again.exit_code == 0
    assert [row["state"] for row in lines(again.stdout)] == ["finished"] * 3
    assert [each.id for each in store().list(Sweep)] == [sweep.id]
    assert ids[0] not in ids[1:]
    assert ids[1] == ids[2]  # the stopped run went on


def test_a_training_that_fails_is_told_and_tried_again_by_the_same_command(monkeypatch):
    sound = loop.LOSSES["mse"]
    with monkeypatch.context() as patch:
        patch.setitem(loop.LOSSES, "mse", lambda made, wanted: sound(made, wanted) * float("inf"))
        done = lab("--latent-dims", "2,4", *TINY)
    assert done.exit_code == 1
    assert "lower learning rate" in done.stderr
    assert "Traceback" not in done.stderr
    assert [row["state"] for row in lines(done.stdout)] == ["failed"] * 2
    again = lab("--latent-dims", "2,4", *TINY)
    assert again.exit_code == 0
    assert [row["state"] for row in lines(again.stdout)] == ["finished"] * 2
    assert [run.state() for run in RunStore().list(of_studies=True)] == [State.FINISHED] * 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--latent-dims", "2,2"), "2"),
        (("--latent-dims", "0"), "0"),
        (("--latent-dims", "785"), "784"),
        (("--latent-dims", "2,x"), "x"),
        (("--architectures", "round"), "round"),
        (("--seeds", ",".join(map(str, range(121)))), "120"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(arguments, told):
    done = lab(*arguments, *TINY)
    assert done.exit_code != 0
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert store().list(Sweep) == []
