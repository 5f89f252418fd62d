"""Plotly figures of the Latent page: the map of codes, and the plane that is decoded from it."""

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from ae_core.data.digits import name_of_class
from ui.pictures import annotation, mosaic
from ui.shell.theme import class_colour, colour
from ui.widgets.selected import numbers_at

HOVER = (
    "<b>{name}</b>, test {noun} %{{customdata[0]:,}}<br>score %{{customdata[1]:.3g}}, "
    "p = %{{customdata[2]:.3g}} %<extra></extra>"
)
COLOURINGS = ("by class", "by score", "by p-value")


@dataclass(frozen=True, eq=False)
class Facts:
    """What is known of the digits of a map, each [N]. names: of the classes of an own data set."""

    labels: np.ndarray
    scores: np.ndarray
    p_values: np.ndarray
    names: tuple[str, ...] = ()

    def name(self, label: int) -> str:
        return name_of_class(self.names, label)

    @property
    def kind(self) -> str:
        return "Class" if self.names else "Digit"


def code_map(
    places: np.ndarray,
    facts: Facts,
    axis_titles: tuple[str, str] | None,
    *,
    colouring: str = "by class",
    drawing: np.ndarray | None = None,
    is_plane: bool = True,
    height: int = 600,
) -> go.Figure:
    """Test digits where their codes stand, coloured by one of COLOURINGS, with each class named where it is.

    places: [N, 2]; axis_titles: None where a place along an axis means nothing; drawing: a place [2] to
    point at; is_plane: False where the second axis names the class. A point's customdata begins with the
    digit's number.
    """
    numbers = np.arange(len(places))
    by_class = colouring == "by class"
    known = [numbers, facts.scores, 100 * facts.p_values]
    known = np.stack(known if by_class else [*known, facts.labels], axis=1).astype(np.float32)
    places = places.astype(np.float32)  # half of what would be sent, and as exact as a screen
    figure = go.Figure()
    for name, part, marker in parts_of(facts, colouring):
        figure.add_scattergl(
            x=places[part, 0],
            y=places[part, 1],
            customdata=known[part],
            mode="markers",
            name=name,
            marker={"size": 4, "opacity": 0.75} | marker,
            hovertemplate=hover(facts, name if by_class else ""),
            text=None if by_class or not facts.names else [facts.name(label) for label in facts.labels[part]],
            showlegend=by_class,
        )
    words = class_names(places, facts) if is_plane else []
    if drawing is not None:
        words.append(annotation.pointer(drawing[0], drawing[1], "your drawing"))
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        dragmode="lasso",
        annotations=words,
        legend={
            "title": facts.kind,
            "itemsizing": "constant",
            "orientation": "h",
            "y": -0.14,
            "yanchor": "top",
        },
        xaxis=axis(axis_titles and axis_titles[0]),
        yaxis=axis(axis_titles and axis_titles[1]) | {"scaleanchor": "x"},
    )
    return figure


def hover(facts: Facts, name: str) -> str:
    """What is said of a point. name: of its class, where its trace has one alone."""
    found = name or ("%{text}" if facts.names else "%{customdata[3]}")
    return HOVER.format(name=found, noun="image" if facts.names else "digit")


def one_number(
    numbers: np.ndarray, facts: Facts, *, colouring: str = "by class", drawing: np.ndarray | None = None
) -> go.Figure:
    """Codes [N] of a single number, each class on a line of its own; the drawing, [1], beneath them all."""
    places = np.stack([numbers, facts.labels], axis=1)
    star = None if drawing is None else np.append(drawing, -1)
    titles = ("Value of the latent code", facts.kind)
    figure = code_map(places, facts, titles, colouring=colouring, drawing=star, is_plane=False)
    present = np.unique(facts.labels)
    ticks = [facts.name(label) for label in present]
    return figure.update_yaxes(scaleanchor=False, tickvals=present, ticktext=ticks)


def class_names(places: np.ndarray, facts: Facts) -> list[dict]:
    """Each class's name at its median: colours alone do not tell ten classes apart to everyone."""
    present = np.unique(facts.labels)
    medians = (np.median(places[facts.labels == label], axis=0) for label in present)
    return [
        annotation.word(*median, facts.name(label)) for label, median in zip(present, medians, strict=True)
    ]


def axis(title: str | None) -> dict:
    numbered = title is not None
    return {"title": title, "zeroline": False, "showgrid": numbered, "showticklabels": numbered}


def parts_of(facts: Facts, colouring: str):
    """The traces of a map: name, which digits, how they are marked."""
    if colouring == "by class":
        for label in np.unique(facts.labels):
            yield facts.name(label), facts.labels == label, {"color": class_colour(label)}
    elif colouring == "by score":
        ranks = np.argsort(np.argsort(facts.scores)) / len(facts.scores)  # scores bunch at the low end
        yield shaded(ranks, "Score", {"lowest": 0, "median": 0.5, "highest 5 %": 0.95})
    else:
        powers = -np.log10(facts.p_values)  # what is unusual lies between 0.05 and 0
        ticks = {text: -np.log10(float(text)) for text in ("1", "0.1", "0.05", "0.01", "0.001")}
        yield shaded(powers, "p-value", ticks)


def shaded(values: np.ndarray, title: str, ticks: dict[str, float]):
    """One trace from grey to the anomaly's colour, which lies on top."""
    order = np.argsort(values, kind="stable")
    scale = [[0, colour("reference")], [1, colour("anomaly")]]
    bar = {"title": title, "tickvals": list(ticks.values()), "ticktext": list(ticks), "len": 0.85, "y": 0.45}
    return (
        "test digits",
        order,
        {"color": values[order], "colorscale": scale, "colorbar": bar, "showscale": True},
    )


def digits_of(points: list[dict], count: int) -> list[int]:
    """Numbers of the digits among the selected points of a map of `count`, in order, not trace by trace.

    customdata goes to the browser as bytes, a row of which comes back as an object: {"0": number, ...}.
    """
    found = numbers_at(points, lambda point: point["customdata"]["0"])
    return sorted(int(number) for number in found if 0 <= number < count)


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
            "title": "First latent dimension",
            "range": [low[0] - step[0] / 2, high[0] + step[0] / 2],
            "showgrid": False,
        },
        yaxis={
            "title": "Second latent dimension",
            "range": [low[1] - step[1] / 2, high[1] + step[1] / 2],
            "showgrid": False,
        },
    )
    return figure
