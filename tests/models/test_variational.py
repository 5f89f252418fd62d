"""The variational autoencoder: its divergence, its one source of chance, and its codes."""

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from ae_core.errors import ConfigError
from ae_core.models.build import build_model
from ae_core.models.config import PIXELS, ModelConfig
from ae_core.models.variational import kl

CONFIG = ModelConfig(architecture="variational", latent_dim=3, hidden=(16, 8), beta=0.5)
IMAGES = torch.rand(6, 28, 28, generator=torch.Generator().manual_seed(0))


def chance(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_the_divergence_is_pytorchs():
    mean, log_variance = torch.randn(2, 9, 4, generator=chance()).unbind()
    expected = kl_divergence(Normal(mean, (log_variance / 2).exp()), Normal(0.0, 1.0)).sum(dim=1)
    torch.testing.assert_close(kl(mean, log_variance), expected)
    assert kl(torch.zeros(1, 4), torch.zeros(1, 4)).item() == 0


def test_codes_are_means_and_the_same_each_time():
    model = build_model(CONFIG).eval()
    assert torch.equal(model.encode(IMAGES), model.distribution(IMAGES)[0])
    assert torch.equal(model.reconstruct(IMAGES), model.reconstruct(IMAGES))
    assert model.encode(IMAGES).shape == (6, 3)


def test_a_training_pass_draws_codes_from_its_generator_alone():
    model = build_model(CONFIG).eval()
    (first, term), (again, _), (other, same_term) = (
        model.training_pass(IMAGES, chance(seed)) for seed in (1, 1, 2)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(term, same_term)


def test_the_penalty_is_beta_times_the_divergence_per_pixel():
    model = build_model(CONFIG)
    assert model.penalty(torch.tensor(8.0)).item() == pytest.approx(0.5 * 8 / PIXELS)


def test_new_networks_begin_nearly_certain():
    _, log_variance = build_model(CONFIG).eval().distribution(IMAGES)
    assert log_variance.mean() < -3


def test_variances_stay_in_the_range_of_numbers():
    model = build_model(CONFIG)
    with torch.no_grad():
        model.encoder[-1].bias[3:] = 1000
    drawn, term = model.training_pass(IMAGES, chance())
    assert drawn.isfinite().all()
    assert term.isfinite()


@pytest.mark.parametrize("beta", [-0.1, 101, float("nan"), "1", True])
def test_an_impossible_beta_is_refused(beta):
    with pytest.raises(ConfigError, match="beta must be a number from 0 to 100"):
        ModelConfig(architecture="variational", beta=beta)
