"""Plotly figures that change on a click: histogram of scores, error by class, gallery of digits."""

import numpy as np
import pandas
import plotly.graph_objects as go

from ui import mosaic
from ui.theme import colour, percent, three_digits

BINS = 80
QUIET = {"displayModeBar": False}  # no toolbar: zoom and pan by drag are enough


def score_histogram(
    scores: np.ndarray, threshold: float, marks: dict[str, float] | None = None, *, height: int = 260
) -> go.Figure:
    """Test digits by score on a logarithmic count axis; those above the threshold in the anomaly colour.

    marks: further scores to point at, by caption.
    """
    marks = marks or {}
    top = max([float(scores.max()), threshold, *marks.values()]) * 1.02
    edges = np.linspace(0, top, BINS + 1)
    figure = go.Figure()
    for name, meaning, chosen in (
        ("not flagged", "normal", scores <= threshold),
        ("flagged as anomaly", "anomaly", scores > threshold),
    ):
        counts, _ = np.histogram(scores[chosen], edges)
        figure.add_bar(
            x=(edges[1:] + edges[:-1]) / 2,
            y=np.where(counts, counts, np.nan),
            width=edges[1] * 0.92,
            name=f"{name}: {int(chosen.sum()):,}",
            marker_color=colour(meaning),
            hovertemplate="%{y:,} digits near %{x:.4f}<extra></extra>",
        )
    beside = next(iter(marks.values()), None)
    add_mark(figure, "threshold", threshold, beside, {"color": colour("anomaly")})
    for caption, score in marks.items():
        add_mark(figure, f"<b>{caption}</b>", score, threshold, {"color": colour("text"), "dash": "dot"})
    figure.update_layout(
        barmode="overlay",
        height=height,
        margin={"l": 8, "r": 8, "t": 52, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1.14, "yanchor": "bottom"},
        xaxis={"title": "Score: per-pixel mean squared error", "range": [0, top], "showgrid": False},
        yaxis={"title": "Test digits (log)", "type": "log", "dtick": 1, "rangemode": "tozero"},
    )
    return figure


def add_mark(figure: go.Figure, text: str, place: float, other: float | None, line: dict) -> None:
    """A line across the figure; its label grows away from the label at `other`."""
    side = "center" if other is None else "right" if place < other else "left"
    figure.add_vline(x=place, line={"width": 2} | line)
    figure.add_annotation(
        x=place, xanchor=side, y=1.02, yref="paper", yanchor="bottom", showarrow=False, text=text
    )


def error_by_class(table: pandas.DataFrame, *, height: int = 260) -> go.Figure:
    """Bars of mean error for the ten digits; `table` as `class_table` makes it."""
    figure = go.Figure(
        go.Bar(
            x=table["digit"].astype(str),
            y=table["mean_error"],
            marker_color=colour("normal"),
            customdata=np.stack([table["digits"], table["flagged"]], axis=1),
            hovertemplate="digit %{x}: mean error %{y:.5f}<br>%{customdata[0]:,} digits, "
            "%{customdata[1]:.1%} flagged<extra></extra>",
        )
    )
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 26, "b": 8},
        xaxis={"title": "Digit", "type": "category"},
        yaxis={"title": "Mean squared error"},
    )
    return figure


def gallery(images: np.ndarray, reconstructions: np.ndarray, captions: list[str], columns: int) -> go.Figure:
    """One picture of many digits, each above its reconstruction and signed error; a click names the digit.

    captions: shown on hover, one a digit. A click reports a `point_index`
    whose remainder by the number of digits is the digit's place.
    """
    picture = mosaic.triptychs(images, reconstructions, columns)
    height, width = picture.shape[:2]
    lines = -(-len(images) // columns)
    column_step, line_step = width / min(columns, len(images)), (height + mosaic.LINE_GAP * 3) / lines
    places = np.arange(len(images))
    middle = (places // columns) * line_step + (line_step - mosaic.LINE_GAP * 3) / 2
    tile = (line_step - mosaic.LINE_GAP * 3) / 3
    figure = go.Figure(
        go.Scatter(  # three points a digit, one on each of its tiles: all reconstructions, originals, errors
            x=np.tile((places % columns + 0.5) * column_step, 3),
            y=np.concatenate([middle, middle - tile, middle + tile]),
            mode="markers",
            marker={"size": 44, "opacity": 0, "symbol": "square"},
            selected={"marker": {"opacity": 0}},
            unselected={"marker": {"opacity": 0}},
            text=captions * 3,
            hovertemplate="%{text}<extra></extra>",
        )
    )
    lay_picture_beneath(figure, picture)
    return figure


def lay_picture_beneath(figure: go.Figure, picture: np.ndarray) -> None:
    """Puts a picture [H, W, 3] behind the points: one unit of each axis is one of its pixels, y downwards."""
    height, width = picture.shape[:2]
    figure.add_layout_image(
        source=mosaic.data_uri(picture),
        x=0,
        y=0,
        sizex=width,
        sizey=height,
        xref="x",
        yref="y",
        sizing="stretch",
        layer="below",
    )
    hidden = {"visible": False, "fixedrange": True, "constrain": "domain"}
    figure.update_layout(
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        height=height,
        dragmode=False,
        hoverdistance=60,
        clickmode="event+select",
        xaxis=hidden | {"range": [0, width], "constraintoward": "left"},
        yaxis=hidden | {"range": [height, 0], "constraintoward": "top", "scaleanchor": "x"},
    )


def code_bars(code: np.ndarray, *, height: int = 180) -> go.Figure:
    """The numbers of one code as bars."""
    figure = go.Figure(
        go.Bar(
            x=np.arange(1, len(code) + 1),
            y=code,
            marker_color=colour("training"),
            hovertemplate="number %{x}: %{y:.3f}<extra></extra>",
        )
    )
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis={"title": f"The {len(code)} numbers of the code"},
        yaxis={"title": "Value"},
    )
    return figure


def digit_caption(label: int, score: float, p_value: float) -> str:
    return f"a {label}, score {three_digits(score)}, p = {percent(p_value)}"
