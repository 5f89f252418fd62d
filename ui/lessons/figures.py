"""Plotly figures of the lessons."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas
import plotly.graph_objects as go

from ui.pictures import annotation
from ui.pictures.axes import LOSSES, TICKS
from ui.shell.theme import CLASS_COLOURS, colour

MARGIN = {"l": 8, "r": 8, "t": 36, "b": 8}
LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}
HEIGHT = 300
PLANE = 360  # as high as the picture beside it
COURSE_TICKS = (0.002, 0.003, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.1, 0.2)  # of losses from first to last


def courses(lines: Mapping[str, tuple[Sequence[float], Sequence[float], str, str]], title: str) -> go.Figure:
    """Lines by the epoch, on a logarithmic axis. lines: epochs, values, colour's meaning, dash; by name."""
    figure = go.Figure()
    for name, (epochs, values, meaning, dash) in lines.items():
        figure.add_scatter(
            x=list(epochs),
            y=list(values),
            name=name,
            mode="lines" if len(epochs) > 12 else "lines+markers",
            line={"color": colour(meaning), "dash": dash, "width": 2},
            hovertemplate=f"{name}<br>epoch %{{x}}: %{{y:.4f}}<extra></extra>",
        )
    figure.update_layout(
        height=HEIGHT,
        margin=MARGIN,
        legend=LEGEND,
        showlegend=True,
        xaxis={"title": "Epoch", "rangemode": "tozero"},
        yaxis={"title": title} | LOSSES | {"tickvals": COURSE_TICKS},
    )
    return figure


def bars(
    groups: Mapping[str, tuple[Sequence[float], str]], title: str, across: str, names: list[str]
) -> go.Figure:
    """Bars side by side. groups: values and the meaning of their colour, by name."""
    figure = go.Figure()
    for name, (values, meaning) in groups.items():
        figure.add_bar(
            x=names,
            y=list(values),
            name=name,
            marker_color=colour(meaning),
            hovertemplate=f"{name}, {across.lower()} %{{x}}: %{{y:.3~r}}<extra></extra>",
        )
    figure.update_layout(
        height=HEIGHT,
        margin=MARGIN,
        legend=LEGEND,
        showlegend=len(groups) > 1,
        xaxis={"title": across, "type": "category"},
        yaxis={"title": title},
    )
    return figure


def error_by_size(table: pandas.DataFrame, linear: np.ndarray, *, detection: bool) -> go.Figure:
    """table: latent_dim, test_error and detection (AUROC) of the shipped dense models; linear: errors of PCA
    by the number of components."""
    dims = np.arange(1, int(table["latent_dim"].max()) * 2 + 1)
    figure = go.Figure()
    figure.add_scatter(
        x=dims,
        y=linear[dims],
        name="PCA",
        mode="lines",
        line={"color": colour("reference"), "dash": "dash", "width": 1.5},
        hovertemplate="PCA, %{x} components: %{y:.4f}<extra></extra>",
    )
    figure.add_scatter(
        x=table["latent_dim"],
        y=table["test_error"],
        name="autoencoder",
        mode="lines+markers",
        line={"color": colour("normal"), "width": 2},
        hovertemplate="latent dimension %{x}: test error %{y:.4f}<extra></extra>",
    )
    if detection:
        figure.add_scatter(
            x=table["latent_dim"],
            y=table["detection"],
            name="AUROC of letters and scribbles (right)",
            mode="lines+markers",
            yaxis="y2",
            line={"color": colour("anomaly"), "width": 2},
            hovertemplate="latent dimension %{x}: AUROC %{y:.3f}<extra></extra>",
        )
    figure.update_layout(
        height=HEIGHT,
        margin=MARGIN,
        legend=LEGEND,
        xaxis={"title": "Latent dimension", "type": "log", "tickvals": TICKS, "ticktext": TICKS},
        yaxis={"title": "Test error: MSE per pixel"} | LOSSES,
        yaxis2={"title": "AUROC", "overlaying": "y", "side": "right", "showgrid": False, "tickformat": ".2f"},
    )
    return figure


def plane_of_codes(codes: np.ndarray, labels: np.ndarray, low: np.ndarray, high: np.ndarray) -> go.Figure:
    """Test digits by their two values, in their class's colour, between the corners `low` and `high`, [2]."""
    figure = go.Figure()
    for digit in range(10):
        chosen = codes[labels == digit]
        figure.add_scattergl(
            x=chosen[:, 0],
            y=chosen[:, 1],
            name=str(digit),
            mode="markers",
            marker={"size": 5, "color": CLASS_COLOURS[digit], "opacity": 0.8},
            hovertemplate=f"a {digit}<extra></extra>",
        )
    figure.update_layout(
        height=PLANE,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        showlegend=False,
        annotations=middles(codes, labels),
        xaxis={"title": "First latent dimension", "range": [low[0], high[0]]},
        yaxis={"title": "Second latent dimension", "range": [low[1], high[1]]},
    )
    return figure


def middles(codes: np.ndarray, labels: np.ndarray) -> list[dict]:
    """Each digit where most of its class is."""
    places = [np.median(codes[labels == digit], axis=0) for digit in range(10)]
    return [annotation.word(*place, str(digit), size=18) for digit, place in enumerate(places)]
