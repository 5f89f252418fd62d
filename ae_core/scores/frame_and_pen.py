"""How a picture was made, whatever it shows: its frame and its pen, in numbers that no network is needed for.

MNIST's digits were all made alike: fitted into a box of 20 x 20 pixels, centred by mass in 28 x 28 and drawn
with soft edges (LeCun et al., 1998). A picture that was resized, turned, blurred or repainted since was not.
"""

from itertools import pairwise

import torch
from torch.nn import functional

LEVELS = (0.02, 0.3, 0.7)  # intensities from which on a pixel counts as ink: its trace, its edge, its core
SHADES = (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.985, 1.01)  # ends of the ranges of intensity that are told apart
CURVATURE = torch.tensor([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
LITTLE = 1e-6  # ink of a blank image, which has no centre


def frame_and_pen(images: torch.Tensor) -> torch.Tensor:
    """The measurements [N, 32] of images [N, 28, 28], intensities 0 to 1."""
    return torch.cat([frame(images), pen(images)], dim=1)


def frame(images: torch.Tensor) -> torch.Tensor:
    """Where ink begins and ends and the longer side, for each of LEVELS, and the centre of mass; pixels."""
    rows, columns = images.amax(dim=2), images.amax(dim=1)  # [N, 28] each
    found = []
    for level in LEVELS:
        (top, bottom), (left, right) = ends(rows > level), ends(columns > level)
        found += [top, bottom, left, right, torch.maximum(bottom - top, right - left)]
    return torch.stack([*found, centre(images.sum(dim=2)), centre(images.sum(dim=1))], dim=1)


def ends(inked: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The first and the last True of each row of [N, 28]; the far ends where there is none."""
    inked = inked.float()
    last = inked.shape[1] - 1
    return inked.argmax(dim=1).float(), last - inked.flip(1).argmax(dim=1).float()


def centre(profile: torch.Tensor) -> torch.Tensor:
    """The centre [N] of ink that lies along a line as `profile` [N, 28] says."""
    places = torch.arange(profile.shape[1], dtype=profile.dtype, device=profile.device)
    return profile @ places / profile.sum(dim=1).clamp_min(LITTLE)


def pen(images: torch.Tensor) -> torch.Tensor:
    """How much of the ink has each of SHADES, and how sharply it begins and ends, for each inked pixel."""
    inked = (images > SHADES[0]).sum(dim=(1, 2)) + 1  # [N]; 1 more, for the blank image
    shades = [((images > above) & (images <= up_to)).sum(dim=(1, 2)) for above, up_to in pairwise(SHADES)]
    curvature = functional.conv2d(images.unsqueeze(1), CURVATURE.to(images)[None, None], padding=1)
    changes = [images.diff(dim=2), images.diff(dim=1), curvature.squeeze(1)]
    sharpness = [part.sum(dim=(1, 2)) for change in changes for part in (change.abs(), change.square())]
    per_pixel = torch.stack([*shades, *sharpness], dim=1) / inked[:, None]
    size = torch.stack([inked / images[0].numel(), images.amax(dim=(1, 2))], dim=1)
    return torch.cat([per_pixel, size], dim=1)
