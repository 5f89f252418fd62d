"""Sweeps: what is asked for, which parts they have, and what never trains twice."""

import json
import math
from dataclasses import asdict, replace

import pytest

from ae_core.data.sources import load_digits
from ae_core.errors import ConfigError, DamagedError, NotFoundError
from ae_core.jobs.states import Action, State
from ae_core.models.config import ModelConfig
from ae_core.reading import json_as
from ae_core.studies.execution import carry_out
from ae_core.studies.store import StudyStore
from ae_core.studies.study import MAX_PARTS
from ae_core.studies.sweep import Sweep, SweepConfig
from ae_core.studies.sweep_results import COLUMNS, summary, sweep_table
from ae_core.training.config import TrainConfig

SMALL = SweepConfig(
    (2, 4),
    ("dense",),
    (0, 1),
    ModelConfig(hidden=(8,)),
    TrainConfig(epochs=1, batch_size=512, precision="fp32"),
    "embedded",
)


@pytest.fixture
def sweeps(store) -> StudyStore:
    return StudyStore(store)


def carried_out(sweeps, config, count=None):
    """The sweep with the first `count` of its parts over, or all."""
    sweep = sweeps.create(config)
    for part, record in list(sweeps.records(sweep))[:count]:
        record.ensure(part)
        carry_out(record, "me", device="cpu")
    return sweep


def runs_of(sweeps, sweep):
    return [record.run() for _, record in sweeps.records(sweep)]


# -- what may be asked for


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"latent_dims": ()}, "latent_dims must be one or more values"),
        ({"latent_dims": (2, 2)}, "none twice.*, got \\(2, 2\\)"),
        ({"latent_dims": (0, 2)}, "each a whole number from 1 to 784, got \\(0, 2\\)"),
        ({"latent_dims": (785,)}, "got \\(785,\\)"),
        ({"latent_dims": (2.0,)}, "got \\(2.0,\\)"),
        ({"latent_dims": [2]}, "latent_dims must be"),
        ({"architectures": ("dense", "transformer")}, "'transformer'"),
        ({"architectures": ("dense", "dense")}, "architectures must be .* none twice"),
        ({"seeds": (-1,)}, "seeds must be .* a whole number from 0"),
        ({"seeds": (0, 0)}, "seeds must be .* none twice"),
        ({"seeds": (math.nan,)}, "got \\(nan,\\)"),
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
    assert SweepConfig(latent_dims=tuple(range(1, MAX_PARTS + 1))).trainings == MAX_PARTS


def test_points_are_every_combination_a_whole_curve_of_the_first_seed_first():
    config = SweepConfig((2, 8), ("dense", "convolutional"), (0, 5))
    points = [(train.seed, model.architecture, model.latent_dim) for model, train in config.points()]
    assert points == [
        (seed, kind, dim) for seed in (0, 5) for kind in ("dense", "convolutional") for dim in (2, 8)
    ]
    assert len(points) == config.trainings


def test_json_and_back_loses_nothing():
    config = SweepConfig((3, 9), ("variational",), (1, 2), ModelConfig(beta=0.3), TrainConfig(epochs=7))
    assert json_as(json.dumps(asdict(config)).encode(), SweepConfig, "") == config


# -- runs


def test_a_sweep_is_stored_as_it_was_asked_for(sweeps):
    sweep = sweeps.create(SMALL, owner="me")
    assert sweeps.get(sweep.id, Sweep) == sweep
    assert [each.id for each in sweeps.list(Sweep)] == [sweep.id]
    assert [part.model.latent_dim for part in sweep.parts] == [2, 4, 2, 4]
    assert [part.name for part in sweep.parts[:2]] == ["dense-2", "dense-4"]


def test_each_part_gets_a_run_that_lists_leave_out(sweeps):
    sweep = carried_out(sweeps, SMALL)
    assert [run.config().part for run in runs_of(sweeps, sweep)] == [part.key() for part in sweep.parts]
    assert sweeps.runs.list() == []


def test_the_table_has_a_row_a_training_and_its_error_once_it_is_finished(sweeps):
    sweep = carried_out(sweeps, SMALL, count=1)
    table = sweep_table(sweeps, sweep)
    assert list(table.columns)[: len(COLUMNS)] == list(COLUMNS)
    assert list(table["state"]) == ["finished", "queued", "queued", "queued"]
    assert table["test_error"][0] == pytest.approx(runs_of(sweeps, sweep)[0].test_error())
    assert table["test_error"].isna().sum() == 3
    assert table["compression"].tolist() == [392, 196, 392, 196]
    assert table["share"].tolist() == [1, 0, 0, 0]


def test_the_summary_is_over_seeds(sweeps):
    table = sweep_table(sweeps, carried_out(sweeps, SMALL))
    found = summary(table)
    assert found["latent_dim"].tolist() == [2, 4]
    assert found["count"].tolist() == [2, 2]
    for _, row in found.iterrows():
        errors = table.loc[table["latent_dim"] == row["latent_dim"], "test_error"]
        assert (row["min"], row["max"]) == (errors.min(), errors.max())
        assert row["mean"] == pytest.approx(errors.mean())
    assert summary(table.iloc[:0]).empty


def test_what_an_earlier_sweep_has_trained_is_taken_over(sweeps):
    first = runs_of(sweeps, carried_out(sweeps, SMALL))
    second = sweeps.create(replace(SMALL, latent_dims=(2, 4, 6)))
    assert list(sweep_table(sweeps, second)["state"]) == ["finished", "finished", "queued"] * 2
    assert {run.id for run in runs_of(sweeps, second) if run} == {run.id for run in first}


def test_another_recipe_is_another_training(sweeps):
    carried_out(sweeps, SMALL)
    other = sweeps.create(replace(SMALL, train=SMALL.train.with_changes(peak_learning_rate=1e-3)))
    assert set(sweep_table(sweeps, other)["state"]) == {"queued"}


def test_an_extension_keeps_what_is_there_and_adds_the_rest():
    wider = SMALL.extended_by(SweepConfig((4, 16), ("convolutional",), (0, 2)))
    assert wider.latent_dims == (2, 4, 16)
    assert wider.architectures == ("dense", "convolutional")
    assert wider.seeds == (0, 1, 2)
    assert (wider.model, wider.train, wider.dataset) == (SMALL.model, SMALL.train, SMALL.dataset)


def test_what_was_measured_outlives_the_model(sweeps):
    sweep = carried_out(sweeps, SMALL, count=1)
    (run, *_) = runs_of(sweeps, sweep)
    error = run.test_error()
    sweeps.runs.delete(run.id)
    row = sweep_table(sweeps, sweep).iloc[0]
    assert (row["state"], row["test_error"], row["run"]) == ("finished", error, "")


def test_a_batch_is_never_larger_than_the_data(sweeps):
    config = replace(SMALL, train=TrainConfig(epochs=1, batch_size=50_000))
    assert sweeps.create(config).config.train.batch_size == len(load_digits("embedded").train)


@pytest.mark.parametrize("sweep_id", ["", "nonsense", "../runs", "20260101-000000-abcd"])
def test_an_unknown_sweep_is_refused(sweeps, sweep_id):
    with pytest.raises(NotFoundError, match="There is no sweep"):
        sweeps.get(sweep_id, Sweep)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"{}", b'{"config": {}, "requested": "run"}'])
def test_a_damaged_sweep_is_told_and_left_out_of_lists(sweeps, data):
    sweep = sweeps.create(SMALL)
    sweeps.folder.write(f"{sweep.id}.sweep.json", data)
    with pytest.raises(DamagedError, match=f"{sweep.id}.sweep.json is damaged"):
        sweeps.get(sweep.id, Sweep)
    assert sweeps.list(Sweep) == []


def test_deleting_a_sweep_leaves_its_runs(sweeps):
    sweep = carried_out(sweeps, replace(SMALL, latent_dims=(2,), seeds=(0,)))
    (run,) = runs_of(sweeps, sweep)
    sweeps.delete(sweep)
    assert sweeps.list(Sweep) == []
    assert run.state() is State.FINISHED


def test_the_same_sweep_is_taken_up_again_and_another_is_new(sweeps):
    sweep = carried_out(sweeps, replace(SMALL, latent_dims=(2,), seeds=(0,)))
    sweeps.save(replace(sweep, requested=Action.STOP))
    again = sweeps.take_up(replace(SMALL, latent_dims=(2,), seeds=(0,)))
    assert (again.id, again.requested) == (sweep.id, Action.RUN)
    assert sweeps.take_up(replace(SMALL, latent_dims=(3,), seeds=(0,))).id != sweep.id


def test_a_training_by_an_older_recipe_is_not_taken_for_the_same(sweeps, monkeypatch):
    config = replace(SMALL, latent_dims=(2,), seeds=(0,))
    (before,) = runs_of(sweeps, carried_out(sweeps, config))
    for module in ("runs.trainings", "studies.sweep"):
        monkeypatch.setattr(f"ae_core.{module}.RECIPE_VERSION", 99)
    (after,) = runs_of(sweeps, carried_out(sweeps, config))
    assert after.id != before.id
