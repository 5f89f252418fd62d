"""Loss curves of several runs in one chart, by epoch or by second."""

from typing import Any

import pandas

from ui.pictures.axes import loss_axis
from ui.shell.theme import SIDE_BY_SIDE

BY_EPOCH, BY_SECOND = "epoch", "second"
X = {BY_EPOCH: "Epoch", BY_SECOND: "Seconds of training"}
LOSSES = {"validation": "validation_loss", "training": "train_loss"}
LEGEND_LINE = 24  # pixels
DASHED = {"validation": [1, 0], "training": [4, 3]}


def curve_table(metrics: pandas.DataFrame, run: str) -> pandas.DataFrame:
    """Long table (epoch, second, loss, series, run) of the metrics of one run.

    run: what it is called. Its losses of zero and below have no place on a logarithmic axis and are left out.
    """
    seconds = metrics["seconds"].cumsum()
    parts = [
        pandas.DataFrame(
            {
                "epoch": metrics["number"].astype(float),
                "second": seconds.astype(float),
                "loss": metrics[column].astype(float),
                "series": series,
                "run": run,
            }
        )
        for series, column in LOSSES.items()
    ]
    table = pandas.concat(parts, ignore_index=True)
    return table[table["loss"] > 0]


def chart(
    table: pandas.DataFrame, runs: list[str], by: str, *, logarithmic: bool, training: bool
) -> dict[str, Any]:
    """Validation losses, solid; training losses too where asked for, dashed (Vega-Lite).

    runs: what they are called, in the order of their colours. by: BY_EPOCH or BY_SECOND.
    """
    shown = table if training else table[table["series"] == "validation"]
    encoding = {
        "x": {"field": by, "type": "quantitative", "title": X[by], "scale": {"nice": False}}
        | ({"axis": {"tickMinStep": 1, "format": "d"}} if by == BY_EPOCH else {}),
        "y": loss_axis(logarithmic=logarithmic),
        "color": {
            "field": "run",
            "type": "nominal",
            "title": None,
            "scale": {"domain": runs, "range": list(SIDE_BY_SIDE[: len(runs)])},
            "legend": {"orient": "bottom", "columns": 1, "labelLimit": 400} if len(runs) > 1 else None,
        },
        "strokeDash": {
            "field": "series",
            "type": "nominal",
            "scale": {"domain": list(DASHED), "range": list(DASHED.values())},
            "legend": None,
        },
        "tooltip": [
            {"field": "run", "type": "nominal"},
            {"field": "series", "type": "nominal", "title": "loss"},
            {"field": "epoch", "type": "quantitative"},
            {"field": "second", "type": "quantitative", "format": ".3~g"},
            {"field": "loss", "type": "quantitative", "format": ".3~g", "title": "value"},
        ],
    }
    marks = [
        {"type": "line", "strokeWidth": 2.5},
        {"type": "point", "filled": True, "size": 30, "opacity": 1},
    ]
    return {
        "height": 240 + LEGEND_LINE * (len(runs) > 1) * len(runs),
        "datasets": {"runs": shown},
        "data": {"name": "runs"},
        "layer": [{"mark": mark, "encoding": encoding} for mark in marks],
    }
