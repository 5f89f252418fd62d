"""Shapes that anybody can draw and that are no digits, as the network sees them.

A click of the brush, a filled shape, one or two plain lines: so little is in them that a network draws them
again with ease. Each is drawn on the canvas at many sizes, places and brush widths, and takes the steps of
every drawing.
"""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from ae_core.drawing import samples
from ae_core.drawing.ink import digit_from_drawing

SIDE = samples.SIDE
Pen = ImageDraw.ImageDraw
Draw = Callable[[Pen, np.random.Generator], None]


def click(pen: Pen, random: np.random.Generator) -> None:
    blob(pen, place(random, 20), random.uniform(4, 40))


def disc(pen: Pen, random: np.random.Generator) -> None:
    size = random.uniform(30, 200)
    blob(pen, place(random, size), size)


def oval(pen: Pen, random: np.random.Generator) -> None:
    size = random.uniform(50, 200)
    (x, y), flat = place(random, size), random.uniform(0.5, 0.95)
    half = (size / 2, flat * size / 2) if random.random() < 0.5 else (flat * size / 2, size / 2)
    pen.ellipse((x - half[0], y - half[1], x + half[0], y + half[1]), fill=255)


def half_disc(pen: Pen, random: np.random.Generator) -> None:
    size = random.uniform(50, 200)
    x, y = place(random, size)
    turn = random.uniform(0, 360)
    pen.pieslice((x - size / 2, y - size / 2, x + size / 2, y + size / 2), turn, turn + 180, fill=255)


def square(pen: Pen, random: np.random.Generator) -> None:
    polygon(pen, random, 4)


def triangle(pen: Pen, random: np.random.Generator) -> None:
    polygon(pen, random, 3)


def filled_canvas(pen: Pen, random: np.random.Generator) -> None:
    """All but a rim that the brush has left out here and there."""
    rim = random.uniform(0, 30, 4)
    pen.rectangle((rim[0], rim[1], SIDE - 1 - rim[2], SIDE - 1 - rim[3]), fill=255)


def blotch(pen: Pen, random: np.random.Generator) -> None:
    """A ring whose hole is all painted over: strokes to and fro over one place."""
    size = random.uniform(50, 160)
    centre, width = place(random, size), random.uniform(12, 40)
    around = centre + random.normal(0, size / 5, (40, 2))
    line(pen, around, width)
    blob(pen, centre, size * 0.8)


def minus(pen: Pen, random: np.random.Generator) -> None:
    bar(pen, random, random.uniform(-8, 8))


def slash(pen: Pen, random: np.random.Generator) -> None:
    """A plain line that lies rather than stands; what stands is a one."""
    bar(pen, random, random.uniform(8, 35) * random.choice([-1, 1]))


def equals(pen: Pen, random: np.random.Generator) -> None:
    width, length = random.uniform(8, 24), random.uniform(70, 200)
    gap = width + random.uniform(12, 70)
    x, y = place(random, length)
    for side in (-gap / 2, gap / 2):
        line(pen, [(x - length / 2, y + side), (x + length / 2, y + side)], width)


def two_dots(pen: Pen, random: np.random.Generator) -> None:
    size, turn = random.uniform(8, 40), random.uniform(0, np.pi)
    away = (size + random.uniform(6, 100)) / 2 * np.array([np.cos(turn), np.sin(turn)])
    centre = place(random, 150)
    for side in (-1, 1):
        blob(pen, centre + side * away, size)


KINDS: dict[str, Draw] = {
    each.__name__: each
    for each in (
        click,
        disc,
        oval,
        half_disc,
        square,
        triangle,
        filled_canvas,
        blotch,
        minus,
        slash,
        equals,
        two_dots,
    )
}


def place(random: np.random.Generator, size: float) -> np.ndarray:
    """A centre (x, y) around which something of `size` pixels fits the canvas."""
    return random.uniform(size / 2 + 4, SIDE - size / 2 - 4, 2)


def blob(pen: Pen, centre: np.ndarray, size: float) -> None:
    x, y = centre
    pen.ellipse((x - size / 2, y - size / 2, x + size / 2, y + size / 2), fill=255)


def polygon(pen: Pen, random: np.random.Generator, corners: int) -> None:
    size = random.uniform(50, 190)
    turn = random.uniform(0, 2 * np.pi) + 2 * np.pi * np.arange(corners) / corners
    points = place(random, size) + size / 2 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    pen.polygon([tuple(each) for each in points], fill=255)


def bar(pen: Pen, random: np.random.Generator, degrees: float) -> None:
    width = random.uniform(6, 36)
    half = random.uniform(max(50, 2.5 * width), 220) / 2
    away = half * np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    centre = place(random, 2 * half)
    line(pen, [centre - away, centre + away], width)


def line(pen: Pen, points: np.ndarray | list, width: float) -> None:
    points = [tuple(map(float, each)) for each in points]
    pen.line(points, fill=255, width=round(width), joint="curve")
    for each in points:
        blob(pen, np.array(each), width)


def drawn(kind: str, seed: int) -> np.ndarray:
    """A shape on the canvas, uint8 RGBA [280, 280, 4]; another one for each seed."""
    canvas = Image.new("L", (SIDE, SIDE))
    KINDS[kind](ImageDraw.Draw(canvas), np.random.default_rng(seed))
    return samples.picture(canvas)


def shapes(kind: str, count: int, first: int = 0) -> np.ndarray:
    """`count` of a kind from the seed `first` on, as the network sees them: uint8 [count, 28, 28]."""
    seeds = range(first, first + count)
    return np.stack([digit_from_drawing(drawn(kind, seed), on_black=True).image for seed in seeds])
