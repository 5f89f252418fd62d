"""Presets: each is what its words say."""

import pytest

from ae_core.errors import DivergedError
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.training.config import TrainConfig
from ae_core.training.loop import train
from ae_core.training.presets import PRESETS, preset_called
from ae_core.training.schedules import SCHEDULES

BY_TITLE = {preset.title: preset for preset in PRESETS}


def test_titles_and_lessons_tell_them_apart():
    assert len(BY_TITLE) == len(PRESETS)
    assert len({preset.lesson for preset in PRESETS}) == len(PRESETS)
    assert all(preset.lesson.endswith(".") for preset in PRESETS)


def test_no_two_are_the_same_recipe():
    assert len({(preset.model, preset.train) for preset in PRESETS}) == len(PRESETS)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_few_digits_get_more_steps_and_say_what_is_otherwise(preset):
    assert preset.recipe(48_000) == preset.train
    assert preset.adapted(48_000) == {}
    recipe = preset.recipe(3200)
    assert preset.train.with_changes(**preset.adapted(3200)) == recipe
    assert recipe.epochs / recipe.batch_size >= preset.train.epochs / preset.train.batch_size


def test_the_first_is_the_default():
    assert (PRESETS[0].model, PRESETS[0].train) == (ModelConfig(), TrainConfig())


def test_the_reference_is_the_notebooks():
    preset = BY_TITLE["Reference notebook"]
    assert (preset.model, preset.train) == (ModelConfig.reference(), TrainConfig.reference())


def test_fast_has_the_fewest_epochs_and_the_small_code_the_smallest():
    assert min(PRESETS, key=lambda preset: preset.train.epochs).title == "Fast"
    assert min(PRESETS, key=lambda preset: preset.model.latent_dim).title == "Code too small"


@pytest.mark.slow
def test_each_is_found_by_its_name_and_two_by_their_short_names():
    assert [preset_called(preset.name) for preset in PRESETS] == list(PRESETS)
    assert preset_called("default") == PRESETS[0]
    assert preset_called("reference") == BY_TITLE["Reference notebook"]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_each_trains(preset, few):
    recipe = preset.train.with_changes(epochs=2, batch_size=32)
    losses = []
    try:
        for epoch in train(build_model(preset.model), few, recipe):
            losses.append(epoch.validation_loss)
    except DivergedError:
        assert preset.title == "Learning rate too high"
    assert recipe.schedule in SCHEDULES
    assert losses or preset.title == "Learning rate too high"


def last_loss(preset, few) -> float:
    *_, last = train(build_model(preset.model), few, preset.train.with_changes(epochs=10, batch_size=32))
    return last.validation_loss


@pytest.mark.slow
def test_the_bad_ones_end_above_the_balanced_one(few):
    good = last_loss(BY_TITLE["Balanced"], few)
    for title in ("Learning rate too high", "Code too small"):
        assert last_loss(BY_TITLE[title], few) > 1.2 * good
