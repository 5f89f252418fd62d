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
STROKE_LEVEL = 0.85  # of the strokes': what is so dark and missed is the inside of a broad stroke
INSIDE = 0.7  # of the strokes' full contrast: darker ink is no soft edge
# On clean pictures the two differ by less than 0.02 of it, by 0.06 where these are very noisy or soft; in a
# hard shadow by up to 0.1.
AGREE = 0.065
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
    pieces = Pieces.of(sheet.is_ink.astype(np.uint8))
    larger = pieces.areas >= BESIDES * pieces.areas[1:].max()
    larger[0] = False
    box, inner = np.array(box_of(larger[pieces.labels])), np.array(box_of(nearby.is_ink))
    further = np.abs(box - inner).max() > STRETCH * (inner[2:] - inner[:2]).max()
    faint = sheet.ink[beyond(sheet.is_ink, nearby.is_ink)]
    return further and np.median(faint) < STROKE_LEVEL * np.median(sheet.ink[nearby.is_ink])


def agree(sheet: Contrast, nearby: Contrast) -> bool:
    """Whether both find strokes equally dark all along; in light that is no plane they do not."""
    full = [np.percentile(each.ink[nearby.is_ink], 95) for each in (sheet, nearby)]
    inside = nearby.ink > INSIDE * full[1]
    return bool(np.abs(sheet.ink[inside] / full[0] - nearby.ink[inside] / full[1]).mean() <= AGREE)


def is_shade(sheet: Contrast) -> bool:
    """Whether all that stands out on the sheet leans on the rim of the picture, as shadows and desks do."""
    pieces = Pieces.of(sheet.is_ink.astype(np.uint8))
    return not pieces.areas[1:][~leaning(pieces)[1:]].sum() > BESIDES * sheet.is_ink.sum()


def beyond(ink: np.ndarray, other: np.ndarray) -> np.ndarray:
    """What of `ink` is not even near to the other, all bool [H, W]."""
    return ink & (cv2.dilate(other.astype(np.uint8), np.ones((EDGES, EDGES), np.uint8)) == 0)
