"""A chart's outlines, there at once, until Plotly's code is loaded and has drawn the chart itself.

Plotly takes one to two seconds for the first charts in a browser. Where their bars, lines and points are is
drawn from the same figures in their places meanwhile, without names and numbers.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from ui.shell import navigation
from ui.shell.theme import colour

LEFT, BOTTOM = 56, 64  # pixels: about what an axis' name and numbers take
SIDE = 1000  # of the drawing, which is stretched to its place
MOST_POINTS = 1000  # of one figure; more look the same
ROOM = 0.05  # of an axis, beyond its outermost value
PLOTLYS_HEIGHT = 450  # of a figure that names none

Span = tuple[float, float]
Scale = Callable[[Any], np.ndarray]  # from values to places on the drawing; far outside where there is none


def plotly_chart(figure: go.Figure, *, key: str, **settings: Any) -> Any:
    """As `st.plotly_chart`, on a draft as its page is entered. Axes are of numbers."""
    with st.container(key=f"drafted-{key}"):
        if navigation.is_entering():
            st.html(picture(figure))
        else:
            st.empty()  # keeps the chart's place: it would be made anew in another
        return st.plotly_chart(figure, key=key, **settings)


def picture(figure: go.Figure) -> str:
    """HTML of a figure's draft, as large as the chart will be."""
    height = (figure.layout.height or PLOTLYS_HEIGHT) - BOTTOM
    fit = "xMidYMid" if has_one_unit(figure) else "none"
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" preserveAspectRatio="{fit}">'
        f"{''.join(marks(figure))}</svg>"
    )
    quoted = quote(drawing, safe=" ")
    return (
        f'<img class="draft" alt="" src="data:image/svg+xml,{quoted}" style="display: block; '
        f'height: {height}px; width: calc(100% - {LEFT}px); margin-left: {LEFT}px">'
    )


def marks(figure: go.Figure) -> Iterator[str]:
    """Bars, lines, points and upright lines; of other traces nothing."""
    spans = [span(figure, name) for name in "xy"]
    if has_one_unit(figure):
        spans = alike(*spans)
    across, up = (scale(figure, name, *ends) for name, ends in zip("xy", spans, strict=True))
    points = sum(len(trace.x) for trace in figure.data if "markers" in mode(trace))
    every = math.ceil(points / MOST_POINTS) or 1
    for trace in figure.data:
        if trace.type == "bar":
            yield bars(trace, across, up)
        if "lines" in mode(trace):
            places = zip(across(trace.x), up(trace.y), strict=True)
            path = "M" + "L".join(f"{x} {y}" for x, y in places)
            yield stroked(path, trace.line.color, trace.line.width, trace.opacity)
        if "markers" in mode(trace):
            places = zip(across(trace.x[::every]), up(trace.y[::every]), strict=True)
            path = "".join(f"M{x} {y}h0" for x, y in places)
            yield stroked(path, trace.marker.color, trace.marker.size, trace.marker.opacity)
    for shape in figure.layout.shapes:
        if shape.type == "line" and shape.x0 == shape.x1:
            yield stroked(f"M{across([shape.x0])[0]} 0v{SIDE}", shape.line.color, shape.line.width)


def mode(trace: Any) -> str:
    """What of a trace is drawn: "lines", "markers" or both; of bars nothing."""
    return trace.mode or "lines" if trace.type.startswith("scatter") else ""


def bars(trace: go.Bar, across: Scale, up: Scale) -> str:
    """All of a trace as one path; a bar stands or hangs on zero."""
    half = np.asarray(trace.width) / 2
    lefts, rights = across(trace.x - half), across(trace.x + half)
    (zero,) = up([0.0])
    heights = np.nan_to_num(np.asarray(trace.y, dtype=np.float64))
    path = "".join(
        f"M{left} {zero}V{top}H{right}V{zero}z"
        for left, right, top in zip(lefts, rights, up(heights), strict=True)
        if top != zero
    )
    return f'<path d="{path}" fill="{trace.marker.color}" opacity="{trace.opacity or 1}"/>'


def stroked(path: str, hue: Any, width: Any, opacity: float | None = None) -> str:
    """hue: what is not one colour, but a value for each point, is drawn in grey."""
    shown = hue if isinstance(hue, str) else colour("reference")
    return (
        f'<path d="{path}" fill="none" stroke="{shown}" stroke-width="{width or 2}" stroke-linecap="round" '
        f'vector-effect="non-scaling-stroke" opacity="{opacity or 1}"/>'
    )


def has_one_unit(figure: go.Figure) -> bool:
    """Whether one is as long across as it is upwards."""
    return figure.layout.yaxis.scaleanchor == "x"


def alike(*spans: Span) -> list[Span]:
    """The same length for both, about their middles."""
    half = max(high - low for low, high in spans) / 2
    return [((low + high) / 2 - half, (low + high) / 2 + half) for low, high in spans]


def span(figure: go.Figure, name: str) -> Span:
    """From end to end of the axis "x" or "y", in its unit: what the figure says, else what its data need."""
    axis = figure.layout[f"{name}axis"]
    if axis.range:
        return axis.range
    values = np.concatenate([*(in_unit(axis, trace[name]) for trace in figure.data), []])
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    room = ROOM * (high - low) or 1.0
    return low - room, high + room


def scale(figure: go.Figure, name: str, low: float, high: float) -> Scale:
    axis = figure.layout[f"{name}axis"]

    def place(values: Any) -> np.ndarray:
        share = (in_unit(axis, values) - low) / (high - low)
        found = SIDE * (share if name == "x" else 1 - share)
        return np.rint(np.nan_to_num(found, nan=-SIDE, posinf=-SIDE, neginf=-SIDE)).astype(int)

    return place


def in_unit(axis: Any, values: Any) -> np.ndarray:
    """Of the axis: powers of ten where it is logarithmic."""
    numbers = np.asarray(values, dtype=np.float64)
    if axis.type != "log":
        return numbers
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log10(numbers)
