"""What an experiment asks: impossible ones are refused, and JSON loses nothing."""

import json

import pytest

from ae_core.errors import ConfigError, DamagedError
from ae_core.models.config import ModelConfig
from ae_core.reading import json_as
from ae_core.studies.experiment import HELD_OUT, MAX_PARTS, ONE_CLASS, ExperimentConfig, Kind
from ae_core.training.config import TrainConfig


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"kind": "guess"}, "kind must be one of one-class, held-out, corruptions, foreign, got 'guess'"),
        ({"dataset": "No name"}, "dataset must be auto, embedded, mnist or the name of"),
        ({"digits": ()}, "digits must be one or more values, none twice, each a whole number from 0 to 9"),
        ({"digits": (3, 3)}, r"got \(3, 3\)"),
        ({"digits": (10,)}, r"got \(10,\)"),
        ({"digits": [3]}, r"got \[3\]"),
        ({"seeds": (0, -1)}, "seeds must be one or more values"),
        ({"scores": ("mse", "magic")}, "scores must be any number of values"),
        ({"model": {}}, "model must be a ModelConfig"),
        ({"train": None}, "train must be a TrainConfig"),
        ({"images": 5}, "images must be a whole number from 10 to 10,000, got 5"),
        ({"severity": 0.0}, "severity must be a number from 0.01 to 1, got 0.0"),
        ({"corruptions": ("rain",)}, "corruptions must be one or more values"),
        ({"sources": ("cifar",)}, "sources must be one or more values"),
        ({"reference": "x" * 81}, "reference must be the name of a model"),
        ({"kind": "foreign", "sources": ("upload",)}, "give both or none"),
        ({"kind": "foreign", "upload": "abc"}, "give both or none"),
        ({"seeds": tuple(range(13))}, "at most 120 parts, this one would have 130"),
    ],
)
def test_an_impossible_experiment_is_refused_with_what_is_allowed(values, message):
    with pytest.raises(ConfigError, match=message):
        ExperimentConfig(**values)


def test_the_largest_allowed_experiment_is_allowed():
    assert ExperimentConfig(seeds=tuple(range(12))).part_count == MAX_PARTS


@pytest.mark.parametrize("kind", Kind)
def test_json_and_back_loses_nothing(kind):
    config = ExperimentConfig.of(
        kind, digits=(7, 2), seeds=(5,), scores=("nap",), model=ModelConfig(hidden=(8,)), severity=0.5
    )
    again = json_as(config.to_json().encode(), ExperimentConfig, "")
    assert again == config
    assert again.kind == kind


@pytest.mark.parametrize(
    "values",
    [[], {"kind": "any"}, {"kind": "one-class", "model": 3, "train": {}}, {"digits": [10]}, {"odd": 1}],
)
def test_damaged_values_are_refused(values):
    with pytest.raises(DamagedError):
        json_as(json.dumps(values).encode(), ExperimentConfig, "")


def test_each_kind_that_trains_has_its_recipe_and_a_person_may_choose_another():
    assert ExperimentConfig.of(Kind.ONE_CLASS).train == ONE_CLASS.train
    assert ExperimentConfig.of(Kind.HELD_OUT).model == HELD_OUT.model
    assert ExperimentConfig.of(Kind.HELD_OUT).train == HELD_OUT.train
    assert ExperimentConfig.of("held-out", train=TrainConfig(epochs=3)).train.epochs == 3


@pytest.mark.parametrize(
    ("config", "parts", "words"),
    [
        (ExperimentConfig.of("one-class", digits=(3, 5), seeds=(0, 1, 2)), 6, "3, 5 with dense-"),
        (ExperimentConfig.of("held-out"), 10, "every digit"),
        (ExperimentConfig.of("corruptions"), 19, "19 corruptions at 1 for zoo:dense-32"),
        (ExperimentConfig.of("foreign"), 4, "letters, scikit_digits, fashion, kmnist for"),
        (
            ExperimentConfig.of("foreign", sources=("upload",), upload="ab", upload_name="cats.zip"),
            1,
            "foreign: cats.zip",
        ),
    ],
)
def test_parts_are_counted_and_the_title_says_what_is_asked(config, parts, words):
    assert config.part_count == parts
    assert words in config.title()
