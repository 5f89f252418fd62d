"""The form of a sweep: what was entered becomes a configuration, or a refusal in the labels of the fields."""

from dataclasses import replace

import pytest

from ae_core.errors import ConfigError
from ae_core.studies.sweep import Sweep
from ui.tradeoffs.sweep_form import SweepForm, keys


@pytest.mark.parametrize("count", [1, 3200, 48_000])
def test_what_the_fields_begin_with_can_be_started(count):
    config = SweepForm.usual(count).config("embedded")
    assert (config.dataset, config.seeds) == ("embedded", (0,))


def test_dimensions_are_put_in_order_and_seeds_counted():
    form = replace(SweepForm.usual(3200), latent_dims=[32, 2, 8], seeds=3)
    assert form.config("embedded").latent_dims == (2, 8, 32)
    assert form.config("embedded").seeds == (0, 1, 2)


@pytest.mark.parametrize(
    ("entered", "message"),
    [
        ({"latent_dims": []}, "Latent dimensions must be one or more values"),
        ({"architectures": []}, "Architectures must be one or more values"),
        ({"seeds": 0}, "Seeds must be a whole number from 1 to 120, got 0."),
        ({"epochs": 0}, "Epochs each must be a whole number from 1 to 1,000, got 0."),
        ({"batch_size": None}, "Batch size must be a whole number from 2 to 60,000, got None."),
    ],
)
def test_a_refusal_calls_a_field_by_its_label(entered, message):
    with pytest.raises(ConfigError) as refusal:
        replace(SweepForm.usual(3200), **entered).config("embedded")
    assert str(refusal.value).startswith(message)


def test_a_sweep_fills_in_the_form_that_it_was_started_with():
    config = replace(SweepForm.usual(3200), latent_dims=[4, 9], seeds=2, epochs=7).config("embedded")
    assert SweepForm.of(Sweep("some", config, "fingerprint")).config("embedded") == config


def test_each_data_set_has_fields_of_its_own_for_the_recipe_alone():
    one, other = keys("embedded"), keys("mnist")
    assert {name for name in one if one[name] != other[name]} == {"epochs", "batch_size"}
