"""Loss curves that grow in place while a model learns."""

from typing import Any

import pandas

from ae_core.models.config import PIXELS, ModelConfig
from ui.pictures.axes import loss_axis
from ui.shell.theme import colour

SERIES = ("training", "validation")
DIVERGENCE = "beta × KL divergence"
MEANINGS = {DIVERGENCE: "variational"}  # of the colours, where a series is not called by it
EARLIER_LINE = {"type": "line", "strokeDash": [5, 4], "strokeWidth": 1.5, "opacity": 0.75, "clip": True}
TOOLTIP = [
    {"field": "run", "type": "nominal", "title": "run"},
    {"field": "series", "type": "nominal", "title": "loss"},
    {"field": "epoch", "type": "quantitative", "format": ".3~g"},
    {"field": "loss", "type": "quantitative", "format": ".3~g", "title": "value"},
]


def loss_table(
    metrics: pandas.DataFrame, curve: list[tuple[float, float]], run_name: str, model: ModelConfig
) -> pandas.DataFrame:
    """Long table (epoch, loss, series, run) of one run.

    metrics: one row an epoch; curve: [epochs done, running loss] between the epochs. A variational
    network's loss is the training error plus its divergence term, so the table has both.
    """
    points = [(epoch, loss, "training") for epoch, loss in curve]
    points += [
        (number, loss, "validation")
        for number, loss in zip(metrics["number"], metrics["validation_loss"], strict=True)
    ]
    if model.is_variational:
        term = metrics["kl"] * model.beta / PIXELS
        points += [(number, value, DIVERGENCE) for number, value in zip(metrics["number"], term, strict=True)]
    kept = [(*point, run_name) for point in points if point[1] > 0]  # a logarithmic axis has no room for zero
    table = pandas.DataFrame(kept, columns=["epoch", "loss", "series", "run"])
    return table if kept else table.astype({"epoch": float, "loss": float})


def loss_chart(
    table: pandas.DataFrame, others: pandas.DataFrame, epochs: int, *, logarithmic: bool, height: int = 240
) -> dict[str, Any]:
    """Training and validation loss against the epoch; earlier runs in the background, dashed (Vega-Lite).

    table, others: as `loss_table` makes them. epochs: the end of the epoch axis, fixed so nothing jumps.
    Written as Vega-Lite itself: Altair would check it against its schema, for a live view twice a second.
    """
    lines = axes(epochs, logarithmic) | {"color": colours(table), "tooltip": TOOLTIP}
    points = {"type": "point", "filled": True, "size": 36, "opacity": 1, "clip": True}
    return {
        "height": height,
        "datasets": {"run": table, "earlier": others},
        "layer": [
            {
                "data": {"name": "earlier"},
                "mark": EARLIER_LINE,
                "encoding": lines | {"detail": {"field": "run", "type": "nominal"}},
            },
            *names_at_ends(epochs, axes(epochs, logarithmic)),
            {
                "data": {"name": "run"},
                "mark": {"type": "line", "strokeWidth": 2.5, "clip": True},
                "encoding": lines,
            },
            {
                "data": {"name": "run"},
                "transform": [{"filter": "datum.series != 'training'"}],
                "mark": points,
                "encoding": lines,
            },
        ],
    }


def axes(epochs: int, logarithmic: bool) -> dict[str, Any]:
    return {
        "x": {
            "field": "epoch",
            "type": "quantitative",
            "title": "Epoch",
            "scale": {"domain": [0, epochs], "nice": False},
        },
        "y": loss_axis(logarithmic=logarithmic),
    }


def colours(table: pandas.DataFrame) -> dict[str, Any]:
    series = [*SERIES, *([DIVERGENCE] if DIVERGENCE in set(table["series"]) else [])]
    return {
        "field": "series",
        "type": "nominal",
        "title": None,
        "scale": {"domain": series, "range": [colour(MEANINGS.get(each, each)) for each in series]},
        "legend": {"orient": "top-right", "direction": "vertical"},
    }


def names_at_ends(epochs: int, encoding: dict[str, Any]) -> list[dict[str, Any]]:
    """Layers that name each earlier run at the last of its points in view, towards the chart's middle.

    A name beyond the axes would leave no room for the chart.
    """
    last_in_view = [
        {"filter": f"datum.series == 'validation' && datum.epoch <= {epochs}"},
        {"joinaggregate": [{"op": "max", "field": "epoch", "as": "last"}], "groupby": ["run"]},
        {"filter": "datum.epoch == datum.last"},
    ]
    return [
        {
            "data": {"name": "earlier"},
            "transform": [*last_in_view, {"filter": f"datum.epoch {side} {epochs / 2}"}],
            "mark": {
                "type": "text",
                "align": align,
                "dy": -8,
                "fontSize": 11,
                "color": colour("reference"),
                "clip": True,
            },
            "encoding": encoding | {"text": {"field": "run", "type": "nominal"}},
        }
        for side, align in (("<", "left"), (">=", "right"))
    ]
