"""Augmentation: half of a batch changes, a little, the same for a seed; the other half stays."""

import math

import pytest
import torch

from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.training.augmentation import MOVE, SLANT, STRETCH, TURN, augment, random_transforms
from ae_core.training.config import TrainConfig
from ae_core.training.loop import train


def chance(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def images(embedded):
    return torch.tensor(embedded.test.images[:64]).float() / 255


@pytest.mark.parametrize("strength", [0.1, 0.5, 1.0])
def test_one_half_changes_and_the_other_stays(images, strength):
    before = images.clone()
    changed = augment(images, strength, chance())
    assert (changed.shape, changed.dtype) == (images.shape, images.dtype)
    assert (changed[:32] != images[:32]).flatten(1).any(dim=1).all()
    assert torch.equal(changed[32:], images[32:])
    assert torch.equal(images, before)


def test_intensities_stay_in_range_though_the_interpolation_overshoots(images):
    changed = augment(images, 1.0, chance())
    assert changed.min() >= 0
    assert changed.max() <= 1


def test_strength_zero_is_the_identity_and_draws_nothing(images):
    generator = chance()
    assert augment(images, 0.0, generator) is images
    assert torch.equal(generator.get_state(), chance().get_state())


@pytest.mark.parametrize("count", [0, 1])
def test_a_batch_without_a_half_stays(images, count):
    assert torch.equal(augment(images[:count], 1.0, chance()), images[:count])


def test_a_seed_means_the_same_changes_and_another_seed_others(images):
    first, again, other = (augment(images, 0.7, chance(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_stronger_augmentation_takes_digits_further(images):
    weak, strong = (augment(images, strength, chance()) - images for strength in (0.2, 1.0))
    assert weak[:32].square().mean() < strong[:32].square().mean() / 2


def test_changes_stay_within_their_limits_and_use_them():
    matrices = random_transforms(20_000, 1.0, 28, chance())
    moves = matrices[:, :, 2] * 14  # pixels
    assert moves.abs().max() <= MOVE
    assert moves.abs().max() > 0.95 * MOVE
    sizes = matrices[:, :, 0].norm(dim=1)
    assert sizes.sub(1).abs().max() <= STRETCH + 1e-6
    turns = torch.atan2(matrices[:, 1, 0], matrices[:, 0, 0])
    assert turns.abs().max() <= TURN + 1e-6
    slants = matrices[:, 0, 1] + matrices[:, 1, 0]
    assert slants.abs().max() <= SLANT + 1e-6


def test_a_moved_digit_keeps_its_ink(images):
    changed = augment(images, 1.0, chance())[:32].mean(dim=(1, 2))
    assert torch.allclose(changed, images[:32].mean(dim=(1, 2)), rtol=0.3)  # sizes differ by 8 % a side


def test_a_network_learns_from_changed_digits(embedded):
    model = build_model(ModelConfig(hidden=(64,)), 0)
    epochs = list(train(model, embedded, TrainConfig(epochs=3, augmentation=1.0)))
    assert all(math.isfinite(epoch.train_loss) for epoch in epochs)
    assert epochs[-1].validation_loss < epochs[0].validation_loss
