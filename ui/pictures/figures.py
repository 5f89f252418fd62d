"""Plotly figures that change on a click: histogram of scores, error by class, gallery of digits."""

import numpy as np
import pandas
import plotly.graph_objects as go

from ae_core.words import counted, percent, three_digits
from ui.shell.theme import colour

END = 0.15  # share of an axis that is too short for a label
BINS = 80
EMPTY = 0.25  # share of an axis that may lie empty before its first score
# Of the toolbar only what saves and enlarges the chart is left, and only under the pointer: a drag zooms and
# pans. What it can be saved as besides a picture is added by ui/shell/charts.js.
TOOLS = "zoom2d pan2d select2d lasso2d zoomIn2d zoomOut2d autoScale2d resetScale2d"
WITH_TOOLS = {"displaylogo": False, "toImageButtonOptions": {"scale": 2}}
QUIET = WITH_TOOLS | {"modeBarButtonsToRemove": TOOLS.split()}


def score_histogram(
    scores: np.ndarray,
    threshold: float,
    title: str,
    marks: dict[str, float] | None = None,
    *,
    height: int = 260,
    noun: str = "digit",
) -> go.Figure:
    """Test digits by score on a logarithmic count axis; those above the threshold in the anomaly colour.

    title: what the score is called. noun: what one of them is. marks: further scores to point at, by
    caption. Scores that are not finite have no place in it.
    """
    marks = {caption: score for caption, score in (marks or {}).items() if np.isfinite(score)}
    scores = scores[np.isfinite(scores)]
    edges, axis = score_axis(scores, [threshold, *marks.values()])
    figure = go.Figure(layout={"xaxis": axis | {"title": f"Score: {title}", "showgrid": False}})
    for name, meaning, chosen in (
        ("not flagged", "normal", scores <= threshold),
        ("flagged as anomaly", "anomaly", scores > threshold),
    ):
        counts, _ = np.histogram(scores[chosen], edges)
        figure.add_bar(
            x=(edges[1:] + edges[:-1]) / 2,
            y=np.where(counts, counts, np.nan),
            width=np.diff(edges) * 0.92,
            name=f"{name}: {int(chosen.sum()):,}",
            marker_color=colour(meaning),
            hovertemplate=f"%{{y:,}} {noun}s near %{{x:,.3~r}}<extra></extra>",
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
        yaxis={"title": f"Test {noun}s (log)", "type": "log", "dtick": 1, "rangemode": "tozero"},
    )
    return figure


def score_axis(scores: np.ndarray, others: list[float]) -> tuple[np.ndarray, dict]:
    """Edges [BINS + 1] of bins that hold all `scores` and `others`, and Plotly's axis for them.

    It begins at 0 unless that would leave much of it empty. It is logarithmic where a few scores are so large
    that half of all would share the first bin.
    """
    placed = np.append(scores, others)
    low, high = placed.min(), placed.max()
    if len(scores) and low > 0 and np.median(scores) * BINS < scores.max():
        edges = np.geomspace(low * 0.98, high * 1.02, BINS + 1)
        return edges, {"type": "log", "range": np.log10(edges[[0, -1]]), "dtick": 1}
    top = high * 1.02 if high > 0 else 1.0
    bottom = low - (top - low) * 0.02 if low < 0 or low > top * EMPTY else 0.0
    return np.linspace(bottom, top, BINS + 1), {"range": [bottom, top]}


def add_mark(figure: go.Figure, text: str, place: float, other: float | None, line: dict) -> None:
    """A line across the figure; its label grows away from the label at `other`, but not out of the figure."""
    figure.add_vline(x=place, line={"width": 2} | line)
    # On a logarithmic axis Plotly wants exponents for texts, not for lines.
    where = np.log10 if figure.layout.xaxis.type == "log" else np.asarray
    first, last = figure.layout.xaxis.range
    at_the_end = where(place) > last - END * (last - first)
    side = "center" if other is None else "right" if place < other or at_the_end else "left"
    figure.add_annotation(
        x=float(where(place)),
        xanchor=side,
        y=1.02,
        yref="paper",
        yanchor="bottom",
        showarrow=False,
        text=text,
    )


def score_by_class(table: pandas.DataFrame, noun: str = "digit", *, height: int = 260) -> go.Figure:
    """Bars of the mean score for the classes; `table` as `class_table` makes it. noun: of what they are."""
    kind = "Digit" if noun == "digit" else "Class"
    figure = go.Figure(
        go.Bar(
            x=table["digit"].astype(str),
            y=table["mean_score"],
            marker_color=colour("normal"),
            customdata=np.stack([table["digits"], table["flagged"]], axis=1),
            hovertemplate=f"{kind.lower()} %{{x}}: mean score %{{y:,.3~r}}<br>%{{customdata[0]:,}} {noun}s, "
            "%{customdata[1]:.1%} flagged<extra></extra>",
        )
    )
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 26, "b": 8},
        xaxis={"title": kind, "type": "category"},
        yaxis={"title": "Mean score"},
    )
    return figure


def code_bars(code: np.ndarray, *, height: int = 180) -> go.Figure:
    """The values of one latent code as bars."""
    figure = go.Figure(
        go.Bar(
            x=np.arange(1, len(code) + 1),
            y=code,
            marker_color=colour("training"),
            hovertemplate="value %{x}: %{y:.3f}<extra></extra>",
        )
    )
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis={"title": f"Latent code of {counted(len(code), 'value')}"},
        yaxis={"title": "Value"},
    )
    return figure


def digit_caption(called: str, score: float, p_value: float) -> str:
    """called: "an 8", or the name of a class."""
    return f"{called}, score {three_digits(score)}, p = {percent(p_value)}"
