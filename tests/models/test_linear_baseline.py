"""PCA as a model: exact, orthonormal, and the best that a linear code can do."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from ae_core.errors import ConfigError
from ae_core.models.inference import decode, encode, reconstruct, reconstruction_errors
from ae_core.models.linear_baseline import LinearBaseline

MEASURED = {2: 0.05567, 4: 0.04790, 8: 0.03744, 16: 0.02686, 32: 0.01683, 64: 0.00905, 128: 0.00421}


def test_it_reconstructs_as_scikit_learns_pca_does(few):
    theirs = PCA(8, svd_solver="full").fit(few.train.images.reshape(-1, 784) / 255)
    flat = few.test.images.reshape(-1, 784) / 255
    expected = theirs.inverse_transform(theirs.transform(flat)).reshape(-1, 28, 28)
    np.testing.assert_allclose(reconstruct(LinearBaseline.fit(few, 8), few.test.images), expected, atol=2e-5)


def test_components_are_orthonormal_and_do_not_depend_on_how_many_are_asked_for(few):
    large = LinearBaseline.fit(few, 64).components
    torch.testing.assert_close(large @ large.T, torch.eye(64), atol=1e-5, rtol=0)
    torch.testing.assert_close(LinearBaseline.fit(few, 8).components, large[:8])


def test_it_is_a_model_like_any_other(few):
    model = LinearBaseline.fit(few, 5)
    codes = encode(model, few.test.images)
    assert codes.shape == (100, 5)
    assert model.config.latent_dim == 5
    assert not model.training
    np.testing.assert_allclose(decode(model, codes), reconstruct(model, few.test.images), atol=1e-6)


def test_more_components_never_fit_worse_and_all_of_them_fit_exactly(few):
    errors = [
        reconstruction_errors(LinearBaseline.fit(few, dim), few.train.images).mean()
        for dim in (1, 8, 64, 784)
    ]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 1e-8


def test_no_other_linear_code_does_better(few):
    """A random subspace, and the best one turned a little, both reconstruct the training digits worse."""
    best = LinearBaseline.fit(few, 8)
    least = reconstruction_errors(best, few.train.images).mean()
    chance = torch.Generator().manual_seed(0)
    for amount in (0.05, 100):
        noise = amount * torch.randn(best.components.shape, generator=chance)
        turned = torch.linalg.qr((best.components + noise).T)[0].T.contiguous()
        other = LinearBaseline(best.mean.clone(), turned)
        assert reconstruction_errors(other, few.train.images).mean() > least


@pytest.mark.parametrize("latent_dim", [0, -1, 785, 2.0, "8", None])
def test_impossible_sizes_are_refused(few, latent_dim):
    with pytest.raises(ConfigError, match="latent_dim must be a whole number from 1 to 784"):
        LinearBaseline.fit(few, latent_dim)


@pytest.mark.full_mnist
@pytest.mark.parametrize("latent_dim", MEASURED)
def test_its_test_error_on_full_mnist_is_the_measured_one(mnist, latent_dim):
    errors = reconstruction_errors(LinearBaseline.fit(mnist, latent_dim), mnist.test.images)
    assert errors.mean(dtype=float) == pytest.approx(MEASURED[latent_dim], rel=2e-3)
