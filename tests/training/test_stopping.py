"""A training that stops by itself: when, why, and in the same bits however often it is interrupted."""

import pytest

from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.weights import read_tensors, write_tensors
from ae_core.training.config import STOPPING, TrainConfig
from ae_core.training.loop import Training, train
from ae_core.training.stopping import why_stopped

NET = ModelConfig(latent_dim=4, hidden=(16,))
RECIPE = TrainConfig(epochs=30, batch_size=64, precision="fp32", peak_learning_rate=5e-3, optimizer="adam")


@pytest.mark.parametrize(
    ("losses", "stops"),
    [
        ([], False),
        ([0.3, 0.2, 0.1], False),
        ([0.1, 0.2], False),
        ([0.1, 0.2, 0.2], True),
        ([0.1, 0.1, 0.1], True),  # to come to the same is no fall
        ([0.1, 0.2, 0.05, 0.06], False),
    ],
)
def test_patience_counts_epochs_since_the_lowest_loss(losses, stops):
    told = why_stopped(TrainConfig(patience=2), losses, 1e9)
    assert bool(told) == stops
    assert not stops or "for 2 epochs: its lowest, 0.100, was after epoch 1" in told


def test_without_being_asked_it_never_stops():
    assert why_stopped(TrainConfig(), [0.0, 1.0, 1.0], 1e9) == ""


def test_it_stops_at_the_first_epoch_with_the_error_wanted(few):
    losses = [each.validation_loss for each in train(build_model(NET), few, RECIPE, device="cpu")]
    wanted = sorted(losses)[15]
    recipe = RECIPE.with_changes(target_error=wanted)
    stopped = [each.validation_loss for each in train(build_model(NET), few, recipe, device="cpu")]
    assert stopped == losses[: len(stopped)]
    assert stopped[-1] <= wanted < min(stopped[:-1])


def test_it_stops_after_the_epoch_in_which_the_time_is_over(few):
    (only,) = train(build_model(NET), few, RECIPE.with_changes(time_limit=1e-9), device="cpu")
    assert only.number == 1


def test_restored_at_any_epoch_it_stops_where_it_would_have(few):
    recipe = RECIPE.with_changes(patience=1, peak_learning_rate=0.3, schedule="constant")
    undisturbed = Training(build_model(NET), few, recipe, device="cpu")
    numbers = [each.number for each in undisturbed.run()]
    assert 1 < len(numbers) < recipe.epochs
    training, found = Training(build_model(NET), few, recipe, device="cpu"), []
    while not training.is_over:
        found.append(next(training.run()).number)
        saved = write_tensors(training.state())
        training = Training(build_model(NET, seed=9), few, recipe, device="cpu")
        training.restore(read_tensors(saved))
    assert found == numbers
    assert training.why_stopped() == undisturbed.why_stopped()


def test_a_recipe_that_never_stops_by_itself_is_the_one_from_before():
    assert TrainConfig().decisive().keys().isdisjoint(STOPPING)
    assert TrainConfig(patience=3).decisive()["patience"] == 3
