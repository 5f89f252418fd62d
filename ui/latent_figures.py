"""Plotly figures of the Latent page: the map of codes, and the plane that is decoded from it."""

import numpy as np
import plotly.graph_objects as go

from ui import mosaic
from ui.theme import CLASS_COLOURS, colour

HOVER = "a %{customdata[1]}, test digit %{customdata[0]}<br>score %{customdata[2]:.5f}<extra></extra>"


def code_map(
    places: np.ndarray,
    labels: np.ndarray,
    scores: np.ndarray,
    axis_titles: tuple[str, str],
    *,
    by_score: bool,
    drawing: np.ndarray | None = None,
    height: int = 560,
) -> go.Figure:
    """Test digits where their codes stand, by class or by score.

    places: [N, 2]; labels, scores: [N]; drawing: a place [2] to point at. A selected point's customdata
    begins with the digit's number.
    """
    facts = np.stack([np.arange(len(labels)), labels, scores], axis=1)
    figure = go.Figure()
    for part, marker in parts_of(labels, scores, by_score):
        figure.add_scattergl(
            x=places[part, 0],
            y=places[part, 1],
            customdata=facts[part],
            mode="markers",
            name=str(labels[part][0]) if not by_score else "test digits",
            marker={"size": 4, "opacity": 0.75} | marker,
            hovertemplate=HOVER,
            showlegend=not by_score,
        )
    if drawing is not None:
        figure.add_scatter(
            x=drawing[:1],
            y=drawing[1:],
            mode="markers+text",
            text=["<b>your drawing</b>"],
            textposition="top center",
            marker={"symbol": "star", "size": 16, "color": colour("text")},
            hoverinfo="skip",
            showlegend=False,
        )
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        dragmode="lasso",
        legend={"title": "Digit", "itemsizing": "constant"},
        xaxis={"title": axis_titles[0], "zeroline": False},
        yaxis={"title": axis_titles[1], "zeroline": False, "scaleanchor": "x"},
    )
    return figure


def parts_of(labels: np.ndarray, scores: np.ndarray, by_score: bool):
    """Which digits make a trace, and how they are marked."""
    if by_score:
        ranks = np.argsort(np.argsort(scores)) / len(scores)  # scores bunch at the low end: colour by rank
        bar = {"title": "Score", "tickvals": [0, 0.5, 0.95], "ticktext": ["lowest", "median", "highest 5 %"]}
        yield slice(None), {"color": ranks, "colorscale": "Cividis", "colorbar": bar, "showscale": True}
        return
    for label in np.unique(labels):
        yield labels == label, {"color": CLASS_COLOURS[label]}


def decoded_plane(
    images: np.ndarray, side: int, low: np.ndarray, high: np.ndarray, places: np.ndarray, *, height: int = 620
) -> go.Figure:
    """A grid of decoded digits with the real codes on it: where there are none, no digit is drawn.

    images: [side * side, 28, 28], the highest line first, decoded between the corners low and high [2].
    """
    tiles = mosaic.ink_tiles(images)
    picture = mosaic.grid([tiles[line * side : (line + 1) * side] for line in range(side)], scale=1, gap=0)
    step = (high - low) / (side - 1)  # a tile's middle stands where its code does
    figure = go.Figure()
    figure.add_scattergl(
        x=places[:, 0],
        y=places[:, 1],
        mode="markers",
        marker={"size": 3, "opacity": 0.5, "color": colour("validation")},
        hoverinfo="skip",
    )
    figure.add_layout_image(
        source=mosaic.data_uri(picture),
        x=low[0] - step[0] / 2,
        y=high[1] + step[1] / 2,
        sizex=high[0] - low[0] + step[0],
        sizey=high[1] - low[1] + step[1],
        xref="x",
        yref="y",
        sizing="stretch",
        layer="below",
    )
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis={
            "title": "First number",
            "range": [low[0] - step[0] / 2, high[0] + step[0] / 2],
            "showgrid": False,
        },
        yaxis={
            "title": "Second number",
            "range": [low[1] - step[1] / 2, high[1] + step[1] / 2],
            "showgrid": False,
        },
    )
    return figure
