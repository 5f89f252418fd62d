"""What stands out from the paper and is no stroke: printed lines and boxes, what is at the rim, shadows.

All pictures are contrasts, float32 [H, W], 0 for paper to 255; masks are uint8, 0 or 1. Shares are of the
picture's shorter side, measured on photographs (benchmarks/photographs.py) unless said otherwise.
"""

from collections import Counter
from collections.abc import Iterable

import cv2
import numpy as np

from ae_core.drawing.form import EDGE
from ae_core.drawing.pieces import Pieces, depth, mean_width, morphed, odd

FULL = 255
MIDDLE = 0.7  # of each side: what a picture is taken of lies in there
LEAST = 4.0  # of 255: fainter contrast is noise, however faint the strokes

UPRIGHT = 10.0  # degrees: printed lines run level or upright up to this tilt of the camera
LINE_LENGTH = 0.5  # a straight thin line this long is printed: a digit's own are shorter
LINE_GAP = 0.2  # strokes interrupt it no further than this
LINE_WIDTH = 0.03  # a line is at most this wide
AT_RIM = 0.04  # of its way: where a line that runs from rim to rim must have ink
PARALLEL = 3  # so many lines side by side are ruled
VOTES = 0.2  # inked pixels on a line before it is looked at
DARKER = 1.5  # times the printed lines' level: what is so dark is a stroke on the line
PIECE = 4  # times as long as wide: what stood between two lines that are gone is theirs

FRAME_SIDE = 0.7  # of three sides of its bounding box that a form's box covers; an ellipse covers 0.4
FRAME_WIDTH = 0.05  # of its longer side
FRAME_SIZE = 0.15  # a smaller ring is a loop of a digit
INSIDE = 0.01  # of a box's area: what is inside it is more than a speck

RIM_CONTACT = 0.8  # of a side of the picture: what leans on so much of it is no stroke
OUTSIDE = 0.7  # of its pixels: what touches the rim and lies mostly outside the middle comes from beyond it
BRIDGE = 1 / 3  # of a stroke's width: thinner ink does not tie a digit to the rim
SPECK = 0.02  # of the largest piece's pixels; a photograph's noise makes larger ones than a canvas
SOFT_EDGE = 5  # pixels across which a stroke fades into the paper
SOFT = 0.35  # of the sharpest piece's edge: softer edges are those of a shadow


def strokes_alone(contrast: np.ndarray) -> tuple[np.ndarray, np.ndarray, dict[str, int]]:
    """`contrast` without what is printed, leans on the rim or is a shadow.

    Returns it, where the rest was, bool [H, W], and how much of it there was, as in `Contrast.left_out`.
    """
    left_out: Counter[str] = Counter()
    level = stroke_level(contrast)
    if level <= 0:
        return np.zeros_like(contrast), np.zeros(contrast.shape, bool), {}
    least = max(level * EDGE / FULL, LEAST)
    contrast, printed, width = without_lines(contrast, least, left_out)
    mask = (contrast > least).astype(np.uint8)
    pieces = Pieces.of(cut_from_rim(mask, printed))
    kept = np.ones(len(pieces), bool)
    kept[0] = False
    drop(kept, from_beyond(pieces), "border strip", left_out)
    drop(kept, frames(pieces, kept), "frame", left_out)
    if kept.any():
        specks = kept & (pieces.areas < SPECK * pieces.areas[kept].max())
        drop(kept, specks, "speck", left_out)
        drop(kept, between_lines(pieces, kept, printed, width), "printed line", left_out)
        drop(kept, soft(pieces, kept, contrast), "shadow", left_out)
        others = ~(kept | specks)[pieces.labels]
    else:
        others = np.ones(contrast.shape, bool)
    others &= pieces.labels > 0
    around = morphed(kept[pieces.labels].astype(np.uint8), cv2.MORPH_DILATE, SOFT_EDGE, SOFT_EDGE) > 0
    alone = around & (kept[pieces.labels] | (pieces.labels == 0))
    return np.where(alone, contrast, 0), others | (printed > 0), dict(left_out)


def stroke_level(contrast: np.ndarray) -> float:
    """How far the strokes in the middle of the picture stand out; 0 where there are none."""
    middle = contrast[within_middle(contrast.shape)]
    top = np.percentile(middle, 99.8)  # not the maximum, which may be one glaring pixel
    return float(np.percentile(middle[middle >= top / 2], 90)) if top > 0 else 0.0


def within_middle(shape: tuple[int, ...]) -> tuple[slice, slice]:
    edges = [round((1 - MIDDLE) / 2 * side) for side in shape]
    rows, columns = (slice(edge, side - edge) for edge, side in zip(edges, shape, strict=True))
    return rows, columns


def drop(kept: np.ndarray, dropped: np.ndarray, name: str, left_out: Counter[str]) -> None:
    """Takes the `dropped` pieces out of the `kept`, both bool [N]."""
    if count := int((kept & dropped).sum()):
        left_out[name] += count
        kept &= ~dropped


# ---- lines -------------------------------------------------------------------------------------------------


def without_lines(
    contrast: np.ndarray, least: float, left_out: Counter[str]
) -> tuple[np.ndarray, np.ndarray, int]:
    """Without long straight lines; where they were, as a mask; and how wide they are, 0 if there are none.

    Where a stroke crosses a line it goes on at both sides of it, and is closed again. Where it runs along the
    line it is what is darker than the line.
    """
    level, upright, width = long_lines(contrast, least, left_out)
    printed = level | upright
    if not width:
        return contrast, printed, 0
    darker = contrast > DARKER * level_of_lines(contrast, printed, width)
    bare = np.where((printed > 0) & ~darker, np.float32(0), contrast)
    across = width + 4
    for mask, size in ((level, (1, across)), (upright, (across, 1))):
        if mask.any():
            closed = morphed(bare, cv2.MORPH_CLOSE, *size)
            contrast = np.where(mask > 0, np.minimum(contrast, closed), contrast)
    return contrast, printed, width


def level_of_lines(contrast: np.ndarray, printed: np.ndarray, width: int) -> float:
    """How far printed lines stand out along most of their way."""
    across = morphed(contrast, cv2.MORPH_DILATE, width, width)
    return float(np.median(across[printed > 0]))


def long_lines(
    contrast: np.ndarray, least: float, left_out: Counter[str]
) -> tuple[np.ndarray, np.ndarray, int]:
    """Masks of the level and of the upright printed lines, and their width in pixels.

    A line is printed where it runs from rim to rim or has others beside it; else it may be the bar of a 7.
    """
    side = min(contrast.shape)
    fine = (contrast > least / 2).astype(np.uint8)
    widest = odd(LINE_WIDTH * side)
    thin = fine & ~morphed(fine, cv2.MORPH_OPEN, widest, widest)
    found = cv2.HoughLinesP(
        thin,
        1,
        np.pi / 360,
        round(VOTES * side),
        minLineLength=LINE_LENGTH * side,
        maxLineGap=LINE_GAP * side,
    )
    lines = [] if found is None else list(found.reshape(-1, 4).astype(int))
    groups = (
        [each for each in lines if tilt(each) < UPRIGHT],
        [each for each in lines if tilt(each) > 90 - UPRIGHT],
    )
    masks, width = [], 0
    for group in groups:
        wide = width_of_lines(group, fine, thin)
        crossing = [each for each in group if runs_from_rim_to_rim(each, fine, wide)]
        beside = Pieces.of(painted(group, fine.shape, wide))
        printed = group if len(beside) - 1 >= PARALLEL else crossing
        masks.append(
            painted(printed, fine.shape, wide) | painted(map(lengthened, printed), fine.shape, wide) & thin
        )
        if printed:
            left_out["printed line"] += len(Pieces.of(masks[-1])) - 1
        width = max(width, wide if printed else 0)
    return *masks, width


def painted(lines: Iterable[np.ndarray], shape: tuple[int, ...], width: int) -> np.ndarray:
    """A mask of the lines (x0, y0, x1, y1)."""
    mask = np.zeros(shape, np.uint8)
    for x0, y0, x1, y1 in lines:
        cv2.line(mask, (x0, y0), (x1, y1), 1, width)
    return mask


def lengthened(line: np.ndarray) -> np.ndarray:
    """Three times as long: beyond its ends, which strokes may hide, it goes on where something thin is."""
    start, end = line[:2], line[2:]
    return np.concatenate([2 * start - end, 2 * end - start])


def runs_from_rim_to_rim(line: np.ndarray, fine: np.ndarray, width: int) -> bool:
    height, wide = fine.shape
    long = lengthened(lengthened(line))
    _, start, end = cv2.clipLine((0, 0, wide, height), tuple(map(int, long[:2])), tuple(map(int, long[2:])))
    way = np.array(end) - start
    near = (way * AT_RIM).astype(int)
    ends = (np.concatenate([start, start + near]), np.concatenate([end - near, end]))
    return all((painted([each], fine.shape, width) & fine).any() for each in ends)


def tilt(line: np.ndarray) -> float:
    """Degrees from level, 0 to 90."""
    x0, y0, x1, y1 = line
    return float(np.degrees(np.arctan2(abs(y1 - y0), abs(x1 - x0))))


def width_of_lines(lines: list[np.ndarray], fine: np.ndarray, thin: np.ndarray) -> int:
    """How wide they are, soft edges included."""
    depths = depth(fine)[(painted(lines, fine.shape, 1) & thin) > 0]
    return int(np.ceil(2 * np.median(depths))) + 3 if depths.size else 4


def between_lines(pieces: Pieces, kept: np.ndarray, printed: np.ndarray, width: int) -> np.ndarray:
    """bool [N]: pieces that are long and narrow and reach from one line that is gone to another."""
    found = np.zeros(len(pieces), bool)
    if not width:
        return found
    near = morphed(printed, cv2.MORPH_DILATE, 2 * width + 3, 2 * width + 3) > 0
    for piece in map(int, np.flatnonzero(kept)):
        wide, high = pieces.boxes[piece][2:]
        if max(wide, high) >= PIECE * min(wide, high):
            ends = np.asarray((pieces.alone(piece) & near[pieces.window(piece)]).any(axis=int(high > wide)))
            reach = max(1, len(ends) // 8)
            found[piece] = ends[:reach].any() and ends[-reach:].any()
    return found


# ---- frames, the rim, shadows ------------------------------------------------------------------------------


def frames(pieces: Pieces, kept: np.ndarray) -> np.ndarray:
    """bool [N]: pieces that are boxes around something."""
    found = np.zeros(len(pieces), bool)
    smallest = FRAME_SIZE * min(pieces.labels.shape)
    for piece in map(int, np.flatnonzero(kept)):
        wide, high = pieces.boxes[piece][2:]
        if min(wide, high) >= smallest:
            found[piece] = is_frame(pieces.alone(piece), pieces.labels[pieces.window(piece)], piece)
    return found


def is_frame(alone: np.ndarray, labels: np.ndarray, piece: int) -> bool:
    thick = max(2, int(FRAME_WIDTH * max(alone.shape)))
    sides = (alone[:thick].any(0), alone[-thick:].any(0), alone[:, :thick].any(1), alone[:, -thick:].any(1))
    if sum(side.mean() > FRAME_SIDE for side in sides) < 3:
        return False
    inside = labels[thick:-thick, thick:-thick]
    others = np.bincount(inside[(inside != piece) & (inside > 0)], minlength=1)
    return bool(others.max() > INSIDE * alone.size)


def cut_from_rim(mask: np.ndarray, printed: np.ndarray) -> np.ndarray:
    """`mask` without the thin bridges that tie what is in the middle to the rim."""
    pieces = Pieces.of(mask)
    tied = pieces.at_rim[pieces.labels]
    bridge = odd(BRIDGE * stroke_width_in(mask, printed))
    if bridge <= 3 or not tied[within_middle(mask.shape)].any():
        return mask
    return np.where(tied, morphed(mask, cv2.MORPH_OPEN, bridge, bridge), mask)


def from_beyond(pieces: Pieces) -> np.ndarray:
    """bool [N]: pieces that lean on the rim, or touch it and lie mostly outside the middle.

    The second is no reason where nothing else would be left: it is a digit in a corner then.
    """
    middle = pieces.labels[within_middle(pieces.labels.shape)]
    inner = np.bincount(middle.ravel(), minlength=len(pieces))
    outside = pieces.at_rim & (inner < (1 - OUTSIDE) * pieces.areas)
    lean = leaning(pieces)
    left = pieces.areas * ~(lean | outside)
    return lean | outside if left[1:].max(initial=0) > SPECK * pieces.areas[1:].max(initial=0) else lean


def leaning(pieces: Pieces) -> np.ndarray:
    """bool [N]: pieces that run along most of a side of the picture."""
    found = np.zeros(len(pieces), bool)
    for piece in map(int, np.flatnonzero(pieces.at_rim)):
        found[piece] = contact(pieces.labels, piece) > RIM_CONTACT
    return found


def contact(labels: np.ndarray, piece: int) -> float:
    """The largest share of a side of the picture that a piece touches."""
    rims = (labels[:2], labels[-2:], labels[:, :2].T, labels[:, -2:].T)
    return max(float((rim == piece).any(axis=0).mean()) for rim in rims)


def soft(pieces: Pieces, kept: np.ndarray, contrast: np.ndarray) -> np.ndarray:
    """bool [N]: pieces with much softer edges than the sharpest one: what is left of shadows."""
    found = np.zeros(len(pieces), bool)
    if kept.sum() > 1:
        steep = steepness(contrast)
        places = np.flatnonzero(kept).tolist()
        edges = [np.percentile(steep[pieces.window(piece)][pieces.alone(piece)], 90) for piece in places]
        found[places] = np.array(edges) < SOFT * max(edges)
    return found


def steepness(contrast: np.ndarray) -> np.ndarray:
    """How fast the contrast changes, float32 [H, W]."""
    calm = cv2.GaussianBlur(contrast.astype(np.float32), (0, 0), 1.5)
    return cv2.magnitude(cv2.Sobel(calm, cv2.CV_32F, 1, 0), cv2.Sobel(calm, cv2.CV_32F, 0, 1))


# ---- measuring masks ---------------------------------------------------------------------------------------


def stroke_width_in(mask: np.ndarray, printed: np.ndarray) -> float:
    """Mean width of what is in the middle of the picture, in pixels; 0 for nothing."""
    middle = within_middle(mask.shape)
    return mean_width(mask[middle] & ~printed[middle] & 1)
