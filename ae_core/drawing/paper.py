"""How light a picture is, pixel by pixel, and how far its ink stands out from one evenly lit sheet."""

from dataclasses import dataclass, field

import numpy as np

from ae_core.drawing.form import EDGE
from ae_core.errors import EmptyDrawingError

LUMINANCE = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R BT.601: how light a colour looks
MIN_CONTRAST = 24  # of 255: a fainter difference from the paper is no stroke
LIGHTING_SPAN = 48  # of 255: border pixels this near to the border's median are paper, unevenly lit
NOISE_SIGMAS = 4  # paper this many standard deviations of its noise away from its level is still paper
MAD_TO_SIGMA = 1.4826  # the normal law's sigma from its median deviation
COLOURFUL = 2.0  # a colour that varies this many times as much as the luminance is what the ink differs in
SAMPLED = 20_000  # pixels that the colours of a picture are judged by


@dataclass(frozen=True, eq=False)
class Contrast:
    """What stands out from the paper.

    ink: float32 [H, W], 0 for paper to at most 255; inverted: the ink is the darker of the two; left_out: how
    much was seen and taken for no stroke, by its name in the singular: {"printed line": 3}; others: where
    that was, bool [H, W].
    """

    ink: np.ndarray
    inverted: bool
    left_out: dict[str, int] = field(default_factory=dict)
    others: np.ndarray | None = None

    @property
    def is_ink(self) -> np.ndarray:
        """Which pixels stand out enough to be a stroke's, bool [H, W]."""
        return self.inked(1.0)

    def inked(self, share: float) -> np.ndarray:
        """Which pixels reach `share` of what a stroke's must, bool [H, W]."""
        return self.ink > share * EDGE / 255 * max(self.ink.max(), 1)


# ---- light -------------------------------------------------------------------------------------------------


def lightness(rgba: np.ndarray) -> np.ndarray:
    """How light each pixel of uint8 [H, W, 4] is: float32 [H, W], 0 to 255.

    The luminance, unless ink and paper are equally light and differ in colour: then that difference.
    """
    light = luminance(rgba)
    if (rgba[..., 3] == 255).all():
        colour = strongest_colour(rgba[..., :3])
        if colour is not None and colour.std() > COLOURFUL * light.std():
            return colour
    return light


def luminance(rgba: np.ndarray) -> np.ndarray:
    """How light each pixel of uint8 [H, W, 4] looks on the drawing's own paper: float32 [H, W], 0 to 255."""
    light = rgba[..., :3] @ LUMINANCE
    if (rgba[..., 3] == 255).all():
        return light
    alpha = rgba[..., 3].astype(np.float32) / 255
    return alpha * light + (1 - alpha) * _paper_beneath(light, alpha)


def strongest_colour(rgb: np.ndarray) -> np.ndarray | None:
    """Each pixel's place along the colour in which [H, W, 3] varies most, 0 to 255; None if all is grey."""
    sampled = rgb.reshape(-1, 3)[:: max(1, rgb.shape[0] * rgb.shape[1] // SAMPLED)].astype(np.float32)
    if (np.ptp(sampled, axis=1) == 0).all():
        return None
    middle = np.median(sampled, axis=0)
    _, axes = np.linalg.eigh(np.cov((sampled - middle).T))
    along = (rgb.astype(np.float32) - middle) @ axes[:, -1].astype(np.float32)
    return np.clip(127.5 + along * (127.5 / max(127.5, np.abs(along).max())), 0, 255)


def _paper_beneath(light: np.ndarray, alpha: np.ndarray) -> float:
    """The level behind transparent pixels: the opaque border's, else black or white, far from the ink."""
    edge_light, edge_alpha = border(light), border(alpha)
    if np.median(edge_alpha) > 0.5:
        return float(np.median(edge_light[edge_alpha > 0.5]))
    if not alpha.any():
        return 0.0
    return 0.0 if np.average(light, weights=alpha) > 127.5 else 255.0


# ---- one sheet, evenly lit or brighter at one side ---------------------------------------------------------


def contrast_to_sheet(light: np.ndarray) -> Contrast:
    """The ink of [H, W] on paper whose level is a plane, read off the border.

    Raises EmptyDrawingError where nothing stands out.
    """
    paper, noise = _sheet(light)
    lighter = np.clip(light - paper, 0, None)
    darker = np.clip(paper - light, 0, None)
    # Squared, because a few true strokes must outweigh a wide but slight shadow.
    inverted = bool(np.square(darker).sum() > np.square(lighter).sum())
    # Ink on paper swallows a share of the light that falls there, so in the shade it stands out by less.
    contrast = darker * (paper.mean() / np.clip(paper, 1, None)) if inverted else lighter
    # Half as much again as what is taken for paper: of a million blank pixels dozens exceed 4 sigma, none 6.
    visible(Contrast(contrast, inverted), 1.5 * NOISE_SIGMAS * noise)
    return Contrast(np.clip(contrast - NOISE_SIGMAS * noise, 0, None), inverted)


def visible(contrast: Contrast, least: float = 0.0) -> Contrast:
    """`contrast` itself. Raises EmptyDrawingError where nothing in it stands out."""
    if contrast.ink.max() < max(MIN_CONTRAST, least):
        raise EmptyDrawingError(
            "There is no stroke to see yet: all pixels are (nearly) equally light. "
            "Draw one digit that stands out from its background, then try again."
        )
    return contrast


def _sheet(light: np.ndarray) -> tuple[np.ndarray, float]:
    """Level of the bare paper, broadcastable to [H, W], and the sigma of its noise, read off the border.

    A plane instead of one level, because a photographed sheet is lighter at the lamp's side.
    """
    height, width = light.shape
    y, x = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    edge = border(light)
    median = np.median(edge)
    distance = np.abs(edge - median)
    paper = distance <= LIGHTING_SPAN
    # Most of a canvas's border has one exact level; a border too mixed says nothing about lighting.
    if np.median(distance) == 0 or paper.mean() < 0.5:
        return np.full((1, 1), median, dtype=np.float32), 0.0
    terms = [border(np.broadcast_to(term, light.shape)) for term in (np.ones((1, 1)), y, x)]
    plane = np.stack(terms, axis=1)[paper]  # [border pixels, 3]
    (level, slope_y, slope_x), *_ = np.linalg.lstsq(plane, edge[paper], rcond=None)
    residuals = edge[paper] - plane @ (level, slope_y, slope_x)
    noise = MAD_TO_SIGMA * np.median(np.abs(residuals))
    return (level + slope_y * y + slope_x * x).astype(np.float32), float(noise)


def border(field: np.ndarray) -> np.ndarray:
    return np.concatenate([field[0], field[-1], field[1:-1, 0], field[1:-1, -1]])
