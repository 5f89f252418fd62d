"""Muon: what a step does to each direction of a matrix, whatever the gradient."""

import numpy as np
import pytest
import torch

from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.training.config import TrainConfig
from ae_core.training.loop import train
from ae_core.training.muon import REUSED, SCALE, Muon, inverse_root


def gradient(rows: int, columns: int, spread: float, seed: int = 0) -> torch.Tensor:
    """Singular values from 1 down to 1 / spread."""
    chance = torch.Generator().manual_seed(seed)
    small = min(rows, columns)
    left, _ = torch.linalg.qr(torch.randn(rows, small, generator=chance))
    right, _ = torch.linalg.qr(torch.randn(columns, small, generator=chance))
    return left @ torch.diag(torch.logspace(0, -np.log10(spread), small)) @ right.T


@pytest.mark.parametrize("spread", [1.0, 10.0, 100.0])
@pytest.mark.parametrize("size", [1e-12, 1.0, 1e6])
def test_the_root_makes_all_directions_nearly_alike(spread, size):
    given = size * gradient(24, 60, spread)
    values = torch.linalg.svdvals(inverse_root(given @ given.T) @ given)
    assert values.max() / values.min() < 4


def test_means_that_fade_become_zeros_and_never_subnormal():
    weight = torch.nn.Parameter(torch.zeros(4, 6))
    muon = Muon([weight], lr=0.1, betas=(0.5, 0.9))
    for _ in range(200):
        weight.grad = torch.zeros(4, 6)
        weight.grad[0, 0] = 1.0
        weight.grad[1:, 1:] = 0.0 if muon.state[weight] else 1e-3
        muon.step()
    mean = muon.state[weight]["mean"]
    assert not ((mean != 0) & (mean.abs() < torch.finfo(torch.float32).tiny)).any()


@pytest.mark.parametrize("shape", [(24, 60), (60, 24), (16, 4, 3, 3), (1, 8), (8, 1)])
def test_a_step_is_as_large_as_the_rate_says_and_points_downhill(shape):
    weight = torch.nn.Parameter(torch.zeros(shape))
    rows, columns = weight.flatten(1).shape
    weight.grad = 1e-3 * gradient(rows, columns, 10).reshape(shape)
    Muon([weight], lr=0.1).step()
    assert float(weight.detach().norm()) == pytest.approx(0.1 * SCALE * np.sqrt(rows * columns), rel=1e-4)
    assert float((weight.detach() * weight.grad).sum()) < 0


def test_vectors_go_as_with_adam():
    ours, adams = (torch.nn.Parameter(torch.ones(5)) for _ in range(2))
    muon, adam = Muon([ours], lr=0.1), torch.optim.Adam([adams], lr=0.1)
    for number in range(3):
        for weight, optimizer in ((ours, muon), (adams, adam)):
            weight.grad = torch.arange(5.0) - number
            optimizer.step()
    assert torch.equal(ours, adams)


@pytest.mark.parametrize("given", [torch.zeros(6, 9), torch.full((6, 9), 1e-30), torch.ones(6, 9)])
def test_a_gradient_of_nothing_or_of_one_direction_leaves_numbers(given):
    weight = torch.nn.Parameter(torch.ones(6, 9))
    muon = Muon([weight], lr=0.1)
    for _ in range(REUSED + 1):
        weight.grad = given.clone()
        muon.step()
    assert torch.isfinite(weight).all()
    assert bool((weight != 1).any()) == bool(given.max() > 1e-12)


def test_what_has_no_gradient_stays():
    still, moved = (torch.nn.Parameter(torch.ones(4, 4)) for _ in range(2))
    moved.grad = torch.eye(4)
    Muon([still, moved], lr=0.1).step()
    assert torch.equal(still, torch.ones(4, 4))
    assert not torch.equal(moved, torch.ones(4, 4))


@pytest.mark.parametrize("architecture", ["dense", "convolutional"])
def test_few_steps_go_further_than_with_adam(architecture, embedded):
    net = ModelConfig(architecture, latent_dim=16, hidden=(128, 64), channels=(8, 16))
    reached = {}
    for optimizer, rate in (("muon", 0.02), ("adam", 5e-3)):
        recipe = TrainConfig(epochs=3, batch_size=64, optimizer=optimizer, peak_learning_rate=rate)
        *_, last = train(build_model(net, 0), embedded, recipe, device="cpu")
        reached[optimizer] = last.validation_loss
    assert reached["muon"] < 0.9 * reached["adam"]
