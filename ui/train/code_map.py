"""The map of a two-number code that forms in place while a model learns."""

from typing import Any

import numpy as np
import pandas

from ae_core.data.digits import DIGIT_CLASSES
from ui.shell.theme import class_colour, colour

SIDE, WIDTH = 276, 350  # pixels, without and with axis and legend: as much as a phone has room for
POINT = {"type": "point", "filled": True, "size": 24, "opacity": 0.85, "strokeWidth": 0.3}
CLASSES = {
    "field": "digit",
    "type": "ordinal",
    "title": None,
    "legend": {
        "orient": "bottom",
        "columns": 10,
        "columnPadding": 7,
        "labelOffset": 1,
        "symbolSize": 50,
        "symbolStrokeWidth": 0,
    },
}


def view(codes: np.ndarray) -> np.ndarray:
    """Opposite corners [2, 2] of the square that shows codes [F, N, 2], F moments of one training.

    Codes swell and shrink again while a learning rate rises and falls, so only the newest quarter of the
    moments has a say, and a few outliers have none. The square's edges are round numbers, which stay the
    same from most moments to the next.
    """
    recent = codes[len(codes) * 3 // 4 :].astype(float)
    low, high = np.percentile(recent, (0.5, 99.5), axis=1)
    low, high = low.min(axis=0), high.max(axis=0)
    span = max(float((high - low).max()), 1e-6)
    step = round_number(span / 8)
    side = step * (np.ceil(span / step) + 1)
    corner = np.round((low + high - side) / 2 / step) * step
    return np.stack([corner, corner + side])


def round_number(value: float) -> float:
    """The largest of 1, 2 and 5 times a power of ten that is at most `value`."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(max(each for each in (1, 2, 5) if each * power <= value * (1 + 1e-9)) * power)


def scale(names: tuple[str, ...]) -> dict[str, Any]:
    """Which colour each class has. names: of the classes of an own data set, () for digits."""
    domain: list[Any] = list(names) or list(range(DIGIT_CLASSES))
    return {"domain": domain, "range": [class_colour(label) for label in range(len(domain))]}


def map_table(
    codes: np.ndarray, labels: np.ndarray, corners: np.ndarray, names: tuple[str, ...] = ()
) -> pandas.DataFrame:
    """Long table (first, second, digit) of one moment's codes [N, 2], without those beyond the corners."""
    inside = ((codes >= corners[0]) & (codes <= corners[1])).all(axis=1)
    digit = np.array(names)[labels[inside]] if names and len(labels) else labels[inside]
    return pandas.DataFrame(codes[inside], columns=["first", "second"]).assign(digit=digit)


def map_chart(table: pandas.DataFrame, corners: np.ndarray, names: tuple[str, ...] = ()) -> dict[str, Any]:
    """Codes as points in their class's colour; where most of a class is, its digit (Vega-Lite).

    table: as `map_table` makes it; corners: as `view` does. They are drawn too, unseen: a chart changes in
    place as long as nothing but its data does, so its axes must follow from data.
    """
    plane = {"x": axis("first", "First"), "y": axis("second", "Second", minExtent=30)}
    middles = [
        {
            "aggregate": [{"op": "median", "field": name, "as": name} for name in ("first", "second")],
            "groupby": ["digit"],
        }
    ]
    text = {"type": "text", "fontSize": 16, "fontWeight": "bold"}
    written = {
        "data": {"name": "codes"},
        "transform": middles,
        "encoding": plane | {"text": {"field": "digit", "type": "ordinal"}},
    }
    return {
        "width": SIDE,
        "height": SIDE,
        "autosize": {"type": "pad"},
        "padding": {"bottom": 0},
        "datasets": {"codes": table, "corners": pandas.DataFrame(corners, columns=["first", "second"])},
        "layer": [
            {
                "data": {"name": "codes"},
                "mark": POINT | {"stroke": colour("text")},
                "encoding": plane
                | {
                    "color": CLASSES | {"scale": scale(names)},
                    "tooltip": {"field": "digit", "type": "ordinal", "title": "a"},
                },
            },
            written | {"mark": text | {"stroke": colour("ground"), "strokeWidth": 4, "opacity": 0.8}},
            written | {"mark": text | {"color": colour("text")}},
            {"data": {"name": "corners"}, "mark": {"type": "point", "opacity": 0}, "encoding": plane},
        ],
    }


def axis(field: str, place: str, **more: int) -> dict[str, Any]:
    """more: minExtent keeps the same room for every label."""
    return {
        "field": field,
        "type": "quantitative",
        "title": f"{place} latent dimension",
        "scale": {"nice": False, "zero": False},
        "axis": {"tickCount": 5, **more},
    }
