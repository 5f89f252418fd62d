"""The objects of the canvas as strokes that a link can hold, and back."""

import numpy as np

from ae_core.drawing.sketch import Sketch
from ae_core.errors import PictureError
from ui.pictures.drawing import Drawing, decoded, image_object

CURVE_STEPS = 33  # of a curve, to find its box to a tenth of a pixel


def sketch_of(drawing: Drawing) -> Sketch | None:
    """None where there is more on the canvas than strokes on a picture, or what a browser made up."""
    try:
        objects = list(drawing.strokes["objects"])
        ground = None
        if objects and objects[0].get("src"):
            if image_object(objects[0]["src"]).items() - objects[0].items():
                return None  # it was moved
            ground = np.asarray(decoded(objects.pop(0)["src"]))
        return Sketch(tuple((int(each["strokeWidth"]), points_of(each)) for each in objects), ground)
    except (TypeError, ValueError, KeyError, IndexError, OverflowError, PictureError):
        return None


def points_of(path: dict) -> np.ndarray:
    """The points [N, 2] that a stroke was drawn through, where it stands now."""
    steps = path["path"]
    points = np.array([step[1:3] for step in steps[1:]], float)  # a curve names its point, then its end
    middle = middle_of(steps)
    turn = np.deg2rad(float(path.get("angle", 0)))
    turned = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    moved = (points - middle) * [path.get("scaleX", 1), path.get("scaleY", 1)] @ turned
    return moved + np.array([path["left"], path["top"]])


def middle_of(path: list[list]) -> np.ndarray:
    """Of the box around a path, as the canvas computes it: a curve stays within its points."""
    here, found = np.array(path[0][-2:], float), []
    for step in path:
        towards, end = np.array(step[1:3], float), np.array(step[-2:], float)
        share = np.linspace(0, 1, CURVE_STEPS)[:, None]
        found.append((1 - share) ** 2 * here + 2 * share * (1 - share) * towards + share**2 * end)
        here = end
    every = np.concatenate(found)
    return (every.min(axis=0) + every.max(axis=0)) / 2


def path_object(width: int, points: np.ndarray) -> dict:
    """A stroke as an object of the canvas, that can be undone as one that was drawn."""
    places = points.tolist()
    middles = ((points[:-1] + points[1:]) / 2).tolist()
    path = [["M", *places[0]]] + [
        ["Q", *place, *middle] for place, middle in zip(places, middles, strict=False)
    ]
    path.append(["L", places[-1][0] + 0.01, places[-1][1]])  # a dot too has an end
    left, top = middle_of(path).tolist()
    return {
        "type": "Path",
        "version": "7.4.0",
        "originX": "center",
        "originY": "center",
        "left": left,
        "top": top,
        "fill": None,
        "stroke": "#FFFFFF",
        "strokeWidth": width,
        "strokeLineCap": "round",
        "strokeLineJoin": "round",
        "path": path,
    }


def text_of(drawing: Drawing) -> str | None:
    """Of a link: its strokes; the whole picture, a little coarser, where a link cannot hold them."""
    sketch = sketch_of(drawing)
    return (sketch and sketch.packed()) or Sketch((), drawing.picture).packed()
