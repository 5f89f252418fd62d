"""Tables of what was found: a row a part and score, honest means, and a score chosen without an anomaly."""

import math

import pandas
import pytest

from ae_core.jobs.states import State
from ae_core.models.build import build_model
from ae_core.models.weights import save_model
from ae_core.studies.results import (
    COLUMNS,
    SUMMARY,
    aurocs_of_models,
    chosen_score,
    done_share,
    progress,
    results,
    summary,
)
from tests.studies.conftest import NET, RECIPE

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("few_digits")]


@pytest.fixture
def judged(carried_out, config):
    return carried_out(config("one-class", seeds=(0, 1)))


def test_there_is_a_row_for_each_part_and_score(experiments, judged):
    table = results(experiments, judged)
    assert list(table.columns) == list(COLUMNS)
    assert list(zip(table["seed"], table["digit"], table["score"], strict=True)) == [
        (seed, digit, score) for seed in (0, 1) for digit in (0, 1) for score in judged.config.scores
    ]
    assert table["n_normal"].unique().tolist() == [10]
    assert table["n_anomalies"].unique().tolist() == [90]
    assert (table["low"] <= table["auroc"]).all()
    assert (table["auroc"] <= table["high"]).all()
    assert table["letter_auroc"].between(0, 1).all()
    assert table["note"].str.contains("99 calibration digits, there are 8").all()
    assert table["run"].nunique() == 4


def test_the_summary_is_the_mean_over_parts_and_then_over_seeds(experiments, judged):
    table = results(experiments, judged)
    found = summary(table)
    assert list(found.columns) == list(SUMMARY)
    assert found["mean_auroc"].is_monotonic_decreasing
    for row in found.itertuples():
        means = table[table["score"] == row.score].groupby("seed")["auroc"].mean()
        assert row.mean_auroc == pytest.approx(means.mean())
        assert (row.low, row.high) == (means.min(), means.max())
        assert row.spread == pytest.approx(means.std())
        assert (row.parts, row.seeds) == (2, 2)


def test_a_seed_that_has_just_begun_is_not_compared_with_a_whole_one(experiments, judged):
    table = results(experiments, judged)
    begun = table[(table["seed"] == 0) | (table["digit"] == 0)]
    pandas.testing.assert_frame_equal(summary(begun), summary(table[table["seed"] == 0]))
    assert summary(begun)["spread"].isna().all()


def test_before_anything_is_found_tables_are_empty_and_have_their_columns(experiments, config):
    experiment = experiments.create(config("held-out"))
    table = results(experiments, experiment)
    assert table.empty
    assert list(table.columns) == list(COLUMNS)
    assert summary(table).empty
    assert list(summary(table).columns) == list(SUMMARY)
    assert chosen_score(table) is None
    assert progress(experiments, experiment)["state"].tolist() == ["queued", "queued"]


def test_what_experiments_found_with_a_run_is_its_auroc(experiments, config, carried_out, few_digits):
    runs = experiments.runs
    run, other = (
        runs.create(NET, RECIPE, dataset="embedded", fingerprint=few_digits.fingerprint) for _ in range(2)
    )
    for each in (run, other):
        each.folder.write("model.safetensors", save_model(build_model(NET)))
    carried_out(config("corruptions", corruptions=("fog",), reference="zoo:dense-32"))
    assert aurocs_of_models(experiments) == {}
    with_mse = carried_out(config("corruptions", corruptions=("fog", "stripe"), reference=run.id))
    carried_out(config("corruptions", corruptions=("fog",), reference=other.id, scores=("pca_residual",)))
    table, found = results(experiments, with_mse), aurocs_of_models(experiments)
    assert found.keys() == {run.id, other.id}
    assert found[run.id] == pytest.approx(table[table["score"] == "mse"]["auroc"].mean())


def test_a_part_that_failed_has_a_row_that_says_why(experiments, config, carried_out, monkeypatch, tmp_path):
    monkeypatch.setenv("AE_DATA_DIR", str(tmp_path))
    experiment = carried_out(config("foreign", sources=("scikit_digits", "fashion")))
    table = results(experiments, experiment)
    assert table["part"].tolist() == ["scikit_digits"] * len(experiment.config.scores) + ["fashion"]
    last = table.iloc[-1]
    assert last[["score", "auroc", "digit"]].isna().all()
    assert "data fetch fashion" in last["note"]
    assert summary(table)["parts"].unique().tolist() == [1]
    states = progress(experiments, experiment)
    assert states["state"].tolist() == [State.FINISHED, State.FAILED]
    assert "data fetch fashion" in states["message"].iloc[1]


def test_the_score_that_tells_letters_best_over_all_parts_stands_for_the_experiment():
    table = pandas.DataFrame(
        {
            "score": ["nap", "mse", "nap", "mse", None],
            "letter_auroc": [0.9, 0.8, 0.7, 0.85, math.nan],  # a part that failed has none
        }
    )
    assert chosen_score(table) == "mse"
    assert chosen_score(table.iloc[:2]) == "nap"
    alike = table.assign(letter_auroc=0.5)
    assert chosen_score(alike.iloc[:4]) == "mse"  # of two as good, the first of the table of scores


def test_an_undefined_auroc_is_left_out_of_the_mean():
    rows = [
        {
            "score": "mse",
            "part": part,
            "seed": 0,
            "auroc": auroc,
            "high": 1.0,
            "detected_at_1": None,
            "detected_at_5": 0.5,
        }
        for part, auroc in (("1", 0.8), ("2", math.nan))
    ]
    found = summary(pandas.DataFrame(rows).astype({"detected_at_1": float}))
    assert found["mean_auroc"].tolist() == [0.8]
    assert found["parts"].tolist() == [1]


def test_seeds_are_compared_over_the_parts_that_all_of_them_have():
    areas = {(0, "1"): 0.9, (0, "2"): 0.5, (1, "1"): 0.7, (1, "3"): 0.1, (2, "1"): 0.0}
    rows = [
        {
            "score": "mse",
            "part": part,
            "seed": seed,
            "auroc": auroc,
            "high": 1.0,
            "detected_at_1": 0.0,
            "detected_at_5": 0.0,
        }
        for (seed, part), auroc in areas.items()
    ]
    (found,) = summary(pandas.DataFrame(rows)).to_dict("records")
    assert found["mean_auroc"] == pytest.approx(0.8)
    assert (found["parts"], found["seeds"]) == (1, 2)


def test_the_fitting_of_scores_counts_in_what_is_done_of_an_experiment(experiments, config):
    """All parts of a given model need it, and the first does it for all: it is most of the work."""
    experiment = experiments.create(config("corruptions", corruptions=("fog", "blank")))
    parts = [(part, record) for part, record in experiments.records(experiment)]
    for part, record in parts:
        record.ensure(part)
    done = [done_share(experiment, progress(experiments, experiment))]
    for share in (0.5, 1.0):
        parts[0][1].set_state(State.RUNNING, share=share)
        done.append(done_share(experiment, progress(experiments, experiment)))
    for _, record in parts:
        record.set_state(State.FAILED)
        done.append(done_share(experiment, progress(experiments, experiment)))
    scores = len(experiment.config.scores)
    whole = scores + 2
    assert done == pytest.approx([0, scores / 2 / whole, scores / whole, (scores + 1) / whole, 1])


def test_what_is_done_of_trainings_is_the_mean_over_parts(experiments, config):
    experiment = experiments.create(config("one-class"))
    (part, record), _ = experiments.records(experiment)
    record.ensure(part)
    record.set_state(State.RUNNING, share=0.5)
    assert done_share(experiment, progress(experiments, experiment)) == pytest.approx(0.25)
