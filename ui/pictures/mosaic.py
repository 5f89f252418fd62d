"""Digits as pictures: white ink on near-black tiles, enlarged without smoothing, many in one image.

Always in this order: original above reconstruction above signed error.
"""

import base64
import io

import numpy as np
from PIL import Image

INK_BLACK = np.array([4, 6, 9], np.float32)  # near-black ground
INK_WHITE = np.array([255, 255, 255], np.float32)
TOO_DARK = np.array([0, 114, 178], np.float32)  # #0072B2
TOO_BRIGHT = np.array([213, 94, 0], np.float32)  # #D55E00
SHEET_COLUMNS = 100
GAP = 1  # pixels before enlarging, between two tiles
LINE_GAP = 6  # and between two lines of triptychs
# The same for who paints in a browser.
COLOURS = {
    "black": INK_BLACK.tolist(),
    "white": INK_WHITE.tolist(),
    "dark": TOO_DARK.tolist(),
    "bright": TOO_BRIGHT.tolist(),
}


def ink_tiles(images: np.ndarray) -> np.ndarray:
    """Tiles uint8 [N, H, W, 3] of images [N, H, W], uint8 or intensities 0 to 1."""
    intensity = images.astype(np.float32) / 255 if images.dtype == np.uint8 else images.astype(np.float32)
    blended = INK_BLACK + intensity.clip(0, 1)[..., None] * (INK_WHITE - INK_BLACK)
    return blended.round().astype(np.uint8)


def error_tiles(images: np.ndarray, reconstructions: np.ndarray, full: float) -> np.ndarray:
    """Signed error as tiles uint8 [N, H, W, 3]: blue too dark, white right, vermillion too bright.

    images: uint8 [N, H, W]; reconstructions: intensities 0 to 1. full: the difference whose colour is full.
    """
    difference = ((reconstructions - images.astype(np.float32) / 255) / full).clip(-1, 1)[..., None]
    end = np.where(difference < 0, TOO_DARK, TOO_BRIGHT)
    return (INK_WHITE + np.abs(difference) * (end - INK_WHITE)).round().astype(np.uint8)


def code_tiles(codes: np.ndarray, side: int = 28) -> np.ndarray:
    """Codes [N, d] as tiles uint8 [N, side, side, 3]: a block a number, blue below 0 and vermillion above.

    Zero is near-black; the colour is full at the largest number of all codes.
    """
    columns = int(np.ceil(np.sqrt(codes.shape[1])))
    lines = -(-codes.shape[1] // columns)
    strength = np.zeros((len(codes), lines * columns), np.float32)
    strength[:, : codes.shape[1]] = codes / max(float(np.abs(codes).max()), 1e-9)
    blocks = strength.reshape(-1, lines, columns)
    place_y, place_x = np.arange(side) * lines // side, np.arange(side) * columns // side
    spread = blocks[:, place_y][:, :, place_x][..., None]
    end = np.where(spread < 0, TOO_DARK, TOO_BRIGHT)
    return (INK_BLACK + np.abs(spread) * (end - INK_BLACK)).round().astype(np.uint8)


def grid(rows: list[np.ndarray], *, scale: int = 4, gap: int = GAP) -> np.ndarray:
    """Rows of tiles [N, H, W, 3 or 4] under each other as one RGBA picture; gaps are transparent."""
    count = max(len(row) for row in rows)
    height, width = rows[0].shape[1:3]
    picture = np.zeros((len(rows) * (height + gap) - gap, count * (width + gap) - gap, 4), np.uint8)
    for y, row in enumerate(rows):
        for x, tile in enumerate(row):
            top, left = y * (height + gap), x * (width + gap)
            picture[top : top + height, left : left + width, 3] = 255
            picture[top : top + height, left : left + width, : tile.shape[-1]] = tile
    return picture.repeat(scale, axis=0).repeat(scale, axis=1)


def triptychs(images: np.ndarray, reconstructions: np.ndarray, full: float, columns: int) -> np.ndarray:
    """One RGBA picture of all digits as blocks of original, reconstruction and error, in lines."""
    return blocks(
        [ink_tiles(images), ink_tiles(reconstructions), error_tiles(images, reconstructions, full)], columns
    )


def over_errors(images: np.ndarray, columns: int) -> np.ndarray:
    """The digits once more, where `triptychs` has their errors; the rest is transparent."""
    tiles = ink_tiles(images)
    nothing = np.zeros((*tiles.shape[:3], 4), np.uint8)
    return blocks([nothing, nothing, tiles], columns)


def blocks(kinds: list[np.ndarray], columns: int) -> np.ndarray:
    """Tiles of each kind under those of the kind before, in lines of `columns`, as one RGBA picture."""
    lines = [
        grid([kind[start : start + columns] for kind in kinds], scale=1)
        for start in range(0, len(kinds[0]), columns)
    ]
    height, width = lines[0].shape[:2]
    picture = np.zeros((len(lines) * (height + LINE_GAP) - LINE_GAP, width, 4), np.uint8)
    for number, line in enumerate(lines):
        top = number * (height + LINE_GAP)
        picture[top : top + height, : line.shape[1]] = line
    return picture


def sheet(images: np.ndarray) -> bytes:
    """All images [N, H, W] as one PNG of 16 greys, SHEET_COLUMNS side by side.

    Thousands of digits in about a megabyte; for thumbnails that a script cuts out in the browser.
    """
    count, height, width = images.shape
    columns = min(SHEET_COLUMNS, count)
    lines = -(-count // columns)
    levels = np.zeros((lines * columns, height, width), np.uint8)
    intensity = images / np.float32(255) if images.dtype == np.uint8 else images
    levels[:count] = (intensity.clip(0, 1) * 15).round()
    laid = levels.reshape(lines, columns, height, width).swapaxes(1, 2)
    picture = Image.fromarray(laid.reshape(lines * height, columns * width), "P")
    picture.putpalette(ink_tiles(np.arange(16, dtype=np.float32)[:, None, None] / 15).tobytes())
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", bits=4, compress_level=1)
    return buffer.getvalue()


def data_uri(picture: np.ndarray) -> str:
    """An RGB or RGBA picture as a PNG in a data: address.

    Pages show pictures by these: a file that the server keeps for a picture is gone once the next
    rerun has replaced it, and a page that refreshes twice a second would ask for it too late.
    """
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", compress_level=3)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
