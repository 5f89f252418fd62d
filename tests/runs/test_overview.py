"""The table of all runs: read once, searched, sorted, and compared field by field."""

import io
from dataclasses import replace

import pandas

from ae_core.jobs.states import State
from ae_core.models.config import ModelConfig
from ae_core.runs.config import Facts
from ae_core.runs.execution import execute
from ae_core.runs.overview import ORDERS, Overview, Row, best, differences, matching, ordered, recipe_in_short
from ae_core.runs.run import Run
from ae_core.training.config import TrainConfig
from tests.runs.test_index import grow_old
from tests.runs.test_store import METRICS, NET, RECIPE, create


def rows_of(store) -> list[Row]:
    return Overview(store).rows(store.listed())


def test_a_run_is_summed_up_by_its_worker_as_it_would_be_from_its_files(store, embedded):
    run = create(store, fingerprint=embedded.fingerprint)
    assert execute(run, device="cpu") is State.FINISHED
    told = run.facts(State.FINISHED)
    assert run.folder.exists("summary.json")
    assert replace(told, bytes=0) == replace(run.measured(), bytes=0)
    assert told.epochs == RECIPE.epochs
    assert told.best_validation_loss == run.metrics()["validation_loss"].min()
    assert told.test_error == run.test_error()


def test_what_a_run_was_summed_up_as_before_it_went_on_does_not_count(store):
    run = create(store)
    run.sum_up()
    run.set_metrics(METRICS)
    assert run.facts(State.RUNNING).epochs == 2
    assert run.facts(State.STOPPED).epochs == 0


def test_only_a_run_that_has_changed_is_read_again(store, monkeypatch):
    _, second = create(store), create(store)
    overview, read, real = Overview(store), [], Run.facts
    grow_old(store)
    monkeypatch.setattr(Run, "facts", lambda run, state: read.append(run.id) or real(run, state))
    overview.rows(store.listed())
    assert len(read) == 2
    second.set_metrics(METRICS)
    rows = {row.id: row for row in overview.rows(store.listed())}
    assert rows[second.id].facts.epochs == 2
    assert read[2:] == [second.id]


def test_the_auroc_is_that_of_other_classes_against_the_trained_ones(store):
    scores = pandas.DataFrame({"label": [3, 3, 5, 8], "error": [0.1, 0.3, 0.2, 0.4]})
    buffer = io.BytesIO()
    scores.to_parquet(buffer)
    one, every, unfinished = create(store, classes=(3,)), create(store), create(store, classes=(3,))
    for run in (one, every):
        run.folder.write("scores.parquet", buffer.getvalue())
        run.set_state(State.FINISHED)
    one.folder.write_json("summary.json", {"epochs": 3, "test_error": 0.2})  # of before there was one
    found = {row.id: row.facts.auroc for row in rows_of(store)}
    assert found == {one.id: 0.75, every.id: None, unfinished.id: None}


def test_without_time_the_figures_wait_for_the_next_look(store):
    create(store)
    overview = Overview(store)
    assert overview.rows(store.listed(), seconds=-1)[0].facts is None
    assert overview.rows(store.listed())[0].facts is not None


def test_the_search_looks_into_names_models_data_and_recipes(store):
    wide = store.create(NET, RECIPE, dataset="mnist", fingerprint="", name="My widest")
    deep = store.create(
        ModelConfig(architecture="convolutional"),
        TrainConfig(denoising=0.3),
        dataset="embedded",
        fingerprint="",
    )
    rows = rows_of(store)
    assert [row.id for row in matching(rows, "WIDEST my")] == [wide.id]
    assert [row.id for row in matching(rows, "denoising 0.3")] == [deep.id]
    assert [row.id for row in matching(rows, models=["convolutional"])] == [deep.id]
    assert [row.id for row in matching(rows, data=["mnist"], states=["queued"])] == [wide.id]
    assert matching(rows, "widest convolutional") == []


def test_runs_are_found_by_their_tags(store):
    first, second = create(store), create(store)
    first.set_tags(["class-7b", "best"])
    second.set_tags(["class-8a"])
    rows = rows_of(store)
    assert [row.id for row in matching(rows, tags=["best", "none"])] == [first.id]
    assert [row.id for row in matching(rows, "8A")] == [second.id]
    assert len(matching(rows)) == 2


def test_each_order_has_the_first_first_and_the_unknown_last(store):
    listed = [create(store).listed() for _ in range(3)]
    facts = [
        Facts(),
        Facts(3, 0.2, 0.3, 0.1, 2, 0.4, 5.0, 100.0, 7, 0.5),
        Facts(3, 0.2, 0.2, 0.2, 2, 0.2, 9.0, 50.0, 8, 0.9),
    ]
    rows = [Row(*each) for each in zip(listed, facts, strict=True)]
    firsts = {order: ordered(rows, order)[0] for order in ORDERS}
    assert firsts.pop("best validation loss") is rows[1]
    assert firsts.pop("time") is rows[1]
    assert firsts.pop("images/s") is rows[1]
    assert all(first is rows[2] for first in firsts.values())
    assert all(ordered(rows, order)[-1] is rows[0] for order in ORDERS)
    assert best(rows) is rows[2]


def test_the_difference_names_every_field_that_differs_and_no_other(store):
    plain = create(store).config()
    other = replace(plain, model=NET.with_changes(latent_dim=2), train=RECIPE.with_changes(denoising=0.5))
    assert differences([plain, plain]) == {}
    assert differences([plain, other]) == {
        "latent_dim": [4, 2],
        "denoising": [0.0, 0.5],
        "noise": [None, "gaussian"],
    }
    deep = replace(plain, model=ModelConfig(architecture="convolutional", latent_dim=4))
    assert differences([plain, deep])["channels"] == [None, (32, 64)]


def test_a_recipe_in_short_says_what_is_not_usual():
    assert recipe_in_short(TrainConfig()) == "muon 0.02, one cycle, batch 256"
    assert recipe_in_short(TrainConfig(loss="bce", denoising=0.3, seed=4)).endswith(
        "bce, denoising 0.3, seed 4"
    )
