"""Plotly figures of the Trade-offs page."""

import numpy as np
import pandas
import plotly.graph_objects as go

from ui.pictures.axes import LOSSES, TICKS
from ui.shell.theme import colour

# Kinds of network by colour and mark, the same in every figure: told apart without colour too.
MARKS = {
    "dense": ("normal", "circle"),
    "convolutional": ("convolutional", "diamond"),
    "variational": ("variational", "square"),
}
NOTEBOOK = (32, 0.0103)  # the reference notebook's code and its validation error after 25 epochs


def error_against_dimension(
    points: pandas.DataFrame, linear: np.ndarray, swept: pandas.DataFrame, *, height: int = 420
) -> go.Figure:
    """Test error against the size of the code, both logarithmic.

    points: model, architecture, latent_dim, test_error. linear: errors of PCA with 0, 1, ... components.
    swept: architecture, latent_dim, mean, min, max, count, as `sweeps.summary` gives it.
    """
    figure = go.Figure()
    add_references(figure, linear)
    for architecture, rows in points.groupby("architecture", sort=False):
        hue, symbol = MARKS[architecture]
        figure.add_scatter(
            x=rows["latent_dim"],
            y=rows["test_error"],
            mode="lines+markers",
            name=f"{architecture}, shipped",
            line={"color": colour(hue), "width": 2},
            marker={"symbol": symbol, "size": 10},
            text=rows["model"],
            hovertemplate="%{text}<br>test error %{y:.5f}<extra></extra>",
        )
    for architecture, rows in swept.groupby("architecture", sort=False):
        add_swept(figure, architecture, rows.sort_values("latent_dim"))
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        xaxis={
            "title": "Latent dimension: values in the code",
            "type": "log",
            "tickvals": TICKS,
            "ticktext": TICKS,
        },
        yaxis={"title": "Test error: MSE per pixel"} | LOSSES,
    )
    return figure


def add_references(figure: go.Figure, linear: np.ndarray) -> None:
    """What everything is measured against: the mean image, PCA, the reference notebook."""
    dims = np.arange(1, 257)
    grey = {"color": colour("reference"), "dash": "dash", "width": 1.5}
    figure.add_scatter(
        x=dims,
        y=linear[dims],
        mode="lines",
        name="PCA, the best linear code",
        line=grey,
        hovertemplate="PCA, %{x} components<br>test error %{y:.5f}<extra></extra>",
    )
    figure.add_scatter(
        x=[1, 256],
        y=[linear[0]] * 2,
        mode="lines",
        name="the mean image, no code at all",
        line=grey | {"dash": "dot"},
        hovertemplate="the mean image: %{y:.5f}<extra></extra>",
    )
    figure.add_scatter(
        x=[NOTEBOOK[0]],
        y=[NOTEBOOK[1]],
        mode="markers",
        name="the reference notebook",
        marker={"symbol": "star", "size": 13, "color": colour("reference")},
        hovertemplate="the reference notebook<br>validation error %{y:.4f}<extra></extra>",
    )


def add_swept(figure: go.Figure, architecture: str, rows: pandas.DataFrame) -> None:
    """Means over the seeds of a sweep, with bars from the least to the greatest."""
    hue, symbol = MARKS[architecture]
    figure.add_scatter(
        x=rows["latent_dim"],
        y=rows["mean"],
        error_y={
            "type": "data",
            "symmetric": False,
            "array": rows["max"] - rows["mean"],
            "arrayminus": rows["mean"] - rows["min"],
        },
        mode="lines+markers",
        name=f"{architecture}, your sweep",
        line={"color": colour(hue), "width": 1.5, "dash": "dot"},
        marker={"symbol": f"{symbol}-open", "size": 10},
        customdata=rows["count"],
        hovertemplate=f"{architecture}, latent dimension %{{x}}, mean of %{{customdata}}<br>"
        "test error %{y:.5f}<extra></extra>",
    )


def class_heatmap(table: pandas.DataFrame, kind: str = "Digit", *, height: int = 360) -> go.Figure:
    """Mean error by digit or class (rows of `table`) and model (columns), on a logarithmic colour scale."""
    values = table.to_numpy()
    figure = go.Figure(
        go.Heatmap(
            z=np.log10(values),
            x=list(table.columns),
            y=[str(digit) for digit in table.index],
            text=[[f"{value:.4f}" for value in row] for row in values],
            texttemplate="%{text}",
            hovertemplate=f"{kind.lower()} %{{y}}, %{{x}}: mean error %{{text}}<extra></extra>",
            showscale=False,
            colorscale=[[0, "#F1F7FB"], [1, "#6FAFD6"]],  # light throughout: dark figures stand out on each
            textfont={"color": "#14202B"},
            xgap=2,
            ygap=2,
        )
    )
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis={"side": "top", "type": "category", "showgrid": False},
        yaxis={"title": kind, "type": "category", "autorange": "reversed", "showgrid": False},
    )
    return figure


def cost_curves(costs: pandas.DataFrame, *, height: int = 300) -> go.Figure:
    """Reconstruction error falls with the size of the code; detection of anomalies need not rise."""
    rows = costs[costs["architecture"] == "dense"].sort_values("latent_dim")
    figure = go.Figure()
    figure.add_scatter(
        x=rows["latent_dim"],
        y=rows["test_error"],
        name="test error (left)",
        mode="lines+markers",
        line={"color": colour("normal")},
        hovertemplate="latent dimension %{x}: test error %{y:.5f}<extra></extra>",
    )
    kinds = {"detection": ("letters, scribbles", "solid"), "corruptions": ("corrupted digits", "dash")}
    for column, (name, dash) in kinds.items():
        figure.add_scatter(
            x=rows["latent_dim"],
            y=100 * rows[column],
            name=f"AUROC of {name} (right)",
            mode="lines+markers",
            yaxis="y2",
            line={"color": colour("anomaly"), "dash": dash},
            hovertemplate=f"latent dimension %{{x}}: AUROC of {name} %{{y:.1f}} %<extra></extra>",
        )
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 36, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        xaxis={"title": "Latent dimension", "type": "log", "tickvals": TICKS, "ticktext": TICKS},
        yaxis={"title": "MSE per pixel"} | LOSSES,
        yaxis2={
            "title": "AUROC (%)",
            "type": "linear",
            "tickformat": ".3~g",
            "overlaying": "y",
            "side": "right",
            "showgrid": False,
        },
    )
    return figure
