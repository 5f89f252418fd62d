"""Inside the code: components, maps, interpolations and neighbours, each against what it must be."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from ae_core import zoo
from ae_core.errors import ConfigError
from ae_core.latent.geometry import (
    NearestCodeDistance,
    PrincipalAxes,
    linear_accuracy,
    map_of,
    nearest_distance,
    neighbour_accuracy,
    plane,
    walk,
)
from ae_core.models.inference import decode, encode

CODES = np.random.default_rng(0).normal(size=(400, 6)).astype(np.float32) * [5, 3, 2, 1, 1, 1] + 7


def test_directions_are_those_of_pca():
    theirs = PCA(6).fit(CODES)
    found = PrincipalAxes.of(CODES)
    np.testing.assert_allclose(found.share, theirs.explained_variance_ratio_, rtol=1e-4)
    np.testing.assert_allclose(np.abs((found.axes * theirs.components_).sum(axis=1)), 1, atol=1e-4)


def test_places_and_codes_are_there_and_back():
    found = PrincipalAxes.of(CODES)
    np.testing.assert_allclose(found.codes(found.places(CODES)), CODES, atol=1e-4)


def test_real_codes_lie_within_the_range_but_for_one_in_a_hundred_at_each_end():
    found = PrincipalAxes.of(CODES)
    places = found.places(CODES)
    assert ((places < found.low).mean(axis=0) <= 0.011).all()
    assert ((places > found.high).mean(axis=0) <= 0.011).all()


def test_no_more_directions_than_asked_for_and_than_there_are():
    assert PrincipalAxes.of(np.random.default_rng(1).normal(size=(99, 40))).axes.shape == (16, 40)
    assert PrincipalAxes.of(CODES[:, :1]).axes.shape == (1, 1)


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_codes_are_refused(count):
    with pytest.raises(ConfigError, match=f"at least 2 codes, got {count}"):
        PrincipalAxes.of(CODES[:count])


def test_codes_that_are_all_alike_have_directions_without_extent():
    found = PrincipalAxes.of(np.ones((5, 3), np.float32))
    assert np.isfinite(found.share).all()
    assert (found.low == found.high).all()


def test_two_numbers_are_their_own_map_and_more_are_projected():
    two = CODES[:, :2]
    assert map_of(two, PrincipalAxes.of(two)) is two
    found = PrincipalAxes.of(CODES)
    np.testing.assert_allclose(map_of(CODES, found), found.places(CODES)[:, :2])
    one = CODES[:, :1]
    assert (map_of(one, PrincipalAxes.of(one))[:, 1] == 0).all()


def test_the_plane_is_decoded_where_it_says():
    model = zoo.load("dense-2")
    low, high = np.array([-3.0, -1.0]), np.array([5.0, 2.0])
    images = plane(model, low, high, 7)
    assert images.shape == (49, 28, 28)
    corners = {0: (-3, 2), 6: (5, 2), 42: (-3, -1), 48: (5, -1), 24: (1, 0.5)}
    for number, code in corners.items():
        np.testing.assert_allclose(images[number], decode(model, np.array([code]))[0], atol=1e-5)


def test_a_walk_begins_and_ends_where_it_should_in_even_steps():
    steps = walk(CODES[0], CODES[1], 5)
    np.testing.assert_allclose(steps[[0, -1]], CODES[:2], rtol=1e-6)
    np.testing.assert_allclose(
        np.diff(steps, axis=0), np.broadcast_to((CODES[1] - CODES[0]) / 4, (4, 6)), rtol=1e-3, atol=1e-4
    )
    assert walk(np.zeros((28, 28)), np.ones((28, 28)), 3)[1].mean() == 0.5


def test_real_codes_are_near_and_a_far_place_is_far():
    around = NearestCodeDistance.of(CODES)
    distances = np.array([nearest_distance(CODES, code, skip=True) for code in CODES])
    assert (distances <= around.usual).mean() == pytest.approx(0.95, abs=0.01)
    assert around.distance(CODES[3]) == 0
    assert around.distance(CODES.mean(axis=0) + 1000) > 100 * around.usual


def test_neighbours_of_the_code_know_the_class(embedded):
    model = zoo.load("dense-32")
    codes, test_codes = encode(model, embedded.train.images), encode(model, embedded.test.images)
    accuracy = neighbour_accuracy(codes, embedded.train.labels, test_codes, embedded.test.labels)
    assert 0.9 < accuracy < 1
    shuffled = np.random.default_rng(0).permutation(embedded.train.labels)
    assert neighbour_accuracy(codes, shuffled, test_codes, embedded.test.labels) < 0.2


def test_a_linear_probe_parts_what_flat_cuts_can_part_and_not_more():
    labels = np.arange(400) % 2
    apart = CODES + 40 * labels[:, None]
    assert linear_accuracy(apart, labels, apart, labels) == 1
    ring = np.random.default_rng(0).normal(size=(400, 2)).astype(np.float32)
    ring[labels == 1] *= (8 + np.arange(200)[:, None] % 3) / np.linalg.norm(ring[labels == 1], axis=1)[
        :, None
    ]
    assert linear_accuracy(ring, labels, ring, labels) < 0.8  # one class all around the other
    assert neighbour_accuracy(ring, labels, ring, labels) > 0.95


@pytest.mark.parametrize("scale", [1e-4, 1e4])
def test_a_linear_probe_does_not_mind_the_scale_of_codes(embedded, scale):
    model = zoo.load("dense-8")
    known = [encode(model, split.images) for split in (embedded.train, embedded.test)]
    labels = embedded.train.labels, embedded.test.labels
    plain = linear_accuracy(known[0], labels[0], known[1], labels[1])
    assert 0.6 < plain < 1
    scaled = linear_accuracy(known[0] * scale, labels[0], known[1] * scale, labels[1])
    assert scaled == pytest.approx(plain, abs=0.005)


def test_codes_that_are_all_alike_tell_no_class():
    codes, labels = np.ones((400, 3), np.float32), np.arange(400) % 10
    assert linear_accuracy(codes, labels, codes, labels) == pytest.approx(0.1)
