"""More digits from the same ones: half of each batch is moved, turned, stretched and slanted a little.

Each epoch draws anew, so a network that meets no changed picture twice cannot learn it by heart.
"""

import torch
from torch.nn import functional

# The largest changes, at a strength of 1; each digit draws its own between plus and minus these.
TURN = 0.2  # radians
STRETCH = 0.08  # share of the size
SLANT = 0.15  # pixels across for each pixel up
MOVE = 1.5  # pixels, across and up


def augment(images: torch.Tensor, strength: float, generator: torch.Generator) -> torch.Tensor:
    """Images [N, H, W] with intensities 0 to 1, their first half changed; all as they are at strength 0.

    The other half stays: resampling blurs, and the network is to be measured on digits as sharp as they come.
    generator: on the CPU, whatever the images' device, so that a seed means the same changes everywhere.
    """
    changed = len(images) // 2
    if not strength or not changed:
        return images
    transforms = random_transforms(changed, strength, images.shape[-1], generator).to(images.device)
    grid = functional.affine_grid(transforms, [changed, 1, *images.shape[1:]], align_corners=False)
    moved = functional.grid_sample(images[:changed, None], grid, mode="bicubic", align_corners=False)
    return torch.cat([moved[:, 0].clamp(0, 1), images[changed:]])


def random_transforms(count: int, strength: float, side: int, generator: torch.Generator) -> torch.Tensor:
    """Matrices [count, 2, 3] from places in the changed picture to places in the first, both from -1 to 1."""
    draws = strength * (2 * torch.rand(count, 5, generator=generator) - 1)
    turn, stretch, slant, across, up = draws.unbind(1)
    cosine, sine = torch.cos(TURN * turn), torch.sin(TURN * turn)
    size = 1 + STRETCH * stretch
    move = 2 * MOVE / side
    rows = [
        torch.stack([size * cosine, SLANT * slant - size * sine, move * across], dim=1),
        torch.stack([size * sine, size * cosine, move * up], dim=1),
    ]
    return torch.stack(rows, dim=1)
