"""Digits sheared, rotated, made smaller and moved about: the same ink at another place."""

import numpy as np
import torch
from torch.nn import functional

SHEAR = 0.4  # pixels sideways for each pixel down
ANGLE = 0.4  # radians
SCALE = 0.7
TRANSLATION = 3  # pixels on both axes
SHIFT = 8  # pixels on one axis: MNIST's margins are 4, so the digit is cut off
DIRECTIONS = np.array([(1, 0), (-1, 0), (0, 1), (0, -1)])


def shear(images: np.ndarray, severity: float, uniforms: np.ndarray) -> np.ndarray:
    matrix = np.tile(np.eye(2), (len(images), 1, 1))
    matrix[:, 0, 1] = SHEAR * severity * signs(uniforms)[:, 0]
    return sampled(images, matrix)


def rotate(images: np.ndarray, severity: float, uniforms: np.ndarray) -> np.ndarray:
    angle = ANGLE * severity * signs(uniforms)[:, 0]
    cosine, sine = np.cos(angle), np.sin(angle)
    return sampled(images, np.stack([cosine, -sine, sine, cosine], axis=1).reshape(-1, 2, 2))


def scale(images: np.ndarray, severity: float, _uniforms: np.ndarray) -> np.ndarray:
    factor = 1 - (1 - SCALE) * severity
    return sampled(images, np.tile(np.eye(2) / factor, (len(images), 1, 1)))


def translate(images: np.ndarray, severity: float, uniforms: np.ndarray) -> np.ndarray:
    return moved(images, TRANSLATION * severity * signs(uniforms))


def shift(images: np.ndarray, severity: float, uniforms: np.ndarray) -> np.ndarray:
    return moved(images, SHIFT * severity * DIRECTIONS[(4 * uniforms[:, 0]).astype(int)])


def signs(uniforms: np.ndarray) -> np.ndarray:
    return np.where(uniforms < 0.5, -1.0, 1.0)


def moved(images: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """`images` moved by `offsets` [N, 2] pixels to the left and upwards."""
    return sampled(images, np.tile(np.eye(2), (len(images), 1, 1)), offsets)


def sampled(images: np.ndarray, matrix: np.ndarray, offsets: np.ndarray | None = None) -> np.ndarray:
    """`images` as seen through `matrix` [N, 2, 2], which takes where a pixel (x, y) lies to where it is read.

    About the middle between the pixels 13 and 14; bilinear, black outside. `offsets`: [N, 2] pixels.
    """
    if offsets is None:
        offsets = np.zeros((len(images), 2))
    middle = 13.5
    theta = np.concatenate([matrix, offsets[:, :, None] / middle], axis=2)  # coordinates run from -1 to 1
    grid = functional.affine_grid(
        torch.from_numpy(theta.astype(np.float32)), [len(images), 1, 28, 28], align_corners=True
    )
    read = functional.grid_sample(torch.from_numpy(images)[:, None], grid, align_corners=True)
    return read[:, 0].numpy()
