"""The film of a run: the same digits every time, moments that stay or pass, and the files that hold them."""

import numpy as np
import pytest
import torch

from ae_core.data.digits import Digits, Split
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.inference import encode
from ae_core.runs.film import MAP_DIGITS, Film, map_digits
from ae_core.training.config import TrainConfig

TWO, FOUR = (ModelConfig(latent_dim=dim, hidden=(16,)) for dim in (2, 4))


@pytest.fixture
def shoot(store, few):
    """A film of an untrained network, on whose run nothing was recorded yet."""

    def shoot(net: ModelConfig = TWO) -> Film:
        run = store.create(net, TrainConfig(), dataset="embedded", fingerprint="f" * 16)
        return Film(run, build_model(net, seed=0), few)

    return shoot


def learn(film: Film) -> None:
    """Another network than before."""
    with torch.no_grad():
        for weights in film.model.parameters():
            weights.mul_(1.1)


def pairs(split: Split):
    return zip(split.images, split.labels, strict=True)


# -- the digits of the map


def test_the_map_has_fifty_digits_of_each_class(embedded):
    crowd = map_digits(embedded)
    assert np.bincount(crowd.labels).tolist() == [MAP_DIGITS] * 10
    of_the_test = {each.tobytes(): label for each, label in pairs(embedded.test)}
    assert all(of_the_test[image.tobytes()] == label for image, label in pairs(crowd))
    assert np.array_equal(map_digits(embedded).images, crowd.images)


def test_the_classes_take_turns_so_that_none_covers_the_others(embedded):
    labels = map_digits(embedded).labels
    assert labels[:20].tolist() == [*range(10), *range(10)]


def test_a_class_with_fewer_digits_gives_all_it_has(few):
    chosen = np.flatnonzero((few.test.labels != 3) | (np.cumsum(few.test.labels == 3) <= 4))
    test = Split(few.test.images[chosen], few.test.labels[chosen])
    crowd = map_digits(Digits("fewer", few.train, few.validation, test))
    assert sorted(crowd.labels) == sorted(test.labels)
    assert (crowd.labels == 3).sum() == 4


# -- moments


def test_a_film_begins_with_the_model_as_it_is_given(shoot):
    film = shoot()
    film.write()
    epochs, codes, labels = film.run.codes()
    assert film.run.film()[0].tolist() == epochs.tolist() == [0]
    assert np.array_equal(labels, film.crowd.labels)
    np.testing.assert_allclose(codes[0], encode(film.model, film.crowd.images), rtol=1e-3, atol=1e-6)


def test_moments_stay_if_kept_and_pass_if_not(shoot):
    film = shoot()
    for epoch, kept in ((0.5, False), (0.75, False), (1.0, True), (1.5, False), (2.0, False)):
        learn(film)
        (film.keep if kept else film.shoot)(epoch)
    film.write()
    assert film.run.film()[0].tolist() == film.run.codes()[0].tolist() == [0, 1, 2]
    np.testing.assert_allclose(
        film.run.codes()[1][-1], encode(film.model, film.crowd.images), rtol=1e-3, atol=1e-6
    )


def test_a_kept_moment_is_not_let_go_by_another_look_at_it(shoot):
    film = shoot()
    film.keep(1.0)
    for epoch in (1.0, 1.5):
        film.shoot(epoch)
    film.write()
    assert film.run.film()[0].tolist() == [0, 1, 1.5]


def test_a_code_of_more_numbers_has_no_map(shoot):
    film = shoot(FOUR)
    film.keep(1.0)
    film.write()
    assert film.run.film()[0].tolist() == [0, 1]
    assert "codes.npz" not in film.run.folder.names()


def test_nothing_is_written_twice(shoot, monkeypatch):
    film, written = shoot(), []
    monkeypatch.setattr(type(film.run.folder), "write", lambda _, name, __: written.append(name))
    for _ in range(3):
        film.write()
    assert written == ["film.npz", "codes.npz"]


@pytest.mark.parametrize("scale", [1e6, float("inf"), float("nan")])
def test_codes_of_a_network_that_diverges_are_numbers(shoot, scale):
    film = shoot()
    with torch.no_grad():
        film.model.encoder[-1].weight.mul_(scale)
    film.keep(1.0)
    film.write()
    assert np.isfinite(film.run.codes()[1]).all()


# -- going back


@pytest.fixture
def recorded(shoot) -> Film:
    """A film of three epochs and a half, in its run's files."""
    film = shoot()
    for epoch in (1.0, 2.0, 3.0):
        learn(film)
        film.keep(epoch)
    film.shoot(3.5)
    film.write()
    return film


def test_going_back_forgets_what_was_recorded_later(recorded, few):
    again = Film(recorded.run, recorded.model, few)
    again.go_back(2)
    again.write()
    epochs, codes, _ = again.run.codes()
    assert again.run.film()[0].tolist() == epochs.tolist() == [0, 1, 2]
    for epoch, moment in zip(epochs, codes, strict=True):
        assert np.array_equal(moment, recorded.codes[epoch])


@pytest.mark.parametrize(("lost", "kept"), [("film.npz", "codes.npz"), ("codes.npz", "film.npz")])
@pytest.mark.parametrize("data", [None, b"", b"garbage"])
def test_a_lost_file_begins_anew_and_the_other_goes_on(recorded, few, lost, kept, data):
    """A run from before there were maps has no codes; going on, it gets them."""
    if data is None:
        recorded.run.folder.remove(lost)
    else:
        recorded.run.folder.write(lost, data)
    again = Film(recorded.run, recorded.model, few)
    again.go_back(2)
    again.keep(3.0)
    again.write()
    epochs = {"film.npz": again.run.film()[0].tolist(), "codes.npz": again.run.codes()[0].tolist()}
    assert epochs == {lost: [0, 3], kept: [0, 1, 2, 3]}


def test_codes_of_other_digits_are_not_taken_up(recorded, few):
    run = recorded.run
    run.set_codes(np.arange(3.0), np.zeros((3, 7, 2), np.float16), np.zeros(7, np.uint8))
    again = Film(run, recorded.model, few)
    again.go_back(2)
    again.keep(3.0)
    again.write()
    assert run.codes()[0].tolist() == [0, 3]
    assert run.codes()[1].shape[1] == len(map_digits(few))
