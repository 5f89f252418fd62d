"""Sweeps: what is asked for, which runs belong to it, and what never trains twice."""

import json
import math
from dataclasses import asdict, replace

import pytest

from ae_core.data.sources import load_digits
from ae_core.errors import ConfigError, RunError
from ae_core.jobs.states import State
from ae_core.models.config import ModelConfig
from ae_core.reading import json_as
from ae_core.runs.execution import execute
from ae_core.studies.sweep import COLUMNS, MAX_TRAININGS, SweepConfig, SweepStore, Wish, summary
from ae_core.training.config import TrainConfig

SMALL = SweepConfig(
    (2, 4),
    ("dense",),
    (0, 1),
    ModelConfig(hidden=(8,)),
    TrainConfig(epochs=1, batch_size=512, precision="fp32"),
)


@pytest.fixture
def sweeps(store) -> SweepStore:
    return SweepStore(store)


def carried_out(sweeps, config):
    sweep, fresh = sweeps.ensure_runs(sweeps.create(config, "embedded"))
    for run in fresh:
        execute(run)
    return sweep


# -- what may be asked for


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"latent_dims": ()}, "latent_dims needs at least one value"),
        ({"latent_dims": (2, 2)}, "latent_dims must not repeat, got 2 more than once"),
        ({"latent_dims": (0, 2)}, "each of latent_dims must be a whole number from 1 to 784, got 0"),
        ({"latent_dims": (785,)}, "got 785"),
        ({"latent_dims": (2.0,)}, "got 2.0"),
        ({"latent_dims": [2]}, "latent_dims needs"),
        ({"architectures": ("dense", "transformer")}, "got 'transformer'"),
        ({"architectures": ("dense", "dense")}, "architectures must not repeat"),
        ({"seeds": (-1,)}, "each of seeds must be a whole number from 0"),
        ({"seeds": (0, 0)}, "seeds must not repeat"),
        ({"seeds": (math.nan,)}, "got nan"),
        (
            {"latent_dims": tuple(range(1, 62)), "seeds": (0, 1)},
            "at most 120 trainings, this one would have 122",
        ),
    ],
)
def test_an_impossible_sweep_is_refused_with_what_is_allowed(values, message):
    with pytest.raises(ConfigError, match=message):
        SweepConfig(**values)


def test_the_largest_allowed_sweep_is_allowed():
    assert SweepConfig(latent_dims=tuple(range(1, MAX_TRAININGS + 1))).trainings == MAX_TRAININGS


def test_points_are_every_combination_a_whole_curve_of_the_first_seed_first():
    config = SweepConfig((2, 8), ("dense", "convolutional"), (0, 5))
    points = [(p.train.seed, p.model.architecture, p.model.latent_dim) for p in config.points()]
    assert points == [
        (seed, kind, dim) for seed in (0, 5) for kind in ("dense", "convolutional") for dim in (2, 8)
    ]
    assert len(points) == config.trainings


def test_json_and_back_loses_nothing():
    config = SweepConfig((3, 9), ("variational",), (1, 2), ModelConfig(beta=0.3), TrainConfig(epochs=7))
    assert json_as(json.dumps(asdict(config)).encode(), SweepConfig, "") == config


# -- runs


def test_each_point_gets_a_run_that_lists_leave_out(sweeps):
    sweep, fresh = sweeps.ensure_runs(sweeps.create(SMALL, "embedded", owner="me"))
    assert len(fresh) == 4
    assert {run.config().sweep for run in fresh} == {sweep.id}
    assert [run.config().model.latent_dim for run in fresh] == [2, 4, 2, 4]
    assert sweeps.runs.list() == []
    assert sweeps.get(sweep.id) == sweep
    assert [each.id for each in sweeps.list()] == [sweep.id]


def test_a_second_look_makes_no_second_runs(sweeps):
    sweep, _ = sweeps.ensure_runs(sweeps.create(SMALL, "embedded"))
    again, fresh = sweeps.ensure_runs(sweep)
    assert fresh == []
    assert again == sweep


def test_the_table_has_a_row_a_training_and_its_error_once_it_is_finished(sweeps):
    sweep, fresh = sweeps.ensure_runs(sweeps.create(SMALL, "embedded"))
    execute(fresh[0])
    table = sweeps.table(sweep)
    assert list(table.columns) == list(COLUMNS)
    assert list(table["state"]) == ["finished", "queued", "queued", "queued"]
    assert table["test_error"][0] == pytest.approx(fresh[0].test_error())
    assert table["test_error"].isna().sum() == 3
    assert table["compression"].tolist() == [392, 196, 392, 196]


def test_the_summary_is_over_seeds(sweeps):
    table = sweeps.table(carried_out(sweeps, SMALL))
    found = summary(table)
    assert found["latent_dim"].tolist() == [2, 4]
    assert found["count"].tolist() == [2, 2]
    for _, row in found.iterrows():
        errors = table.loc[table["latent_dim"] == row["latent_dim"], "test_error"]
        assert (row["min"], row["max"]) == (errors.min(), errors.max())
        assert row["mean"] == pytest.approx(errors.mean())
    assert summary(table.iloc[:0]).empty


def test_what_an_earlier_sweep_has_trained_is_taken_over(sweeps):
    first = carried_out(sweeps, SMALL)
    second, fresh = sweeps.ensure_runs(sweeps.create(replace(SMALL, latent_dims=(2, 4, 6)), "embedded"))
    trained = {run.id for run in fresh if run.state() is State.FINISHED}
    assert trained == set(first.runs.values())
    assert [run.config().model.latent_dim for run in fresh if run.id not in trained] == [6, 6]
    assert second.runs.items() >= first.runs.items()


def test_another_recipe_is_another_training(sweeps):
    carried_out(sweeps, SMALL)
    other = replace(SMALL, train=SMALL.train.with_changes(peak_learning_rate=1e-3))
    _, fresh = sweeps.ensure_runs(sweeps.create(other, "embedded"))
    assert all(run.state() is State.QUEUED for run in fresh)


def test_an_extension_keeps_what_is_there_and_adds_the_rest():
    wider = SMALL.extended_by(SweepConfig((4, 16), ("convolutional",), (0, 2)))
    assert wider.latent_dims == (2, 4, 16)
    assert wider.architectures == ("dense", "convolutional")
    assert wider.seeds == (0, 1, 2)
    assert (wider.model, wider.train) == (SMALL.model, SMALL.train)


def test_a_deleted_run_is_made_anew(sweeps):
    sweep, fresh = sweeps.ensure_runs(sweeps.create(SMALL, "embedded"))
    model = fresh[0].config().model
    sweeps.runs.delete(fresh[0].id)
    assert sweeps.table(sweep)["run"][0] == ""
    _, again = sweeps.ensure_runs(sweep)
    assert [run.config().model for run in again] == [model]


def test_a_batch_is_never_larger_than_the_data(sweeps):
    config = replace(SMALL, train=TrainConfig(epochs=1, batch_size=50_000))
    assert sweeps.create(config, "embedded").config.train.batch_size == len(load_digits("embedded").train)


@pytest.mark.parametrize("sweep_id", ["", "nonsense", "../runs", "20260101-000000-abcd"])
def test_an_unknown_sweep_is_refused(sweeps, sweep_id):
    with pytest.raises(RunError, match="There is no sweep"):
        sweeps.get(sweep_id)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"{}", b'{"config": {}, "wish": "run"}'])
def test_a_damaged_sweep_is_told_and_left_out_of_lists(sweeps, data):
    sweep = sweeps.create(SMALL, "embedded")
    sweeps.folder.write(f"{sweep.id}.json", data)
    with pytest.raises(RunError, match=f"{sweep.id}.json is damaged"):
        sweeps.get(sweep.id)
    assert sweeps.list() == []


def test_deleting_a_sweep_leaves_its_runs(sweeps):
    sweep = carried_out(sweeps, replace(SMALL, latent_dims=(2,), seeds=(0,)))
    sweeps.delete(sweep.id)
    assert sweeps.list() == []
    (run_id,) = sweep.runs.values()
    assert sweeps.runs.get(run_id).state() is State.FINISHED


def test_the_same_sweep_is_taken_up_again_and_another_is_new(sweeps):
    sweep = carried_out(sweeps, replace(SMALL, latent_dims=(2,), seeds=(0,)))
    sweeps.save(replace(sweep, wish=Wish.STOP))
    again = sweeps.take_up(replace(SMALL, latent_dims=(2,), seeds=(0,)), "embedded")
    assert (again.id, again.runs, again.wish) == (sweep.id, sweep.runs, Wish.RUN)
    assert sweeps.take_up(replace(SMALL, latent_dims=(3,), seeds=(0,)), "embedded").id != sweep.id


def test_a_training_by_an_older_recipe_is_not_taken_for_the_same(sweeps):
    config = replace(SMALL, latent_dims=(2,), seeds=(0,))
    (run_id,) = carried_out(sweeps, config).runs.values()
    run = sweeps.runs.get(run_id)
    stored = json.loads(run.folder.read("config.json"))
    run.folder.write_json("config.json", stored | {"recipe_version": 1})
    _, fresh = sweeps.ensure_runs(sweeps.create(config, "embedded"))
    assert [each.id for each in fresh] != [run_id]
