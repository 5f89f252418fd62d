"""Noise of denoising autoencoders: each kind damages as much as it says, the same for a seed."""

import pytest
import torch

from ae_core.training.noise import NOISES, add_noise

KINDS = pytest.mark.parametrize("kind", NOISES)
IMAGES = torch.rand(64, 28, 28, generator=torch.Generator().manual_seed(1))


def chance(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@KINDS
@pytest.mark.parametrize("strength", [0.01, 0.4, 1.0])
def test_noise_keeps_shape_type_and_range_and_leaves_its_input_alone(kind, strength):
    before = IMAGES.clone()
    noisy = add_noise(IMAGES, kind, strength, chance())
    assert (noisy.shape, noisy.dtype) == (IMAGES.shape, IMAGES.dtype)
    assert noisy.min() >= 0
    assert noisy.max() <= 1
    assert torch.equal(IMAGES, before)


@KINDS
def test_strength_zero_is_the_identity(kind):
    assert torch.equal(add_noise(IMAGES, kind, 0, chance()), IMAGES)


@KINDS
def test_a_seed_means_the_same_noise_and_another_seed_another(kind):
    first, again, other = (add_noise(IMAGES, kind, 0.4, chance(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_gaussian_noise_has_the_asked_standard_deviation():
    grey = torch.full((200, 28, 28), 0.5)
    assert (add_noise(grey, "gaussian", 0.1, chance()) - grey).std().item() == pytest.approx(0.1, rel=0.02)


def test_salt_and_pepper_turns_the_asked_share_of_pixels_half_black_half_white():
    grey = torch.full((200, 28, 28), 0.5)
    noisy = add_noise(grey, "salt_and_pepper", 0.3, chance())
    for value in (0, 1):
        assert (noisy == value).float().mean().item() == pytest.approx(0.15, abs=0.01)
    assert (noisy == 0.5).float().mean().item() == pytest.approx(0.7, abs=0.01)


@pytest.mark.parametrize(("strength", "side"), [(0.25, 7), (0.5, 14), (1.0, 28)])
def test_masked_squares_cut_one_square_out_of_each_image_anywhere(strength, side):
    white = torch.ones(100, 28, 28)
    cut = add_noise(white, "masked_squares", strength, chance()) == 0
    assert cut.sum(dim=(1, 2)).tolist() == [side * side] * 100
    for axis in (1, 2):
        assert cut.any(dim=axis).sum(dim=1).tolist() == [side] * 100
    places = {tuple(each.nonzero()[0].tolist()) for each in cut}
    assert len(places) > 20 or side == 28
