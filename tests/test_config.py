"""Configurations: each field refuses what is wrong and takes what is right; JSON loses nothing."""

import copy
import json
import math
from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ae_core.config import Config, one_of, several, whole
from ae_core.errors import ConfigError
from ae_core.models.config import PIXELS, ModelConfig
from ae_core.training.config import TrainConfig

CONFIGS = (ModelConfig, TrainConfig)
FIELDS = [(kind, each.name) for kind in CONFIGS for each in fields(kind)]
WIDTHS = {"hidden": (0, 5, 1024), "channels": (1, 3, 128)}  # fewest, most, widest
NUMBERS = [(kind, name) for kind, name in FIELDS if kind.rule(name).low is not None and name not in WIDTHS]
WHOLE = {"patience", "latent_dim", "epochs", "batch_size", "seed"}
CHOICES = [(kind, name) for kind, name in FIELDS if kind.rule(name).choices]

WRONG_EVERYWHERE = [
    None,
    math.nan,
    math.inf,
    -math.inf,
    "",
    "5",
    b"relu",
    [],
    {},
    1j,
    object(),
    np.int64(3),
    np.float32(0.5),
    np.array([3, 4]),
    np.array(3),
    np.True_,
    10**5000,
    "x" * 10**6,
]
WRONG = [
    *((kind, name, value) for kind, name in FIELDS for value in WRONG_EVERYWHERE),
    *((ModelConfig, "channels", value) for value in ((), (129,), (8,) * 4)),
    *((kind, name, value) for kind, name in NUMBERS for value in (True, False, (3,))),
    *((kind, name, value) for kind, name in NUMBERS if name in WHOLE for value in (3.0, 3.5, np.float64(3))),
    *((kind, name, value) for kind, name in CHOICES for value in (0, True, "ADAM", "Mse ", ("adam",))),
    *((ModelConfig, "batch_norm", value) for value in (0, 1, 1.0, "true", "on")),
    *(
        (ModelConfig, name, value)
        for name in WIDTHS
        for value in (
            256,
            "256,128",
            [256, 128],
            (0,),
            (-1,),
            (1025,),
            (256, 12.0),
            (256, "128"),
            (True,),
            (math.nan,),
            (None,),
            ((256,),),
            (np.int64(256),),
            (10**5000,),
            (8,) * 6,
        )
    ),
]


def values_for(kind: type[Config], name: str) -> st.SearchStrategy:
    """Every value that the rule allows."""
    rule = kind.rule(name)
    if rule.choices:
        return st.sampled_from(rule.choices)
    if name == "batch_norm":
        return st.booleans()
    if name in WIDTHS:
        fewest, most, widest = WIDTHS[name]
        return st.lists(st.integers(1, widest), min_size=fewest, max_size=most).map(tuple)
    return (st.integers if name in WHOLE else st.floats)(rule.low, rule.high)


def configs(kind: type[Config]) -> st.SearchStrategy:
    return st.builds(kind, **{each.name: values_for(kind, each.name) for each in fields(kind)})


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_refuses_a_wrong_value_and_says_what_is_allowed(kind, name):
    values = [value for *of, value in WRONG if of == [kind, name]]
    assert len(values) >= len(WRONG_EVERYWHERE)
    for value in values:
        with pytest.raises(ConfigError) as refusal:
            kind(**{name: value})
        text = str(refusal.value)
        assert name in text
        assert kind.rule(name).text in text
        assert len(text) < 400


@pytest.mark.parametrize(("kind", "name"), NUMBERS)
def test_range_ends_exactly_where_it_says(kind, name):
    rule = kind.rule(name)
    step = 1 if name in WHOLE else 1e-9
    for value in (rule.low, rule.high):
        assert getattr(kind(**{name: value}), name) == value
    for value in (rule.low - step, rule.high + step, -(10**30), 10**30):
        with pytest.raises(ConfigError, match=name):
            kind(**{name: value})


@pytest.mark.parametrize(("kind", "name"), CHOICES)
def test_takes_every_choice_it_names(kind, name):
    for choice in kind.rule(name).choices:
        assert getattr(kind(**{name: choice}), name) == choice
        assert choice in kind.rule(name).text


def test_more_latent_dimensions_than_pixels_are_refused():
    assert ModelConfig(latent_dim=PIXELS).latent_dim == 784
    with pytest.raises(ConfigError, match="latent_dim must be a whole number from 1 to 784, got 785"):
        ModelConfig(latent_dim=785)


def test_a_fault_can_be_told_with_the_label_that_stands_on_a_page():
    with pytest.raises(ConfigError) as refusal:
        TrainConfig(epochs=0, batch_size=1)
    told = str(refusal.value.called({"batch_size": "Batch size"}))
    assert told.startswith("epochs must be a whole number")  # it has no label here
    assert "; Batch size must be a whole number from 2 to 60,000, got 1." in told
    assert [each.name for each in refusal.value.faults] == ["epochs", "batch_size"]


def test_what_is_no_fault_of_a_field_is_told_as_it_is():
    error = ConfigError("A sweep has at most 120 trainings.")
    assert str(error.called({"seeds": "Seeds"})) == "A sweep has at most 120 trainings."


def test_faults_outlive_the_way_from_a_worker():
    with pytest.raises(ConfigError) as refusal:
        TrainConfig(epochs=0)
    again = copy.copy(refusal.value)  # as pickling takes it apart
    assert (str(again), again.faults) == (str(refusal.value), refusal.value.faults)


def test_all_faults_are_named_at_once():
    with pytest.raises(ConfigError) as refusal:
        TrainConfig(epochs=0, batch_size=1, loss="huber")
    assert all(part in str(refusal.value) for part in ("epochs", "batch_size", "huber"))


def test_the_refusal_names_the_value():
    with pytest.raises(ConfigError, match="got -7"):
        TrainConfig(seed=-7)
    with pytest.raises(ConfigError, match="got 'addam'"):
        TrainConfig(optimizer="addam")


@given(config=st.one_of(configs(ModelConfig), configs(TrainConfig)))
def test_json_and_back_loses_nothing(config):
    assert type(config).from_json(config.to_json()) == config
    assert type(config).from_dict(config.to_dict()) == config


@pytest.mark.parametrize("kind", CONFIGS)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "3",
        '"text"',
        '{"seed": NaN, "latent_dim": NaN}',
        "[" * 100_000,
        '{"latent_dim": 1' + "0" * 5000 + "}",
        "\x00",
    ],
    ids=lambda text: text[:12],
)
def test_damaged_json_is_refused(kind, text):
    with pytest.raises(ConfigError) as refusal:
        kind.from_json(text)
    assert len(str(refusal.value)) < 600


def test_json_infinity_is_refused():
    with pytest.raises(ConfigError, match="peak_learning_rate"):
        TrainConfig.from_json('{"peak_learning_rate": Infinity}')


def test_an_unknown_field_is_named_with_the_likely_one():
    with pytest.raises(ConfigError, match="did you mean latent_dim"):
        ModelConfig.from_json('{"latent_dims": 8}')
    with pytest.raises(ConfigError, match="it has augmentation, batch_size"):
        TrainConfig.from_dict({"zzz": 1})


def test_fields_left_out_keep_their_defaults():
    assert TrainConfig.from_json('{"epochs": 3}') == TrainConfig(epochs=3)


def test_hidden_comes_back_from_json_as_a_tuple():
    config = ModelConfig.from_json('{"hidden": [64, 32]}')
    assert config == ModelConfig(hidden=(64, 32))
    assert hash(config) == hash(ModelConfig(hidden=(64, 32)))


def test_frozen():
    with pytest.raises(FrozenInstanceError):
        ModelConfig().latent_dim = 2


def test_changes_are_checked_too():
    assert TrainConfig().with_changes(epochs=3).epochs == 3
    with pytest.raises(ConfigError, match="epochs"):
        TrainConfig().with_changes(epochs=0)


def test_reference_is_the_notebooks_recipe():
    model, recipe = ModelConfig.reference(), TrainConfig.reference()
    assert (model.latent_dim, model.hidden, model.activation, model.batch_norm) == (
        32,
        (256, 128),
        "relu",
        True,
    )
    assert (recipe.epochs, recipe.batch_size, recipe.peak_learning_rate) == (25, 1024, 0.05)
    assert (recipe.schedule, recipe.optimizer, recipe.loss, recipe.precision) == (
        "constant",
        "adam",
        "mse",
        "fp32",
    )
    assert recipe.denoising == 0


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_help_is_one_line_with_the_default(kind, name):
    text = kind.help(name)
    default = getattr(kind(), name)
    assert "\n" not in text
    assert "Default: " in text
    if isinstance(default, int) and not isinstance(default, bool):
        assert f"Default: {default}." in text


def test_to_dict_is_plain_json():
    values = ModelConfig().to_dict()
    assert json.loads(json.dumps(values)) == values


# -- several values


@pytest.mark.parametrize(
    ("values", "allowed"),
    [((0, 9), True), ((5,), True), ((), False), ((3, 3), False), ((10,), False), ([3], False), (3, False)],
)
def test_several_values_obey_the_rule_of_each_and_do_not_repeat(values, allowed):
    assert several(whole(0, 9)).allows(values) == allowed


def test_none_may_be_enough():
    rule = several(one_of("a", "b"), least=0)
    assert rule.allows(())
    assert not rule.allows(("c",))
    assert rule.text == "any number of values, none twice, each one of a, b"


def test_help_can_name_other_defaults():
    assert TrainConfig.help("epochs").endswith("Default: 25.")
    assert TrainConfig.help("epochs", TrainConfig(epochs=7)).endswith("Default: 7.")
