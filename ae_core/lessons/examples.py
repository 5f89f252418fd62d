"""Digits that lessons show, the same for everybody, and what is done to them."""

from collections.abc import Iterable

import numpy as np
import torch

from ae_core.data.digits import Digits
from ae_core.models.inference import intensities
from ae_core.training.noise import add_noise


def first_of(digits: Digits, digit: int) -> np.ndarray:
    """The first test digit of a class, uint8 [28, 28]."""
    return digits.test.images[place_of(digits, digit)]


def place_of(digits: Digits, digit: int) -> int:
    """Where it stands among the test digits."""
    return int(np.argmax(digits.test.labels == digit))


def examples(digits: Digits, classes: Iterable[int]) -> np.ndarray:
    """The first test digit of each of these classes, uint8 [N, 28, 28]."""
    return np.stack([first_of(digits, each) for each in classes])


def damaged(images: np.ndarray, noise: str, strength: float) -> np.ndarray:
    """Images uint8 [N, 28, 28] with a denoising autoencoder's noise; always the same."""
    clean = intensities(images, torch.device("cpu"))
    noisy = add_noise(clean, noise, strength, torch.Generator().manual_seed(0))
    return (noisy * 255).round().to(torch.uint8).numpy()
