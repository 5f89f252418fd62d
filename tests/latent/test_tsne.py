"""t-SNE maps: what they keep near, what they refuse, and where a new code belongs."""

import itertools

import numpy as np
import pytest

from ae_core import zoo
from ae_core.errors import ConfigError
from ae_core.latent.descent import centred
from ae_core.latent.tsne import EVERY, ProjectionConfig, Step, fingerprint, fit, place
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.linear_baseline import LinearBaseline

QUICK = ProjectionConfig(perplexity=10, iterations=150)
CHANCE = np.random.default_rng(0)
LABELS = np.arange(150) % 3
CODES = (CHANCE.normal(size=(150, 6)) + 12 * np.eye(6)[LABELS]).astype(np.float32)  # three heaps


def last(steps) -> Step:
    *_, step = steps
    return step


@pytest.fixture(scope="module")
def places() -> np.ndarray:
    return last(fit(CODES, QUICK)).places


def nearest_label(places: np.ndarray, point: np.ndarray) -> int:
    return LABELS[np.linalg.norm(places - point, axis=1).argmin()]


def test_the_map_comes_in_steps_up_to_the_last_iteration():
    iterations = [step.iteration for step in fit(CODES, QUICK)]
    assert iterations == list(range(EVERY, QUICK.all_iterations + 1, EVERY))


def test_what_is_no_multiple_of_a_step_is_still_done():
    assert last(fit(CODES, ProjectionConfig(perplexity=10, iterations=30))).iteration == 280


def test_codes_that_are_near_stay_near(places):
    assert places.shape == (150, 2)
    assert np.isfinite(places).all()
    between = np.linalg.norm(places[:, None] - places, axis=2)
    np.fill_diagonal(between, np.inf)
    assert (LABELS[between.argmin(axis=1)] == LABELS).all()


def test_the_map_lies_about_its_middle(places):
    np.testing.assert_allclose(places.max(axis=0), -places.min(axis=0), rtol=1e-4)


def test_the_same_seed_makes_the_same_map(places):
    np.testing.assert_array_equal(last(fit(CODES, QUICK)).places, places)


def test_whoever_has_seen_enough_may_stop():
    first, second = itertools.islice(fit(CODES, QUICK), 2)
    assert (first.iteration, second.iteration) == (EVERY, 2 * EVERY)
    assert not np.array_equal(first.places, second.places)


def test_codes_of_one_number_open_to_a_plane():
    places = last(fit(CODES[:, :1], QUICK)).places
    assert (np.ptp(places, axis=0) > 1).all()


def test_equal_codes_among_others_do_no_harm():
    codes = np.repeat(CODES[:50], 3, axis=0)
    assert np.isfinite(last(fit(codes, QUICK)).places).all()


# -- what is refused, before anything is computed


@pytest.mark.parametrize(("count", "hint"), [(30, "perplexity of at most 9.67"), (5, "take more digits.")])
def test_fewer_codes_than_the_perplexity_needs_are_refused(count, hint):
    with pytest.raises(ConfigError, match=f"perplexity of 10 needs at least 31 codes, got {count}.*{hint}"):
        fit(CODES[:count], QUICK)


def test_as_many_codes_as_it_needs_are_enough():
    assert last(fit(CODES[:31], QUICK)).places.shape == (31, 2)


def test_codes_that_are_all_alike_have_no_map():
    with pytest.raises(ConfigError, match="All codes are the same"):
        fit(np.ones((150, 4), np.float32), QUICK)


def test_codes_that_are_no_numbers_have_no_map():
    with pytest.raises(ConfigError, match="not finite"):
        fit(np.where(CODES > 12, np.nan, CODES), QUICK)


@pytest.mark.parametrize("values", [{"perplexity": 0}, {"perplexity": 1e6}, {"iterations": 1}, {"seed": -1}])
def test_impossible_settings_are_named(values):
    with pytest.raises(ConfigError, match=next(iter(values))):
        ProjectionConfig(**values)


# -- new codes on a finished map


def test_a_code_of_the_map_gets_its_own_place_again(places):
    size = np.ptp(places, axis=0).max()
    for number in range(10):
        (found,) = place(CODES, places, CODES[number : number + 1])
        assert np.linalg.norm(found - places[number]) < 0.05 * size


def test_a_new_code_goes_to_those_it_is_near_to(places):
    new = (CHANCE.normal(size=(30, 6)) + 12 * np.eye(6)[np.arange(30) % 3]).astype(np.float32)
    found = place(CODES, places, new)
    assert [nearest_label(places, point) for point in found] == [number % 3 for number in range(30)]


def test_the_map_stays_as_it_is_when_a_code_is_added(places):
    before = places.copy()
    place(CODES, places, CODES[:1] + 1)
    np.testing.assert_array_equal(places, before)


def test_a_map_is_where_openTSNE_would_move_it(places):  # noqa: N802
    np.testing.assert_allclose(centred(places.astype(float) + 40), places, atol=1e-5)


# -- what a map is known by


def test_the_fingerprint_is_that_of_weights_digits_and_settings(embedded):
    model, digits = zoo.load("dense-2"), embedded.fingerprint
    known = fingerprint(model, digits)
    assert known == fingerprint(zoo.load("dense-2"), digits)
    changed = zoo.load("dense-2")
    next(changed.parameters()).data[0, 0] += 1e-6
    bent = build_model(ModelConfig(latent_dim=2, activation="gelu"))
    bent.load_state_dict(model.state_dict())  # the same weights in another kind of network
    others = [
        fingerprint(changed, digits),
        fingerprint(bent, digits),
        fingerprint(model, "0" * 16),
        fingerprint(model, digits, ProjectionConfig(perplexity=31)),
        fingerprint(LinearBaseline.fit(embedded, 2), digits),
    ]
    assert len({known, *others}) == 6
