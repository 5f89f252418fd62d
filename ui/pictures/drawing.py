"""What is on the canvas: strokes and picture, as the session, the browser's tab and the canvas hold them."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ae_core.drawing.picture import open_picture
from ae_core.errors import PictureError
from ui.pictures import mosaic

SIDE = 280
PNG = "data:image/png;base64,"


@dataclass
class Drawing:
    """What is on the canvas. version: another number makes another canvas."""

    version: int = 0
    strokes: dict | None = None
    first: dict | None = None  # the strokes that the canvas in view was made with
    picture: np.ndarray | None = None  # RGBA [280, 280, 4]
    address: str = ""  # the same picture as a data: address
    remark: str = ""  # what was said of the upload that it began with
    refusal: str = ""  # why the last upload did not come onto the canvas, until the next act
    link: tuple[str, str | None] = ("", None)  # an address, and what a link says of the picture there
    opened: str = ""  # the link that it came from, until it is known whether the tab has it more exactly

    @property
    def is_untouched(self) -> bool:
        return self.version == 0 and self.picture is None

    def packed(self) -> str | None:
        """What the tab keeps; None while nothing is drawn."""
        if self.picture is None:
            return None
        return json.dumps({"strokes": self.strokes, "picture": self.address}, separators=(",", ":"))

    def linked(self, text_of: Callable[["Drawing"], str | None]) -> str | None:
        """What `text_of` makes of it, once for each picture; None while nothing is drawn."""
        if self.picture is None:
            return None
        if self.link[0] != self.address:
            self.link = self.address, text_of(self)
        return self.link[1]


def unpacked(kept: object) -> Drawing | None:
    """The drawing that a tab has kept; None where it is none: a browser can send anything."""
    try:
        told = json.loads(kept)
        strokes, address = told["strokes"], told["picture"]
        return Drawing(
            1, strokes={"objects": list(strokes["objects"])}, picture=decoded(address), address=address
        )
    except (TypeError, ValueError, KeyError, PictureError):
        return None


def of_picture(picture: np.ndarray, version: int, remark: str) -> Drawing:
    """A picture uint8 RGBA [280, 280, 4] as a drawing that takes strokes on top of it."""
    address = mosaic.data_uri(picture)
    strokes = {"objects": [image_object(address)]}
    return Drawing(version, strokes=strokes, picture=picture, address=address, remark=remark)


def image_object(address: str) -> dict:
    """A picture as an object of the canvas, so that strokes can be added and undone on top of it."""
    return {
        "type": "Image",
        "version": "6.0.0",
        "left": 0,
        "top": 0,
        "originX": "left",
        "originY": "top",
        "width": SIDE,
        "height": SIDE,
        "scaleX": 1,
        "scaleY": 1,
        "src": address,
    }


def decoded(address: str) -> np.ndarray:
    """The picture in a data: address that a browser sent, RGBA, checked as an upload is."""
    return open_picture(base64.b64decode(address.removeprefix(PNG)))
