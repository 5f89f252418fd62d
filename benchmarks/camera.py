"""Pictures as people's cameras, scanners and telephones take them of a digit: 20 kinds, made from a seed.

Lit, shaded, framed, ruled, boxed, tilted, blurred, compressed. How they are read: benchmarks/photographs.py.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

HEIGHT, WIDTH = 480, 560  # pixels of a photograph
NOISE = 2.0  # of 255: sigma of an ordinary sensor's noise
PAPER, INK = 225, 0.75  # the level of white paper, and the share of its light that ink swallows

Y, X = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]


@dataclass
class Sheet:
    """What is photographed. light: the light that falls on each pixel's paper; ink: 0 to 1, the digit's."""

    light: np.ndarray
    ink: np.ndarray
    random: np.random.Generator
    noise: float = NOISE
    quality: int = 85  # of the JPEG
    blur: float = 0.0  # sigma, pixels

    @property
    def picture(self) -> np.ndarray:
        """float [H, W], 0 to 255."""
        return self.light * (1 - INK * self.ink)


def photograph(kind: str, digit: np.ndarray, seed: int) -> tuple[bytes, np.ndarray]:
    """A JPEG of `digit`, uint8 [28, 28], in the way `kind` names; and the clean RGBA picture of the same."""
    random = np.random.default_rng([seed, list(KINDS).index(kind)])
    sheet = Sheet(np.full((HEIGHT, WIDTH), float(PAPER)), placed(digit, random), random)
    if kind == "tilted":
        tilt(sheet)
    taken = KINDS[kind](sheet)
    return as_jpeg(sheet, sheet.picture if taken is None else taken), rgba(255 * (1 - sheet.ink))


def placed(digit: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The digit's ink, 0 to 1, enlarged to 180 to 320 pixels somewhere near the middle of the photograph."""
    side = int(random.integers(180, 321))
    large = np.asarray(Image.fromarray(digit).resize((side, side), Image.Resampling.BICUBIC)) / 255
    field = np.zeros((HEIGHT, WIDTH))
    top = (HEIGHT - side) // 2 + int(random.integers(-40, 41))
    left = (WIDTH - side) // 2 + int(random.integers(-60, 61))
    field[top : top + side, left : left + side] = large
    return field


def as_jpeg(sheet: Sheet, picture: np.ndarray) -> bytes:
    if sheet.blur:
        picture = ndimage.gaussian_filter(picture, sheet.blur)
    noisy = picture + sheet.random.normal(0, sheet.noise, picture.shape)
    file = io.BytesIO()
    Image.fromarray(np.clip(np.rint(noisy), 0, 255).astype(np.uint8)).save(
        file, "JPEG", quality=sheet.quality
    )
    return file.getvalue()


def rgba(grey: np.ndarray) -> np.ndarray:
    grey = np.clip(np.rint(grey), 0, 255).astype(np.uint8)
    return np.dstack([grey, grey, grey, np.full_like(grey, 255)])


# ---- light -------------------------------------------------------------------------------------------------


def lamp(sheet: Sheet) -> None:
    """A lamp at one side: the far side has a third to half of its light."""
    angle = sheet.random.uniform(0, 2 * np.pi)
    along = (np.cos(angle) * X + np.sin(angle) * Y) / np.sqrt(2)
    sheet.light *= 1 - sheet.random.uniform(0.17, 0.33) * (1 + along)


def vignette(sheet: Sheet) -> None:
    """Corners 20 to 35 % darker than the middle."""
    sheet.light *= 1 - sheet.random.uniform(0.2, 0.35) * (X**2 + Y**2) / 2


def flash(sheet: Sheet) -> None:
    """A flash's bright spot on a sheet that is otherwise dim; its middle is blown out."""
    x, y = sheet.random.uniform(-0.5, 0.5, 2)
    spot = np.exp(-((X - x) ** 2 + (Y - y) ** 2) / (2 * sheet.random.uniform(0.3, 0.5) ** 2))
    sheet.light *= 0.55 + 0.6 * spot


def half_shadow(sheet: Sheet) -> None:
    """Half of the page in a hard shadow, which may run through the digit."""
    angle, offset = sheet.random.uniform(0, 2 * np.pi), sheet.random.uniform(-0.5, 0.5)
    beyond = np.cos(angle) * X + np.sin(angle) * Y < offset
    soft = ndimage.gaussian_filter(beyond.astype(float), sheet.random.uniform(0.5, 4))
    sheet.light *= (1 + 0.12 * X + 0.08 * Y) * (1 - sheet.random.uniform(0.3, 0.5) * soft)


def soft_shadow(sheet: Sheet) -> None:
    """The shadow of a hand or a telephone: a dark blob with soft edges."""
    x, y = sheet.random.uniform(-0.8, 0.8, 2)
    wide, high = sheet.random.uniform(0.3, 0.7, 2)
    blob = np.abs((X - x) / wide) ** 3 + np.abs((Y - y) / high) ** 3 < 1
    soft = ndimage.gaussian_filter(blob.astype(float), sheet.random.uniform(6, 18))
    sheet.light *= 1 - sheet.random.uniform(0.25, 0.45) * soft


def folded(sheet: Sheet) -> None:
    """A sheet that was folded in four: each quarter has its own light, the folds are thin and dark."""
    x, y = sheet.random.uniform(-0.3, 0.3, 2)
    for beyond, distance in ((x > X, np.abs(X - x) * WIDTH / 2), (y > Y, np.abs(Y - y) * HEIGHT / 2)):
        sheet.light *= 1 - sheet.random.uniform(0.04, 0.12) * beyond
        sheet.light *= 1 - sheet.random.uniform(0.1, 0.3) * np.exp(-((distance / 1.5) ** 2))


# ---- what is on the sheet, or around it --------------------------------------------------------------------


def ruled(sheet: Sheet) -> None:
    lamp_softly(sheet)
    sheet.light *= 1 - sheet.random.uniform(0.15, 0.4) * lines(sheet, sheet.random.uniform(40, 90))


def squared(sheet: Sheet) -> None:
    lamp_softly(sheet)
    gap, strength = sheet.random.uniform(25, 60), sheet.random.uniform(0.12, 0.3)
    across, down = lines(sheet, gap), lines(sheet, gap, upright=True)
    sheet.light *= 1 - strength * np.maximum(across, down)


def lines(sheet: Sheet, gap: float, upright: bool = False) -> np.ndarray:
    """Printed lines, 0 to 1, `gap` pixels apart and hardly aslant."""
    slant, start = sheet.random.uniform(-0.03, 0.03), sheet.random.uniform(0, gap)
    thick = sheet.random.uniform(0.8, 1.8)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    place = columns + slant * rows if upright else rows + slant * columns
    distance = np.abs((place - start + gap / 2) % gap - gap / 2)
    return np.clip(thick / 2 + 0.5 - distance, 0, 1)


def boxed(sheet: Sheet) -> None:
    """A form's box around the digit."""
    lamp_softly(sheet)
    left, top, right, bottom = around(sheet)
    sheet.light *= 1 - frame(sheet, [(left, top, right, bottom)])


def form_row(sheet: Sheet) -> None:
    """A row of a form's boxes, the digit in one of them."""
    lamp_softly(sheet)
    left, top, right, bottom = around(sheet)
    wide = right - left
    sheet.light *= 1 - frame(
        sheet, [(left + n * wide, top, right + n * wide, bottom) for n in (-2, -1, 0, 1, 2)]
    )


def around(sheet: Sheet) -> tuple[int, int, int, int]:
    """A box around the ink with a gap at each side."""
    rows, columns = np.flatnonzero(sheet.ink.max(axis=1) > 0.1), np.flatnonzero(sheet.ink.max(axis=0) > 0.1)
    gaps = sheet.random.integers(14, 45, 4)
    return (
        max(4, columns[0] - gaps[0]),
        max(4, rows[0] - gaps[1]),
        min(WIDTH - 5, columns[-1] + gaps[2]),
        min(HEIGHT - 5, rows[-1] + gaps[3]),
    )


def frame(sheet: Sheet, boxes: list[tuple[int, int, int, int]]) -> np.ndarray:
    """The printed edges of boxes: what share of the light they swallow."""
    printed = Image.new("L", (WIDTH, HEIGHT))
    pen, thick = ImageDraw.Draw(printed), int(sheet.random.integers(2, 6))
    for box in boxes:
        pen.rectangle(box, outline=255, width=thick)
    turned = printed.rotate(sheet.random.uniform(-1, 1), Image.Resampling.BILINEAR)
    return sheet.random.uniform(0.4, 0.8) * np.asarray(turned) / 255


def lamp_softly(sheet: Sheet) -> None:
    sheet.light *= 1 + sheet.random.uniform(-0.08, 0.08) * X + sheet.random.uniform(-0.08, 0.08) * Y


def white_frame(sheet: Sheet) -> np.ndarray:
    """A picture set into a white page, as word processors and slides do."""
    sheet.light *= sheet.random.uniform(0.7, 0.85)
    lamp_softly(sheet)
    taken, edge = sheet.picture, int(sheet.random.integers(8, 40))
    return np.pad(taken[edge:-edge, edge:-edge], edge, constant_values=253)


def scanner_strip(sheet: Sheet) -> np.ndarray:
    """The dark strip that a scanner leaves where the paper ended."""
    taken, width = sheet.picture, int(sheet.random.integers(6, 40))
    rim = sheet.random.choice(4, sheet.random.integers(1, 3), replace=False)
    for side in rim:
        np.rot90(taken, side)[:width] = sheet.random.uniform(10, 80)
    return taken


def screenshot(sheet: Sheet) -> np.ndarray:
    """A telephone's bars above and below, with a clock and buttons in them."""
    sheet.noise, taken = 0, np.where(sheet.light > 0, 255 * (1 - sheet.ink), 0)
    for rows in (
        slice(0, int(sheet.random.integers(24, 50))),
        slice(-int(sheet.random.integers(30, 56)), None),
    ):
        taken[rows] = level = sheet.random.uniform(20, 90)
        middle = slice(8, -8)
        for left in sheet.random.integers(10, WIDTH - 60, 5):
            taken[rows][middle, left : left + int(sheet.random.integers(6, 40))] = 255 - level
    return taken


def desk(sheet: Sheet) -> np.ndarray:
    """The edge of the sheet, and the desk beyond it, at one or two sides."""
    lamp_softly(sheet)
    taken = sheet.picture
    grain = ndimage.gaussian_filter(sheet.random.normal(0, 1, taken.shape), (1, 30))
    wood = sheet.random.uniform(50, 120) + 40 * grain
    for side in sheet.random.choice(4, sheet.random.integers(1, 3), replace=False):
        turned, beyond = np.rot90(taken, side), np.rot90(wood, side)
        rows, columns = np.mgrid[: turned.shape[0], : turned.shape[1]]
        edge = sheet.random.uniform(10, 45) + sheet.random.uniform(-0.06, 0.06) * columns
        turned[rows < edge] = beyond[rows < edge]
    return taken


# ---- the camera --------------------------------------------------------------------------------------------


def tilt(sheet: Sheet) -> None:
    """Up to 8 degrees, which the reading leaves as they are."""
    angle = sheet.random.uniform(3, 8) * sheet.random.choice([-1, 1])
    sheet.ink = np.clip(ndimage.rotate(sheet.ink, angle, reshape=False, order=1), 0, 1)


def tilted(sheet: Sheet) -> None:
    lamp_softly(sheet)


def blurred(sheet: Sheet) -> None:
    lamp_softly(sheet)
    sheet.blur = sheet.random.uniform(3, 7)


def compressed(sheet: Sheet) -> None:
    vignette(sheet)
    sheet.quality = int(sheet.random.integers(8, 20))


def dim(sheet: Sheet) -> None:
    """Taken in the dark: little light, much noise."""
    vignette(sheet)
    sheet.light *= sheet.random.uniform(0.3, 0.5)
    sheet.noise = sheet.random.uniform(6, 10)


def pencil(sheet: Sheet) -> np.ndarray:
    """A faint pen on a sheet that is darker at the rim."""
    vignette(sheet)
    return sheet.light * (1 - sheet.random.uniform(0.25, 0.45) * sheet.ink)


def chalkboard(sheet: Sheet) -> np.ndarray:
    """Light on dark, wiped clean but not quite, lit from the middle."""
    vignette(sheet)
    smear = ndimage.gaussian_filter(sheet.random.normal(0, 1, sheet.ink.shape), 25) * 25
    board = sheet.light * sheet.random.uniform(0.2, 0.35) * (1 + 0.25 * smear)
    return board + sheet.random.uniform(100, 150) * sheet.ink * sheet.light / PAPER


KINDS: dict[str, Callable[[Sheet], np.ndarray | None]] = {
    each.__name__: each
    for each in (
        lamp,
        vignette,
        flash,
        half_shadow,
        soft_shadow,
        folded,
        ruled,
        squared,
        boxed,
        form_row,
        white_frame,
        scanner_strip,
        screenshot,
        desk,
        tilted,
        blurred,
        compressed,
        dim,
        pencil,
        chalkboard,
    )
}
