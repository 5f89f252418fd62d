"""Some images and what a model makes of them: what every score is computed from, each part at most once."""

from collections.abc import Iterator
from functools import cached_property

import numpy as np
import torch
from torch import nn

from ae_core.models.inference import BATCH, batches
from ae_core.models.network import Network


class Pass:
    """One batch on its way through a model that is being evaluated.

    images: intensities 0 to 1, float32 [N, 28, 28], on the model's device.
    """

    def __init__(self, model: Network, images: torch.Tensor) -> None:
        self.model = model
        self.images = images

    @cached_property
    def codes(self) -> torch.Tensor:
        """[N, latent_dim]"""
        return self.model.encode(self.images)

    @cached_property
    def reconstructions(self) -> torch.Tensor:
        """[N, 28, 28]"""
        return self.model.decode(self.codes)

    @cached_property
    def pixels(self) -> torch.Tensor:
        """[N, 784]"""
        return self.images.flatten(1)

    @cached_property
    def squared_errors(self) -> torch.Tensor:
        """[N, 28, 28]"""
        return (self.reconstructions - self.images).square()

    @cached_property
    def ink(self) -> torch.Tensor:
        """Mean intensity [N]."""
        return self.images.mean(dim=(1, 2))

    @cached_property
    def path(self) -> list[torch.Tensor]:
        """What leaves each stage of the encoder, [N, width] a stage."""
        return encoder_path(self.model, self.images)

    @cached_property
    def path_differences(self) -> list[torch.Tensor]:
        """What the encoder sees differently in an image and in its reconstruction, [N, width] a stage."""
        again = encoder_path(self.model, self.reconstructions)
        return [first - second for first, second in zip(self.path, again, strict=True)]


def encoder_path(model: Network, images: torch.Tensor) -> list[torch.Tensor]:
    """The image, then what leaves each stage of the encoder, then the code; each [N, width].

    Of maps it is the mean of each map, and once more the whole of the last ones as they enter a linear layer.
    """
    path = [images.flatten(1)]
    encoder = getattr(model, "encoder", None)
    if isinstance(encoder, nn.Sequential):
        values = images.unsqueeze(1) if any(isinstance(each, nn.Conv2d) for each in encoder) else path[0]
        for place, module in enumerate(encoder):
            if place and isinstance(module, nn.Linear | nn.Conv2d | nn.Flatten) and values.ndim in (2, 4):
                path.append(values.mean(dim=(2, 3)) if values.ndim == 4 else values)
            values = module(values)
    return [*path, model.encode(images)]


def passes(model: Network, images: np.ndarray) -> Iterator[Pass]:
    """`images`, uint8 [N, 28, 28], in batches. The model must be in evaluation mode, without gradients."""
    for batch in batches(model, images):
        yield Pass(model, batch)


class Reference(Pass):
    """Some thousand normal digits as one pass, whose parts are computed in batches that keep memory small."""

    def __init__(self, model: Network, images: np.ndarray) -> None:
        super().__init__(model, torch.cat(list(batches(model, images))))

    @cached_property
    def codes(self) -> torch.Tensor:
        return torch.cat([part.codes for part in self.parts()])

    @cached_property
    def reconstructions(self) -> torch.Tensor:
        return torch.cat([part.reconstructions for part in self.parts()])

    @cached_property
    def path(self) -> list[torch.Tensor]:
        return [torch.cat(stage) for stage in zip(*(part.path for part in self.parts()), strict=True)]

    @cached_property
    def path_differences(self) -> list[torch.Tensor]:
        stages = zip(*(part.path_differences for part in self.parts()), strict=True)
        return [torch.cat(stage) for stage in stages]

    def parts(self) -> Iterator[Pass]:
        for part in self.images.split(BATCH):
            yield Pass(self.model, part)
