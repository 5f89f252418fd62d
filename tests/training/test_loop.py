"""Training: the same seed gives the same bits, halted or not; a broken loss never costs a good epoch."""

import math
import random
import warnings
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ae_core.data.digits import Digits, Split
from ae_core.errors import ConfigError, DivergedError
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.inference import encode, reconstruct, reconstruction_errors
from ae_core.models.weights import read_tensors, write_tensors
from ae_core.training import loop
from ae_core.training.config import TrainConfig
from ae_core.training.loop import Training, batch_bounds, train
from ae_core.training.optimizers import build_optimizer

NET = ModelConfig(latent_dim=4, hidden=(16,))
RECIPE = TrainConfig(epochs=3, batch_size=64, precision="fp32")  # 5 batches an epoch of `few`


def begin(digits, recipe=RECIPE, net=NET, seed=0) -> Training:
    return Training(build_model(net, seed), digits, recipe, device="cpu")


def losses(digits, recipe=RECIPE, net=NET) -> list[tuple[float, float]]:
    epochs = train(build_model(net, recipe.seed), digits, recipe, device="cpu")
    return [(epoch.train_loss, epoch.validation_loss) for epoch in epochs]


def bits(model) -> dict[str, bytes]:
    return {name: value.numpy().tobytes() for name, value in model.state_dict().items()}


def take(split: Split, count: int) -> Split:
    return Split(split.images[:count].copy(), split.labels[:count].copy())


@pytest.fixture
def every_step(monkeypatch):
    """on_step after each batch instead of four times a second."""
    monkeypatch.setattr(loop, "STEP_REPORT_SECONDS", 0)


# -- learning


def test_it_learns(embedded):
    recipe = TrainConfig(epochs=5, batch_size=32)
    epochs = losses(embedded, recipe, ModelConfig(latent_dim=16, hidden=(64,)))
    mean_image = embedded.train.images.mean(axis=0) / 255
    ignorant = np.square(embedded.validation.images / 255 - mean_image).mean()
    assert epochs[-1][0] < epochs[0][0]
    assert epochs[-1][1] < ignorant / 1.5


def test_epochs_are_numbered_and_their_numbers_finite(few):
    epochs = list(train(build_model(NET), few, RECIPE, device="cpu"))
    assert [epoch.number for epoch in epochs] == [1, 2, 3]
    for epoch in epochs:
        assert epoch.seconds > 0
        assert epoch.images_per_second > 0
        assert 0 < epoch.learning_rate <= RECIPE.peak_learning_rate


def test_validation_loss_is_the_mean_error_of_the_validation_digits(few):
    model = build_model(NET)
    for epoch in train(model, few, RECIPE, device="cpu"):
        assert epoch.validation_loss == pytest.approx(
            reconstruction_errors(model, few.validation.images).mean(), rel=1e-6
        )


@pytest.mark.parametrize("loss", TrainConfig.rule("loss").choices)
def test_train_loss_is_the_squared_error_whatever_is_minimised(few, loss):
    recipe = RECIPE.with_changes(loss=loss, epochs=1, peak_learning_rate=1e-6)  # next to no learning
    model = build_model(NET.with_changes(batch_norm=False))
    before = reconstruction_errors(model, few.train.images).mean()
    (epoch,) = train(model, few, recipe, device="cpu")
    assert epoch.train_loss == pytest.approx(before, rel=1e-3)


@pytest.mark.parametrize(
    "change", [{"loss": "bce"}, {"loss": "l1"}, {"optimizer": "sgd"}, {"denoising": 0.5}]
)
def test_each_choice_of_the_recipe_makes_a_difference(few, change):
    assert losses(few, RECIPE.with_changes(**change)) != losses(few)


@pytest.mark.parametrize("loss", TrainConfig.rule("loss").choices)
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_each_loss_and_precision_gives_finite_numbers(few, loss, precision):
    found = losses(few, RECIPE.with_changes(loss=loss, precision=precision))
    assert np.isfinite(found).all()


def test_bf16_comes_close_to_fp32(few):
    single, half = losses(few), losses(few, RECIPE.with_changes(precision="bf16"))
    assert single != half
    assert np.allclose(single, half, rtol=0.05)


# -- the seed


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_the_same_seed_gives_the_same_losses(few, precision):
    recipe = RECIPE.with_changes(precision=precision, denoising=0.2, seed=7)
    assert losses(few, recipe) == losses(few, recipe)


def test_another_seed_gives_other_losses(few):
    assert losses(few) != losses(few, RECIPE.with_changes(seed=1))


def test_the_seed_decides_the_order_of_the_digits_too(few):
    first, second = (begin(few, RECIPE.with_changes(seed=seed)) for seed in (0, 1))
    assert bits(first.model) == bits(second.model)
    for training in (first, second):
        list(training.run())
    assert bits(first.model) != bits(second.model)


def test_nobody_elses_random_numbers_are_touched(few):
    before = torch.get_rng_state(), np.random.get_state()[1].tobytes(), random.getstate()
    losses(few, RECIPE.with_changes(denoising=0.2))
    assert torch.equal(torch.get_rng_state(), before[0])
    assert np.random.get_state()[1].tobytes() == before[1]
    assert random.getstate() == before[2]


def test_nobody_elses_random_numbers_matter(few):
    torch.manual_seed(1)
    first = losses(few, RECIPE.with_changes(denoising=0.2))
    torch.manual_seed(2)
    assert losses(few, RECIPE.with_changes(denoising=0.2)) == first


# -- stopping and going on


@pytest.mark.parametrize("epochs", [1, 2, 3])
def test_to_stop_after_any_epoch_leaves_a_usable_model(few, epochs):
    model = build_model(NET)
    for epoch in train(model, few, RECIPE, device="cpu"):
        if epoch.number == epochs:
            break
    errors = reconstruction_errors(model, few.validation.images)
    assert errors.mean() == pytest.approx(epoch.validation_loss, rel=1e-6)
    assert np.isfinite(encode(model, few.test.images)).all()


@pytest.mark.usefixtures("every_step")
def test_an_error_in_on_step_reaches_the_caller_and_leaves_a_usable_model(few):
    model = build_model(NET)

    def fail(step):
        if (step.epoch, step.step) == (2, 3):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(train(model, few, RECIPE, on_step=fail, device="cpu"))
    assert np.isfinite(reconstruction_errors(model, few.test.images)).all()


@pytest.mark.usefixtures("every_step")
@pytest.mark.parametrize("optimizer", TrainConfig.rule("optimizer").choices)
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("place", [(1, 1), (2, 3), (2, 5)])
def test_halted_saved_and_restored_it_ends_in_the_same_bits(few, optimizer, precision, place):
    recipe = RECIPE.with_changes(optimizer=optimizer, precision=precision, denoising=0.1)
    undisturbed = begin(few, recipe)
    expected = list(undisturbed.run())

    halted = begin(few, recipe)
    found = list(halted.run(lambda step: halted.halt() if (step.epoch, step.step) == place else None))
    assert len(found) < recipe.epochs
    saved = write_tensors(halted.state())

    restored = begin(few, recipe, seed=99)
    restored.restore(read_tensors(saved))
    found += restored.run()
    assert [(e.number, e.train_loss, e.validation_loss, e.learning_rate) for e in found] == [
        (e.number, e.train_loss, e.validation_loss, e.learning_rate) for e in expected
    ]
    assert bits(restored.model) == bits(undisturbed.model)


@pytest.mark.usefixtures("every_step")
def test_halted_at_every_step_and_run_again_it_ends_in_the_same_bits(few):
    undisturbed, often = begin(few), begin(few)
    list(undisturbed.run())
    calls = 0
    while often.epoch < RECIPE.epochs:
        list(often.run(lambda _: often.halt()))
        calls += 1
    assert calls == 15
    assert bits(often.model) == bits(undisturbed.model)


@pytest.mark.usefixtures("every_step")
def test_looking_at_the_model_changes_nothing(few):
    undisturbed, watched = begin(few), begin(few)
    list(undisturbed.run())
    list(watched.run(lambda _: reconstruct(watched.model.eval(), few.test.images)))
    assert bits(watched.model) == bits(undisturbed.model)


def test_a_finished_training_has_nothing_left_to_do(few):
    training = begin(few)
    assert len(list(training.run())) == 3
    before = bits(training.model)
    assert list(training.run()) == []
    assert bits(training.model) == before


# -- the learning rate


def pace(training: Training) -> list[tuple[float, float]]:
    """Learning rate and momentum of each step."""
    seen = []

    def look(step):
        group = training.optimizer.param_groups[0]
        assert step.learning_rate == group["lr"]
        seen.append((group["lr"], group["betas"][0] if "betas" in group else group["momentum"]))

    list(training.run(look))
    return seen


@pytest.mark.usefixtures("every_step")
@pytest.mark.parametrize("optimizer", TrainConfig.rule("optimizer").choices)
@pytest.mark.parametrize(("epochs", "batch_size"), [(1, 200), (3, 320), (1, 64), (4, 64)])
def test_one_cycle_is_pytorchs(few, optimizer, epochs, batch_size):
    recipe = RECIPE.with_changes(
        optimizer=optimizer, epochs=epochs, batch_size=batch_size, peak_learning_rate=0.02
    )
    training = begin(few, recipe)
    total = epochs * len(training.bounds)
    other = build_optimizer(build_model(NET), recipe)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(other, 0.02, total_steps=total, anneal_strategy="linear")
    expected = []
    for number in range(total):
        group = other.param_groups[0]
        expected.append((group["lr"], group["betas"][0] if "betas" in group else group["momentum"]))
        other.step()
        if number < total - 1:
            scheduler.step()
    found = pace(training)
    assert len(found) == total
    assert np.allclose(found, expected, rtol=1e-9, atol=0)


@pytest.mark.usefixtures("every_step")
def test_constant_stays_and_cosine_falls(few):
    constant = pace(begin(few, RECIPE.with_changes(schedule="constant")))
    assert set(constant) == {(0.02, 0.9)}
    cosine = [rate for rate, _ in pace(begin(few, RECIPE.with_changes(schedule="cosine")))]
    assert cosine[0] == 0.02
    assert all(after < before for before, after in pairwise(cosine))
    assert cosine[-1] < 0.02 / 50


def test_a_peak_changed_in_mid_run_scales_the_rest_of_the_schedule(few):
    recipe = RECIPE.with_changes(epochs=6)
    plain = [epoch.learning_rate for epoch in begin(few, recipe).run()]
    training = begin(few, recipe)
    changed = []
    for epoch in training.run():
        changed.append(epoch.learning_rate)
        if epoch.number == 3:
            training.peak_learning_rate = recipe.peak_learning_rate / 10
    assert changed[:3] == plain[:3]
    assert np.allclose(changed[3:], np.array(plain[3:]) / 10)


def test_a_changed_peak_survives_state_and_restore(few):
    first, second = begin(few), begin(few)
    first.peak_learning_rate = 1e-4
    second.restore(first.state())
    assert second.peak_learning_rate == 1e-4


# -- step reports


@pytest.mark.usefixtures("every_step")
def test_steps_count_through_each_epoch(few):
    steps = []
    list(train(build_model(NET), few, RECIPE, on_step=steps.append, device="cpu"))
    assert [(step.epoch, step.step) for step in steps] == [(e, s) for e in (1, 2, 3) for s in range(1, 6)]
    for step in steps:
        assert step.steps == 5
        assert 0 < step.running_loss < 1
        assert step.images_per_second > 0


@pytest.mark.usefixtures("every_step")
def test_the_running_loss_ends_as_the_epochs_train_loss(few):
    last = {}
    for epoch in train(
        build_model(NET), few, RECIPE, on_step=lambda s: last.update({s.epoch: s}), device="cpu"
    ):
        assert last[epoch.number].running_loss == pytest.approx(epoch.train_loss, rel=1e-6)


def test_the_first_step_is_reported_at_once(few):
    steps = []
    list(train(build_model(NET), few, RECIPE, on_step=steps.append, device="cpu"))
    assert (steps[0].epoch, steps[0].step) == (1, 1)


# -- batches


@given(count=st.integers(1, 5000), batch_size=st.integers(2, 6000))
def test_batches_cover_every_digit_once_and_none_has_one(count, batch_size):
    bounds = batch_bounds(count, batch_size)
    assert [start for start, _ in bounds] == [0, *(end for _, end in bounds[:-1])]
    assert bounds[-1][1] == count
    sizes = [end - start for start, end in bounds]
    assert all(size == batch_size for size in sizes[:-1])
    assert sizes[-1] <= batch_size + 1
    assert sizes[-1] >= min(2, count)


@pytest.mark.parametrize(("count", "batch_size"), [(65, 64), (65, 2), (2, 2), (3, 2), (10, 60_000)])
def test_a_last_batch_of_one_trains_with_batch_norm(few, count, batch_size):
    digits = Digits("odd", take(few.train, count), take(few.validation, 1), few.test)
    assert np.isfinite(losses(digits, RECIPE.with_changes(batch_size=batch_size))).all()


def test_a_batch_of_one_is_refused():
    with pytest.raises(ConfigError, match="batch_size must be a whole number from 2"):
        TrainConfig(batch_size=1)


@pytest.mark.parametrize(
    "net", [{"latent_dim": 784}, {"latent_dim": 1}, {"hidden": ()}, {"hidden": (8,) * 5}]
)
def test_unusual_networks_train(few, net):
    assert np.isfinite(losses(few, RECIPE, NET.with_changes(**net))).all()


# -- refusals


def test_arguments_are_checked_before_the_first_epoch_is_asked_for(few):
    one = Digits("one", take(few.train, 1), few.validation, few.test)
    with pytest.raises(ConfigError, match="at least 2 training digits, got 1"):
        train(build_model(NET), one, RECIPE)
    with pytest.raises(ConfigError, match="no device 'abacus'"):
        train(build_model(NET), few, RECIPE, device="abacus")


# -- divergence


@pytest.mark.usefixtures("every_step")
@pytest.mark.parametrize(("value", "called"), [(math.inf, "NaN|infinite"), (math.nan, "NaN")])
def test_a_loss_that_is_no_number_is_told_and_the_last_good_epoch_kept(few, value, called):
    model = build_model(NET)
    good = []

    def break_it(step):
        if (step.epoch, step.step) == (3, 2):
            with torch.no_grad():
                model.decoder[-2].weight.fill_(value)

    epochs = train(model, few, RECIPE, on_step=break_it, device="cpu")
    with pytest.raises(DivergedError, match=rf"became ({called}) in epoch 3.*keeps epoch 2.*lower learning"):
        good.extend(bits(model) for _ in epochs)
    assert bits(model) == good[-1]
    assert np.isfinite(reconstruction_errors(model, few.test.images)).all()


def test_too_high_a_learning_rate_diverges_and_the_last_good_epoch_is_kept(few):
    training = begin(few, RECIPE.with_changes(schedule="constant", optimizer="sgd"))
    epochs = training.run()
    next(epochs)
    good = bits(training.model)
    training.peak_learning_rate = 1e38
    with pytest.raises(DivergedError, match=r"in epoch 2 at a learning rate of 1e\+38"):
        next(epochs)
    assert bits(training.model) == good


def test_a_divergence_in_the_first_epoch_keeps_the_start(few):
    training = begin(few)
    start = bits(training.model)
    training.peak_learning_rate = 1e38
    with pytest.raises(DivergedError, match=r"in epoch 1 .* keeps epoch 0"):
        list(training.run())
    assert bits(training.model) == start


def test_an_infinite_validation_loss_is_a_divergence_too(few):
    training = begin(few)

    def break_statistics(_):
        training.model.encoder[2].running_mean.fill_(math.nan)  # used in evaluation only

    with pytest.raises(DivergedError):
        list(training.run(break_statistics))
    assert np.isfinite(reconstruction_errors(training.model, few.test.images)).all()


@pytest.mark.usefixtures("every_step")
def test_restored_in_mid_epoch_a_divergence_still_keeps_the_last_whole_epoch(few):
    first = begin(few)
    for _ in first.run(lambda step: first.halt() if (step.epoch, step.step) == (2, 3) else None):
        good = bits(first.model)
    state = write_tensors(first.state())
    second = begin(few, seed=99)
    second.restore(read_tensors(state))
    assert bits(second.model) != good
    second.peak_learning_rate = 1e38
    with pytest.raises(DivergedError, match="keeps epoch 1"):
        list(second.run())
    assert bits(second.model) == good


def test_who_asks_for_no_epoch_is_told_that_nothing_was_trained(few):
    with pytest.warns(UserWarning, match="Nothing was trained"):
        train(build_model(NET), few, RECIPE, device="cpu")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        next(train(build_model(NET), few, RECIPE, device="cpu"))
