"""Masks, uint8 of 0 and 1: their connected pieces, how wide these are, and morphology with rectangles."""

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass
class Pieces:
    """The connected pieces of a mask. labels: [H, W], 0 for paper; boxes: [N, 4] of x, y, width, height."""

    labels: np.ndarray
    boxes: np.ndarray
    areas: np.ndarray  # [N]

    @classmethod
    def of(cls, mask: np.ndarray) -> "Pieces":
        _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        return cls(labels, stats[:, :4], stats[:, 4])

    def __len__(self) -> int:
        return len(self.areas)

    def window(self, piece: int) -> tuple[slice, slice]:
        x, y, width, height = self.boxes[piece]
        return slice(y, y + height), slice(x, x + width)

    def alone(self, piece: int) -> np.ndarray:
        """The piece in its own window, bool [height, width]."""
        return self.labels[self.window(piece)] == piece

    @property
    def at_rim(self) -> np.ndarray:
        """bool [N]: which of them touch the picture's rim, give or take a pixel."""
        height, width = self.labels.shape
        x, y, wide, high = self.boxes.T
        touch = (x <= 1) | (y <= 1) | (x + wide >= width - 1) | (y + high >= height - 1)
        touch[0] = False
        return touch


def mean_width(mask: np.ndarray) -> float:
    """Across a stroke of width w the distance to its rim averages w / 4, so no skeleton is needed."""
    depths = depth(mask)
    return 4 * float(depths[depths > 0].mean()) if mask.any() else 0.0


def depth(mask: np.ndarray) -> np.ndarray:
    """Distance of each pixel inside `mask` to the nearest one outside; beyond the picture all is outside."""
    padded = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return cv2.distanceTransform(padded, cv2.DIST_L2, 3)[1:-1, 1:-1]


def morphed(picture: np.ndarray, operation: int, width: int, height: int) -> np.ndarray:
    """A grey-scale morphology with a rectangle; the picture goes on beyond its rim as it ends there."""
    shape = cv2.getStructuringElement(cv2.MORPH_RECT, (width, height))
    return cv2.morphologyEx(picture, operation, shape, borderType=cv2.BORDER_REPLICATE)


def odd(size: float) -> int:
    """The odd number of at least 3 next to `size`, as windows have."""
    return max(3, int(size) | 1)
