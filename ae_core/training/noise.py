"""Noise for denoising autoencoders (Vincent et al., ICML 2008): a damaged input, a clean target."""

from collections.abc import Callable

import torch

Noise = Callable[[torch.Tensor, float, torch.Generator], torch.Tensor]


def gaussian(images: torch.Tensor, strength: float, generator: torch.Generator) -> torch.Tensor:
    """strength: the standard deviation, on intensities 0 to 1."""
    noise = torch.randn(images.shape, generator=generator).to(images.device)
    return (images + strength * noise).clamp(0, 1)


def salt_and_pepper(images: torch.Tensor, strength: float, generator: torch.Generator) -> torch.Tensor:
    """strength: the share of pixels that become black or white, half of them each."""
    chance = torch.rand(images.shape, generator=generator).to(images.device)
    return images.where(chance >= strength, (chance < strength / 2).to(images.dtype))


def masked_squares(images: torch.Tensor, strength: float, generator: torch.Generator) -> torch.Tensor:
    """strength: the side of a black square somewhere in each image, as a share of the image's side."""
    count, height, width = images.shape
    side = round(strength * height)
    top, left = (
        torch.randint(0, length - side + 1, (count, 1), generator=generator).to(images.device)
        for length in (height, width)
    )
    rows, columns = torch.arange(height, device=images.device), torch.arange(width, device=images.device)
    in_rows, in_columns = (rows >= top) & (rows < top + side), (columns >= left) & (columns < left + side)
    return images.masked_fill(in_rows[:, :, None] & in_columns[:, None, :], 0)


NOISES: dict[str, Noise] = {
    "gaussian": gaussian,
    "salt_and_pepper": salt_and_pepper,
    "masked_squares": masked_squares,
}


def add_noise(images: torch.Tensor, kind: str, strength: float, generator: torch.Generator) -> torch.Tensor:
    """Images [N, H, W] with intensities 0 to 1, damaged; themselves where the strength is 0.

    generator: on the CPU, whatever the images' device, so that a seed means the same noise everywhere.
    """
    return NOISES[kind](images, strength, generator) if strength else images
