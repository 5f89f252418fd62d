"""A colour that stands for "nothing here" (PNG's tRNS), with which the edges of the ink were blended."""

import numpy as np


def without_key(rgba: np.ndarray, key: tuple[float, float, float]) -> np.ndarray:
    """uint8 [H, W, 4] with the share of `key` (0 to 255 each) in its colours turned into transparency.

    Exactly the key's own pixels are transparent at first; those between it and the ink are opaque and would
    stand around the ink as a rim. So the colour farthest from the key is taken for full ink. A picture whose
    border shows is left as it is: there the key is not the paper. What has two colours stays bit for bit.
    """
    alpha = rgba[..., 3]
    border = np.concatenate([alpha[0], alpha[-1], alpha[1:-1, 0], alpha[1:-1, -1]])
    offset = rgba[..., :3] - np.array(key, dtype=np.float32)
    distance = np.where(alpha > 0, np.linalg.norm(offset, axis=-1), 0)
    if np.median(border) > 0 or not distance.any():
        return rgba
    share = (distance / distance.max())[..., None]
    ink = rgba[..., :3] + offset * (1 - share) / np.where(share > 0, share, 1)
    made = np.concatenate([ink, alpha[..., None] * share], axis=-1)
    return np.rint(made).clip(0, 255).astype(np.uint8)
