"""A trained model at work: uint8 images in, NumPy arrays out, in batches that keep memory small."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

from ae_core.data.digits import check_images
from ae_core.errors import ImageShapeError
from ae_core.models.network import Network

BATCH = 2048  # large enough for full speed, small enough for 50 MB of intermediate values


def device_of(model: torch.nn.Module) -> torch.device:
    return next(model.parameters()).device


def intensities(images: np.ndarray | torch.Tensor, device: torch.device) -> torch.Tensor:
    """uint8 images as float32 from 0 to 1 on `device`."""
    if isinstance(images, np.ndarray):
        images = np.ascontiguousarray(images)  # PyTorch reads no array backwards
        images = torch.from_numpy(images) if images.flags.writeable else torch.tensor(images)
    return images.to(device).float().div_(255)


@contextmanager
def evaluating(model: torch.nn.Module) -> Iterator[None]:
    """The model in evaluation mode and without gradients; afterwards in the mode it had."""
    was_training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        model.train(was_training)


def batches(model: torch.nn.Module, images: np.ndarray | torch.Tensor) -> Iterator[torch.Tensor]:
    """Checked batches of `images` on the model's device, for a model that is being evaluated."""
    if isinstance(images, torch.Tensor):
        images = images.detach().cpu().numpy()
    check_images(images)
    for start in range(0, len(images), BATCH):
        yield intensities(images[start : start + BATCH], device_of(model))


def reconstruct(model: Network, images: np.ndarray | torch.Tensor) -> np.ndarray:
    """What the model makes of `images`.

    images: uint8 [N, 28, 28]. Returns float32 [N, 28, 28], intensities 0 to 1. Raises ImageShapeError.

    >>> from ae_core import load_digits, zoo
    >>> images = load_digits("embedded").test.images[:10]
    >>> reconstruct(zoo.load("dense-32"), images).shape
    (10, 28, 28)
    """
    with evaluating(model):
        return np.concatenate([model.reconstruct(batch).cpu().numpy() for batch in batches(model, images)])


def encode(model: Network, images: np.ndarray | torch.Tensor) -> np.ndarray:
    """The codes of `images` (uint8 [N, 28, 28]), float32 [N, latent_dim]. Raises ImageShapeError.

    >>> from ae_core import load_digits, zoo
    >>> encode(zoo.load("dense-32"), load_digits("embedded").test.images[:10]).shape
    (10, 32)
    """
    with evaluating(model):
        return np.concatenate([model.encode(batch).cpu().numpy() for batch in batches(model, images)])


def decode(model: Network, codes: np.ndarray) -> np.ndarray:
    """Images float32 [N, 28, 28], intensities 0 to 1, of `codes` [N, latent_dim]. Raises ImageShapeError."""
    latent_dim = model.config.latent_dim
    if codes.ndim != 2 or codes.shape[1] != latent_dim:
        raise ImageShapeError(f"Codes must have the shape [N, {latent_dim}], got {codes.shape}.")
    with evaluating(model):
        values = torch.from_numpy(np.asarray(codes, np.float32)).to(device_of(model))
        return model.decode(values).cpu().numpy()


def reconstruction_errors(model: Network, images: np.ndarray | torch.Tensor) -> np.ndarray:
    """Per-image mean squared error between `images` and their reconstructions.

    images: uint8 [N, 28, 28]. Returns float32 [N], squared intensity on 0 to 1. Raises ImageShapeError.
    This is the anomaly score of the reference notebook.

    >>> from ae_core import load_digits, zoo
    >>> images = load_digits("embedded").test.images
    >>> errors = reconstruction_errors(zoo.load("dense-32"), images)
    >>> errors.shape, bool(errors.mean() < 0.005)
    ((1000,), True)
    """
    with evaluating(model):
        errors = [
            (model.reconstruct(batch) - batch).square().mean(dim=(1, 2)) for batch in batches(model, images)
        ]
        return torch.cat(errors).cpu().numpy()
