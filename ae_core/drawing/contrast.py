"""What of a picture is ink: read as one sheet where that explains it, else by what surrounds each pixel."""

import cv2
import numpy as np

from ae_core.drawing.form import box_of
from ae_core.drawing.paper import Contrast, contrast_to_sheet, lightness, visible
from ae_core.drawing.pieces import Pieces
from ae_core.drawing.printed import leaning
from ae_core.drawing.shading import SMALLEST, contrast_to_surroundings
from ae_core.errors import EmptyDrawingError

DIFFERENT = 0.1  # of the ink: less is a matter of where a stroke's edge is drawn
BESIDES = 0.01  # of the ink: a thin line weighs little, and yet stretches the box around the digit
STRETCH = 0.15  # of the longer side of its box
ALMOST = 0.75  # of what counts as ink: the next step of the reading may take it for ink
STROKE_LEVEL = 0.85  # of the strokes': what is so dark and missed is the inside of a broad stroke
INSIDE = 0.7  # of the strokes' full contrast: darker ink is no soft edge
# Of the strokes' full contrast. On clean pictures the two are apart by 0.012 at most, in strong noise by
# 0.025; by 0.06 where all is so soft that the window hollows strokes; in a hard shadow by up to 0.08.
AGREE, HARDLY = 0.018, 0.065
AROUND = 1 / 120  # of the shorter side: the noise is taken out over so much around
EDGES = 5  # pixels around a stroke


def contrast_to_paper(rgba: np.ndarray) -> Contrast:
    """The ink of a picture uint8 [H, W, 4], dark or light, however it is lit.

    A picture that one evenly lit sheet explains is read so, to the last bit as long as nothing else is in it.
    Raises EmptyDrawingError where nothing stands out.
    """
    light = lightness(rgba)
    if min(light.shape) < SMALLEST:
        return contrast_to_sheet(light)
    nearby = contrast_to_surroundings(light)
    try:
        sheet = contrast_to_sheet(light)
    except EmptyDrawingError:
        if not nearby.is_ink.any():
            raise
        return nearby
    return sheet if explains(sheet, nearby) else visible(nearby)


def contrast_to_black(light: np.ndarray) -> Contrast:
    """The ink on a canvas, [H, W], whose paper is black. Raises EmptyDrawingError where there is none."""
    return visible(Contrast(light, False))


def explains(sheet: Contrast, nearby: Contrast) -> bool:
    """Whether the ink on one sheet is all strokes: it has what the surroundings find, and nothing besides.

    What they miss may be the inside of strokes that are broader than their window: that is as dark as ink.
    """
    if not nearby.is_ink.any():
        return not is_shade(sheet)
    if sheet.inverted != nearby.inverted:
        return False
    ink = sheet.is_ink.sum()
    if (sheet.is_ink & nearby.others).sum() > BESIDES * ink:
        return False
    few = DIFFERENT * ink
    if beyond(nearby.is_ink, sheet.is_ink).sum() > few or reaches_further(sheet, nearby):
        return False
    missed, strokes = beyond(sheet.is_ink, nearby.is_ink), sheet.is_ink & nearby.is_ink
    if missed.sum() <= few or not strokes.any():
        return agree(sheet, nearby)
    return bool(np.median(sheet.ink[missed]) > STROKE_LEVEL * np.median(sheet.ink[strokes]))


def reaches_further(sheet: Contrast, nearby: Contrast) -> bool:
    """Whether something fainter than strokes, dust apart, stretches the box around the ink of the sheet."""
    seen = sheet.inked(ALMOST)
    pieces = Pieces.of(seen.astype(np.uint8))
    larger = pieces.areas >= BESIDES * pieces.areas[1:].max()
    larger[0] = False
    box, inner = np.array(box_of(larger[pieces.labels])), np.array(box_of(nearby.is_ink))
    further = np.abs(box - inner).max() > STRETCH * (inner[2:] - inner[:2]).max()
    faint = sheet.ink[beyond(seen, nearby.is_ink)]
    return further and np.median(faint) < STROKE_LEVEL * np.median(sheet.ink[nearby.is_ink])


def agree(sheet: Contrast, nearby: Contrast) -> bool:
    """Whether the two differ by the same all along the strokes; in light that is no plane they do not.

    Where they hardly do, the one is right that finds the strokes more evenly dark.
    """
    inside = nearby.ink > INSIDE * np.percentile(nearby.ink[nearby.is_ink], 95)
    sigma = AROUND * min(inside.shape)
    share = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), sigma)[inside]

    def along_strokes(ink: np.ndarray) -> np.ndarray:
        full = np.percentile(ink[nearby.is_ink], 95)
        return cv2.GaussianBlur(np.where(inside, ink / full, 0), (0, 0), sigma)[inside] / share

    one, other = along_strokes(sheet.ink), along_strokes(nearby.ink)
    limit = AGREE if spread(one) > spread(other) else HARDLY
    return spread(one - other) <= limit


def spread(values: np.ndarray) -> float:
    return float(np.abs(values - np.median(values)).mean())


def is_shade(sheet: Contrast) -> bool:
    """Whether all that stands out on the sheet leans on the rim of the picture, as shadows and desks do."""
    pieces = Pieces.of(sheet.is_ink.astype(np.uint8))
    return not pieces.areas[1:][~leaning(pieces)[1:]].sum() > BESIDES * sheet.is_ink.sum()


def beyond(ink: np.ndarray, other: np.ndarray) -> np.ndarray:
    """What of `ink` is not even near to the other, all bool [H, W]."""
    return ink & (cv2.dilate(other.astype(np.uint8), np.ones((EDGES, EDGES), np.uint8)) == 0)
