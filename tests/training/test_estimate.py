"""The estimate of a training's time: real steps counted, scaled to the whole recipe."""

import pytest

from ae_core.models.config import ModelConfig
from ae_core.training import estimate
from ae_core.training.config import TrainConfig

NET = ModelConfig(latent_dim=2, hidden=(8,))


@pytest.fixture
def timed(monkeypatch):
    """The batch sizes of the steps that were timed; each takes a millisecond for each of its images,
    one of them three and one half of it."""
    timed = []

    def step_seconds(_model, train, _budget=0):
        timed.append(train.batch_size)
        return [3e-3 * train.batch_size, 1e-3 * train.batch_size, 0.5e-3 * train.batch_size]

    monkeypatch.setattr(estimate, "step_seconds", step_seconds)
    monkeypatch.setattr(estimate, "timed_steps", step_seconds)
    return timed


@pytest.mark.parametrize(("digits", "batch_size"), [(3200, 256), (3200, 100), (48_000, 1024), (3200, 2)])
def test_it_is_steps_times_a_step(timed, digits, batch_size):
    seconds = estimate.estimate_seconds(NET, TrainConfig(epochs=7, batch_size=batch_size), digits)
    assert timed == [batch_size]
    assert seconds == pytest.approx(7 * -(-digits // batch_size) * batch_size * 1e-3)


@pytest.mark.usefixtures("timed")
def test_the_least_is_by_the_fastest_step():
    recipe = TrainConfig(epochs=2)
    assert estimate.least_seconds(NET, recipe, 3200) == pytest.approx(
        estimate.estimate_seconds(NET, recipe, 3200) / 2
    )


def test_a_batch_larger_than_the_data_set_is_all_of_it(timed):
    small, large = (
        estimate.estimate_seconds(NET, TrainConfig(epochs=1, batch_size=size), 320) for size in (320, 60_000)
    )
    assert small == large
    assert timed == [320, 320]


def test_large_batches_are_scaled_up_from_smaller_ones(timed):
    seconds = estimate.estimate_seconds(NET, TrainConfig(epochs=1, batch_size=48_000), 48_000)
    assert timed == [estimate.MOST_IMAGES]
    assert seconds == pytest.approx(48.0)


def test_a_step_is_timed_once_for_each_configuration_until_it_is_old(monkeypatch):
    built, now = [], [1000.0]
    monkeypatch.setattr(estimate.time, "monotonic", lambda: now[0])
    build = estimate.build_model
    monkeypatch.setattr(estimate, "build_model", lambda config: built.append(config) or build(config))
    monkeypatch.setattr(estimate, "BUDGET_SECONDS", 0)
    estimate.kept_steps.cache_clear()
    recipe = TrainConfig(batch_size=64, seed=12345)
    first = estimate.step_seconds(NET, recipe)
    assert min(first) > 0
    assert estimate.step_seconds(NET, recipe) == first
    assert len(built) == 1
    estimate.step_seconds(NET, recipe.with_changes(batch_size=32))
    assert len(built) == 2
    now[0] += estimate.KEPT_SECONDS
    estimate.step_seconds(NET, recipe)
    assert len(built) == 3


@pytest.mark.parametrize(
    "change", [{"batch_size": 2}, {"loss": "bce"}, {"denoising": 0.5}, {"optimizer": "sgd"}]
)
def test_every_recipe_can_be_timed(monkeypatch, change):
    monkeypatch.setattr(estimate, "BUDGET_SECONDS", 0)
    assert estimate.estimate_seconds(NET, TrainConfig(**change), 3200) > 0


def test_a_training_of_more_steps_takes_longer(monkeypatch):
    monkeypatch.setattr(estimate, "BUDGET_SECONDS", 0)
    one, ten = (estimate.estimate_seconds(NET, TrainConfig(epochs=epochs), 3200) for epochs in (1, 10))
    assert ten == pytest.approx(10 * one)
