"""The map of a two-number code that forms in place while a model learns."""

import altair
import numpy as np
import pandas

from ui.shell.theme import CLASS_COLOURS, colour

SIDE, WIDTH = 276, 350  # pixels, without and with axis and legend: as much as a phone has room for


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


def map_table(codes: np.ndarray, labels: np.ndarray, corners: np.ndarray) -> pandas.DataFrame:
    """Long table (first, second, digit) of one moment's codes [N, 2], without those beyond the corners."""
    inside = ((codes >= corners[0]) & (codes <= corners[1])).all(axis=1)
    return pandas.DataFrame(codes[inside], columns=["first", "second"]).assign(digit=labels[inside])


def map_chart(table: pandas.DataFrame, corners: np.ndarray) -> altair.LayerChart:
    """Codes as points in their class's colour; where most of a class is, its digit.

    table: as `map_table` makes it; corners: as `view` does. They are drawn too, unseen: a chart changes in
    place as long as nothing but its data does, so its axes must follow from data.
    """
    scale = altair.Scale(nice=False, zero=False)
    x = altair.X("first:Q", title="First latent dimension", scale=scale, axis=altair.Axis(tickCount=5))
    y = altair.Y(
        "second:Q",
        title="Second latent dimension",
        scale=scale,
        axis=altair.Axis(tickCount=5, minExtent=30),  # the same room for every label
    )
    classes = altair.Color(
        "digit:O",
        title=None,
        scale=altair.Scale(domain=list(range(10)), range=list(CLASS_COLOURS)),
        legend=altair.Legend(
            orient="bottom", columns=10, columnPadding=7, labelOffset=1, symbolSize=50, symbolStrokeWidth=0
        ),
    )
    points = (
        altair.Chart(table)
        .mark_point(filled=True, size=24, opacity=0.85, stroke=colour("text"), strokeWidth=0.3)
        .encode(x=x, y=y, color=classes, tooltip=altair.Tooltip("digit:O", title="a"))
    )
    middles = (
        altair.Chart(table)
        .transform_aggregate(first="median(first)", second="median(second)", groupby=["digit"])
        .encode(x=x, y=y, text="digit:O")
    )
    halo = middles.mark_text(
        fontSize=16, fontWeight="bold", stroke=colour("ground"), strokeWidth=4, opacity=0.8
    )
    name = middles.mark_text(fontSize=16, fontWeight="bold", color=colour("text"))
    frame = altair.Chart(pandas.DataFrame(corners, columns=["first", "second"])).mark_point(opacity=0)
    return altair.layer(points, halo, name, frame.encode(x=x, y=y)).properties(
        width=SIDE, height=SIDE, autosize=altair.AutoSizeParams(type="pad"), padding={"bottom": 0}
    )
