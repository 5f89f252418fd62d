"""A drawing in a few hundred signs, for a link: its strokes, and the picture that they were drawn on.

Points are quarter pixels of the canvas, a picture 56 × 56 of 16 greys.
"""

import base64
import binascii
import zlib
from dataclasses import dataclass

import msgspec
import numpy as np
from PIL import Image, ImageDraw

from ae_core.drawing.samples import SIDE, picture
from ae_core.errors import PictureError

MOST_SIGNS = 2000  # what a link may take of an address
MOST_BYTES = 100_000  # unpacked
GREY_SIDE, GREYS = 56, 16
FINER = 8  # drawn so many times larger, then averaged, as a browser smooths its strokes
CURVE_STEPS = 6
WIDTHS = range(1, 101)
FINEST = 4  # steps a pixel
PLACES = range(-SIDE * FINEST, 2 * SIDE * FINEST + 1)  # a stroke may leave the canvas


class Stroke(msgspec.Struct, array_like=True, frozen=True):
    """width: in pixels; points: x, y, then the steps to each next x, y, in quarter pixels."""

    width: int
    points: list[int]


class Packed(msgspec.Struct, array_like=True, frozen=True):
    strokes: list[Stroke]
    greys: bytes = b""


@dataclass(frozen=True, eq=False)
class Sketch:
    """strokes: width and points [N, 2] of each, in pixels; ground: RGBA [280, 280, 4] beneath, or None."""

    strokes: tuple[tuple[int, np.ndarray], ...]
    ground: np.ndarray | None = None

    def packed(self) -> str | None:
        """As a link has it; None where that would be too long."""
        strokes = [Stroke(width, steps_of(points)) for width, points in self.strokes]
        greys = b"" if self.ground is None else greys_of(self.ground)
        packed = zlib.compress(msgspec.msgpack.encode(Packed(strokes, greys)), 9)
        text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
        return text if len(text) <= MOST_SIGNS else None

    def rendered(self) -> np.ndarray:
        """The picture RGBA [280, 280, 4] that the canvas would draw, all but the last shade of its edges."""
        large = Image.new("L", (SIDE * FINER, SIDE * FINER))
        if self.ground is not None:
            large.paste(
                Image.fromarray(self.ground).convert("L").resize(large.size, Image.Resampling.NEAREST)
            )
        pen = ImageDraw.Draw(large)
        for width, points in self.strokes:
            draw(pen, curve(points) * FINER, width * FINER)
        return picture(large.resize((SIDE, SIDE), Image.Resampling.BOX))


def unpacked(text: str) -> Sketch:
    """What `Sketch.packed` made. Raises PictureError for anything else: a link can say anything."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        unzip = zlib.decompressobj()
        found = msgspec.msgpack.decode(unzip.decompress(data, MOST_BYTES), type=Packed)
    except (binascii.Error, zlib.error, msgspec.DecodeError, ValueError) as error:
        raise PictureError("The link's drawing cannot be read: copy the whole link again.") from error
    if len(text) > MOST_SIGNS or not (found.strokes or found.greys):
        raise PictureError(f"The link's drawing has {len(text):,} signs; it must have 1 to {MOST_SIGNS:,}.")
    strokes = tuple((checked(each.width, WIDTHS), points_of(each.points)) for each in found.strokes)
    return Sketch(strokes, ground_of(found.greys) if found.greys else None)


def steps_of(points: np.ndarray) -> list[int]:
    places = (points * FINEST).round().astype(int)
    return np.diff(places, axis=0, prepend=np.zeros((1, 2), int)).ravel().tolist()


def points_of(steps: list[int]) -> np.ndarray:
    if not steps or len(steps) % 2 or not all(-len(PLACES) < step < len(PLACES) for step in steps):
        raise PictureError("The link's drawing has a stroke without points, or one that leaps.")
    places = np.cumsum(np.reshape(steps, (-1, 2)), axis=0)
    for end in (int(places.min()), int(places.max())):
        checked(end, PLACES)
    return places / FINEST


def checked(value: int, allowed: range) -> int:
    if value not in allowed:
        raise PictureError(f"The link's drawing says {value}, where {allowed[0]} to {allowed[-1]} can be.")
    return value


# -- the ground


def greys_of(ground: np.ndarray) -> bytes:
    """Two greys a byte."""
    small = Image.fromarray(ground).convert("L").resize((GREY_SIDE, GREY_SIDE), Image.Resampling.BOX)
    levels = (np.asarray(small, np.float32) / 255 * (GREYS - 1)).round().astype(np.uint8).ravel()
    return (levels[::2] * GREYS + levels[1::2]).tobytes()


def ground_of(greys: bytes) -> np.ndarray:
    if len(greys) * 2 != GREY_SIDE**2:
        raise PictureError("The link's drawing has a picture of another size: copy the whole link again.")
    pairs = np.frombuffer(greys, np.uint8)
    levels = np.stack([pairs // GREYS, pairs % GREYS], axis=1).reshape(GREY_SIDE, GREY_SIDE)
    small = Image.fromarray(levels * np.uint8(255 // (GREYS - 1)))
    return picture(small.resize((SIDE, SIDE), Image.Resampling.BICUBIC))


# -- the strokes


def curve(points: np.ndarray) -> np.ndarray:
    """The canvas's way through points [N, 2]: a curve from middle to middle, drawn towards each point."""
    if len(points) < 3:
        return points
    middles = (points[:-1] + points[1:]) / 2
    share = np.linspace(0, 1, CURVE_STEPS)[:, None]
    parts = [
        (1 - share) ** 2 * start + 2 * share * (1 - share) * towards + share**2 * end
        for start, towards, end in zip(middles[:-1], points[1:-1], middles[1:], strict=True)
    ]
    return np.concatenate([points[:1], *parts, points[-1:]])


def draw(pen: ImageDraw.ImageDraw, points: np.ndarray, width: int) -> None:
    """A polyline with round ends and joints. points: [N, 2], where a pixel's middle is at its half."""
    corners, radius = [tuple(point) for point in (points - 0.5).tolist()], (width - 1) / 2
    pen.line(corners, fill=255, width=width)
    for x, y in corners:
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
