"""Plotly figures of the lessons on anomaly scores: against ink, against the size of the code, from chance."""

from collections.abc import Mapping

import numpy as np
import pandas
import plotly.graph_objects as go

from ae_core.lessons.ink import InkStudy
from ui.anomaly.figures import AUROC, FADED, MARGIN, add_chance, chance_line
from ui.pictures import annotation
from ui.pictures.axes import LOSSES, TICKS
from ui.shell.theme import colour


def areas_from_chance(areas: pandas.Series, title: str, *, height: int = 340) -> go.Figure:
    """AUROC by the series' index as bars up or down from chance."""
    figure = go.Figure(
        go.Bar(
            x=areas.index,
            y=areas - 0.5,
            base=0.5,
            marker=bars_of(areas),
            customdata=areas,
            hovertemplate="%{x}: AUROC %{customdata:.3f}<extra></extra>",
        )
    )
    add_chance(figure)
    figure.update_layout(
        height=height,
        margin=MARGIN,
        xaxis={"title": title, "type": "category"},
        yaxis={"title": AUROC, "range": [min(0.45, float(areas.min()) - 0.05), 1.01]},
    )
    return figure


def areas_by_score(areas: pandas.Series, *, height: int = 340) -> go.Figure:
    """AUROC by the series' index as bars to the left or right of chance, the last on top."""
    figure = go.Figure(
        go.Bar(
            x=areas - 0.5,
            y=areas.index,
            base=0.5,
            orientation="h",
            marker=bars_of(areas),
            text=[f"{area:.2f}" for area in areas],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: AUROC %{text}<extra></extra>",
        )
    )
    figure.add_vline(x=0.5, line=chance_line())
    figure.update_layout(
        height=height,
        margin=MARGIN,
        xaxis={"title": AUROC, "range": [min(0.2, float(areas.min()) - 0.12), 1.08]},
        yaxis={"type": "category", "dtick": 1},
    )
    return figure


def bars_of(areas: pandas.Series) -> dict:
    """Detection in its colour; solid where it is worse than chance, as everything that goes wrong."""
    return {"color": colour("anomaly"), "opacity": [1 if area < 0.5 else FADED for area in areas]}


def against_ink(study: InkStudy, title: str, *, height: int = 330) -> go.Figure:
    """Test digits by their ink and their score, the mean of each class, and images with next to no ink."""
    top = 1.05 * max(float(np.quantile(study.scores, 0.998)), float(study.anomalies["score"].max()))
    figure = go.Figure()
    figure.add_scattergl(
        x=study.ink,
        y=study.scores,
        mode="markers",
        marker={"size": 4, "color": colour("normal"), "opacity": 0.45},
        hovertemplate="a test digit<br>ink %{x:.1%}, score %{y:.4g}<extra></extra>",
    )
    figure.add_scatter(
        x=study.anomalies["ink"],
        y=study.anomalies["score"],
        mode="markers+text",
        text=[f" <b>{name}</b>" for name in study.anomalies.index],
        textposition=["bottom right", "top right"],
        textfont={"color": colour("anomaly")},
        marker={"size": 12, "color": colour("anomaly"), "symbol": "x"},
        cliponaxis=False,
        hovertemplate="%{text}<br>ink %{x:.1%}, score %{y:.4g}<extra></extra>",
    )
    figure.update_layout(
        height=height,
        margin=MARGIN,
        showlegend=False,
        annotations=class_means(study),
        xaxis={"title": "Ink: mean intensity", "tickformat": ".0%", "rangemode": "tozero"},
        yaxis={"title": title, "range": [-0.05 * top, top]},
    )
    return figure


def class_means(study: InkStudy) -> list[dict]:
    """Each class's digit at its mean ink and score."""
    means = study.by_class.itertuples()
    return [
        annotation.word(
            ink,
            score,
            str(digit),
            size=16,
            hovertext=f"the mean of all {digit}<br>ink {ink:.1%}, score {score:.4g}",
        )
        for digit, ink, score in means
    ]


def error_by_dimension(table: pandas.DataFrame, *, height: int = 300) -> go.Figure:
    """Test error against the size of the code; table: latent_dim, test_error."""
    figure = go.Figure()
    figure.add_scatter(
        x=table["latent_dim"],
        y=table["test_error"],
        mode="lines+markers",
        line={"color": colour("normal"), "width": 2},
        hovertemplate="latent dimension %{x}: test error %{y:.5f}<extra></extra>",
    )
    figure.update_layout(
        height=height, margin=MARGIN, xaxis=dims_axis(), yaxis={"title": "Test error: MSE"} | LOSSES
    )
    return figure


def auroc_by_dimension(table: pandas.DataFrame, titles: Mapping[str, str], *, height: int = 300) -> go.Figure:
    """AUROC against the size of the code; table: latent_dim and a column a score; titles: of three."""
    figure = go.Figure()
    marks = (("solid", "circle"), ("dot", "diamond"), ("dash", "square"))
    for (name, title), (dash, symbol) in zip(titles.items(), marks, strict=False):
        figure.add_scatter(
            x=table["latent_dim"],
            y=table[name],
            mode="lines+markers",
            name=title,
            line={"color": colour("anomaly"), "dash": dash, "width": 2},
            marker={"symbol": symbol, "size": 8},
            hovertemplate=f"{title}, latent dimension %{{x}}: AUROC %{{y:.3f}}<extra></extra>",
        )
    figure.update_layout(
        height=height,
        margin=MARGIN | {"t": 36},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        xaxis=dims_axis(),
        yaxis={"title": "AUROC", "tickformat": ".2f"},
    )
    return figure


def dims_axis() -> dict:
    return {"title": "Latent dimension", "type": "log", "tickvals": TICKS, "ticktext": TICKS}
