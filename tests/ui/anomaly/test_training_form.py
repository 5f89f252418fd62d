"""The form of an experiment that trains: entered values become a configuration or a refusal in its labels."""

from dataclasses import replace

import pytest

from ae_core.errors import ConfigError
from ae_core.studies.experiment import ExperimentConfig, Kind
from ui.anomaly.training_form import LATENT_DIMS, SMALL, SMALL_BATCH, TrainingForm, keys

KINDS = [kind for kind in Kind if kind.trains]


@pytest.mark.parametrize("kind", KINDS)
def test_few_digits_are_passed_more_often_in_smaller_steps(kind):
    few = TrainingForm.usual(kind, SMALL - 1).config(kind, "embedded", SMALL - 1)
    many = TrainingForm.usual(kind, SMALL).config(kind, "mnist", SMALL)
    assert few.train.epochs >= many.train.epochs
    assert few.train.batch_size == SMALL_BATCH < many.train.batch_size
    assert (few.dataset, many.dataset) == ("embedded", "mnist")


@pytest.mark.parametrize("kind", KINDS)
def test_an_experiment_fills_in_the_form_that_it_was_started_with(kind):
    form = TrainingForm([3, 4], LATENT_DIMS[0], 7, 2)
    assert TrainingForm.of(form.config(kind, "mnist", SMALL)) == form


def test_a_latent_dimension_that_is_not_offered_is_the_kinds_own():
    config = ExperimentConfig.of("held-out")
    odd = replace(config, model=config.model.with_changes(latent_dim=5))
    assert TrainingForm.of(odd).latent_dim == TrainingForm.usual(Kind.HELD_OUT, SMALL).latent_dim


@pytest.mark.parametrize(
    ("entered", "message"),
    [
        ({"digits": []}, "Digits held out in turn must be one or more values"),
        ({"seeds": 0}, "Seeds must be a whole number from 1 to 120, got 0."),
        ({"epochs": None}, "Epochs each must be a whole number from 1 to 1,000, got None."),
    ],
)
def test_a_refusal_calls_a_field_by_its_label(entered, message):
    form = replace(TrainingForm.usual(Kind.HELD_OUT, SMALL), **entered)
    with pytest.raises(ConfigError) as refusal:
        form.config(Kind.HELD_OUT, "mnist", SMALL)
    assert str(refusal.value).startswith(message)


def test_each_kind_has_fields_of_its_own(embedded):
    one, other = (set(keys(kind, embedded).values()) for kind in KINDS)
    assert not one & other
