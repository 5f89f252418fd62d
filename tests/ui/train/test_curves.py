"""Loss curves: what goes into the chart."""

import pandas
import pytest

from ae_core.models.config import PIXELS, ModelConfig
from ui.shell.theme import LIGHT
from ui.train import curves

DENSE = ModelConfig()
METRICS = pandas.DataFrame({"number": [1, 2], "train_loss": [0.2, 0.1], "validation_loss": [0.21, 0.11]})
EMPTY = METRICS.iloc[:0]
CURVE = [(0.5, 0.3), (1.0, 0.2), (2.0, 0.1)]


def test_the_table_holds_training_as_it_ran_and_validation_by_epoch():
    table = curves.loss_table(METRICS, CURVE, "mine", DENSE)
    assert set(table["run"]) == {"mine"}
    training, validation = (table[table["series"] == series] for series in curves.SERIES)
    assert list(zip(training["epoch"], training["loss"], strict=True)) == CURVE
    assert list(zip(validation["epoch"], validation["loss"], strict=True)) == [(1, 0.21), (2, 0.11)]


@pytest.mark.parametrize(("metrics", "curve"), [(EMPTY, []), (EMPTY, CURVE[:1]), (METRICS, [])])
def test_what_is_not_there_yet_is_left_out(metrics, curve):
    table = curves.loss_table(metrics, curve, "mine", DENSE)
    assert len(table) == len(metrics) + len(curve)
    assert {"epoch", "loss", "series", "run"} == set(table.columns)


@pytest.mark.parametrize(("logarithmic", "kind"), [(True, "log"), (False, "linear")])
def test_the_chart_has_its_axes_and_colours(logarithmic, kind):
    table = curves.loss_table(METRICS, CURVE, "mine", DENSE)
    chart = curves.loss_chart(table, table.iloc[:0], 25, logarithmic=logarithmic)
    encodings = [layer["encoding"] for layer in chart["layer"]]
    assert {each["y"]["scale"]["type"] for each in encodings} == {kind}
    assert all(each["x"]["scale"]["domain"] == [0, 25] for each in encodings)
    palette = next(each["color"]["scale"] for each in encodings if "color" in each)
    assert dict(zip(palette["domain"], palette["range"], strict=True)) == {
        "training": LIGHT["training"],
        "validation": LIGHT["validation"],
    }


def test_earlier_runs_are_dashed_and_named_at_their_ends():
    table = curves.loss_table(METRICS, CURVE, "mine", DENSE)
    others = curves.loss_table(METRICS, CURVE, "earlier", DENSE)
    chart = curves.loss_chart(table, others, 25, logarithmic=True)
    names = {name: set(rows["run"]) for name, rows in chart["datasets"].items()}
    dashed = [layer for layer in chart["layer"] if layer["mark"].get("strokeDash")]
    assert [names[layer["data"]["name"]] for layer in dashed] == [{"earlier"}]
    texts = [layer for layer in chart["layer"] if layer["mark"]["type"] == "text"]
    assert {layer["encoding"]["text"]["field"] for layer in texts} == {"run"}
    assert {layer["mark"]["align"] for layer in texts} == {"left", "right"}  # each towards the middle


def test_a_name_stays_within_the_chart_of_a_shorter_run():
    """A mark beyond the axes makes the browser shrink the chart to nothing."""
    table = curves.loss_table(METRICS, CURVE, "mine", DENSE)
    chart = curves.loss_chart(table, table, 1, logarithmic=True)
    for layer in chart["layer"]:
        assert layer["mark"]["clip"]
        if layer["mark"]["type"] == "text":
            assert "datum.epoch <= 1" in layer["transform"][0]["filter"]


def test_the_loss_of_a_variational_network_is_split():
    model = ModelConfig(architecture="variational", beta=0.5)
    table = curves.loss_table(METRICS.assign(kl=[8.0, 4.0]), CURVE, "mine", model)
    term = table[table["series"] == curves.DIVERGENCE]
    assert list(term["loss"]) == [0.5 * 8 / PIXELS, 0.5 * 4 / PIXELS]
    chart = curves.loss_chart(table, table.iloc[:0], 25, logarithmic=True)
    palette = next(each["encoding"]["color"]["scale"] for each in chart["layer"])
    assert (
        dict(zip(palette["domain"], palette["range"], strict=True))[curves.DIVERGENCE] == LIGHT["variational"]
    )
