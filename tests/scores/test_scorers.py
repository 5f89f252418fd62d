"""The measures one by one, against what their formulas say."""

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist, mahalanobis

from ae_core.models.inference import evaluating
from ae_core.scores import scorers
from ae_core.scores.passes import Pass, Reference, encoder_path


@pytest.fixture(scope="module")
def normal(dense, embedded):
    with evaluating(dense):
        yield Reference(dense, embedded.train.images[:500])


@pytest.fixture(scope="module")
def seen(dense, embedded):
    with evaluating(dense):
        yield Pass(dense, torch.tensor(embedded.test.images[::25]).float() / 255)


def test_error_per_ink_of_a_thin_and_a_bold_copy_with_the_same_share_wrong_is_alike(seen):
    per_ink = scorers.ErrorPerInk.fit(seen)(seen)
    assert torch.allclose(per_ink, scorers.mse(seen) / (seen.ink + scorers.INK))


def test_the_largest_local_error_is_no_smaller_than_the_mean_and_finds_a_single_spot(seen):
    assert (scorers.largest_local_error(seen) >= scorers.mse(seen) * 0.9).all()
    spot = Pass(seen.model, seen.images.clone())
    spot.squared_errors = torch.zeros_like(seen.images)
    spot.squared_errors[:, 10:15, 3:8] = 1
    assert torch.allclose(scorers.largest_local_error(spot), torch.ones(len(seen.images)))


def test_neighbour_distance_is_the_mean_over_the_nearest(normal, seen):
    expected = np.sort(cdist(seen.codes, normal.codes), axis=1)[:, : scorers.NEIGHBOURS].mean(axis=1)
    assert np.allclose(scorers.NeighbourDistance.fit(normal)(seen), expected, rtol=1e-3)


def test_fewer_known_codes_than_neighbours_are_all_asked(normal, seen):
    few = normal.codes[:2]
    assert torch.allclose(
        scorers.mean_distance(seen.codes, few), torch.cdist(seen.codes, few).mean(dim=1), rtol=1e-4
    )


def test_mahalanobis_is_scipy_s(normal, seen):
    codes = normal.codes.double().numpy()
    inverse = np.linalg.inv(np.cov(codes.T))
    expected = [mahalanobis(code, codes.mean(axis=0), inverse) ** 2 for code in seen.codes.double().numpy()]
    assert np.allclose(scorers.Mahalanobis.fit(normal)(seen), expected, rtol=1e-4)


def test_whitened_values_have_variance_one_in_every_direction_that_is_used():
    values = torch.randn(400, 3, generator=torch.Generator().manual_seed(0)) @ torch.diag(
        torch.tensor([5.0, 1.0, 0.0])
    )
    mean, whiten = scorers.whitening(values)
    white = (values.double() - mean) @ whiten
    assert white.shape[1] == 2
    assert torch.allclose(torch.cov(white.T), torch.eye(2, dtype=torch.float64), atol=1e-6)


def test_hidden_paths_of_a_perfect_reconstruction_do_not_differ(seen):
    perfect = Pass(seen.model, seen.images)
    perfect.reconstructions = seen.images
    assert scorers.Sap.fit(perfect)(perfect).abs().max() == 0


def test_the_hidden_path_begins_with_the_pixels_and_ends_with_the_code(dense, embedded):
    images = torch.tensor(embedded.test.images[:4]).float() / 255
    with evaluating(dense):
        path = encoder_path(dense, images)
        assert [stage.shape[1] for stage in path] == [784, 64, 32, 8]
        assert torch.equal(path[0], images.flatten(1))
        assert torch.equal(path[-1], dense.encode(images))


def test_the_hidden_path_of_maps_is_the_mean_of_each(models, embedded):
    images = torch.tensor(embedded.test.images[:4]).float() / 255
    with evaluating(models["convolutional"]):
        path = encoder_path(models["convolutional"], images)
    assert [stage.shape[1] for stage in path] == [784, 4, 8, 8 * 7 * 7, 8]


def test_the_pca_residual_falls_to_nothing_with_all_components(normal, seen):
    all_of_them = Pass(normal.model, normal.images)
    all_of_them.codes = torch.zeros(len(normal.images), 784)
    assert scorers.PcaResidual.fit(all_of_them)(seen).abs().max() < 1e-4
    assert scorers.PcaResidual.fit(normal)(seen).min() > 1e-3


def test_the_nearest_picture_of_a_known_one_is_itself(normal):
    known = Pass(normal.model, normal.images[:20])
    assert scorers.PixelNeighbour.fit(normal)(known).max() < 0.02


def test_the_negative_elbo_is_the_loss_it_is_trained_on(models, embedded):
    model = models["variational"]
    with evaluating(model):
        passed = Pass(model, torch.tensor(embedded.test.images[:6]).float() / 255)
        elbo = scorers.NegativeElbo()(passed)
        assert (elbo > scorers.mse(passed)).all()
        mean, log_variance = model.distribution(passed.images)
        cloud = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(dim=1)
        assert torch.allclose(elbo, scorers.mse(passed) + model.penalty(cloud))


def test_the_local_outlier_factor_is_about_one_in_a_crowd_of_any_density_and_large_outside(normal, seen):
    generator = torch.Generator().manual_seed(0)
    dense_crowd = torch.randn(400, 8, generator=generator) * 0.1
    loose_crowd = torch.randn(400, 8, generator=generator) * 5 + 100
    known = Pass(normal.model, normal.images[:1])
    known.path = [torch.cat([dense_crowd, loose_crowd])]
    factor = scorers.LocalOutlierFactor.fit(known)
    inside = Pass(seen.model, seen.images)
    inside.path = [
        torch.cat(
            [torch.randn(50, 8, generator=generator) * 0.1, torch.randn(50, 8, generator=generator) * 5 + 100]
        )
    ]
    values = factor(inside)
    assert values[:50].median() == pytest.approx(1, abs=0.2)
    assert values[50:].median() == pytest.approx(1, abs=0.2)
    beside = Pass(seen.model, seen.images)
    beside.path = [torch.full((1, 8), 3.0)]  # nearer to the dense crowd than the loose crowd's own are
    assert factor(beside).item() > 10


def test_known_images_that_are_all_alike_divide_by_nothing(normal, seen):
    alike = Pass(normal.model, normal.images[:1].expand(30, 28, 28))
    assert torch.isfinite(scorers.LocalOutlierFactor.fit(alike)(seen)).all()
