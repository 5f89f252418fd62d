"""From controls to configurations and back."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ae_core.errors import ConfigError
from ae_core.models.config import ModelConfig
from ae_core.training.config import TrainConfig
from ae_core.training.presets import PRESETS
from ui.train import settings

NAMES = {each.name for config in (ModelConfig, TrainConfig) for each in fields(config)}


def test_every_field_has_one_label():
    assert settings.LABELS.keys() == NAMES
    assert len(set(settings.LABELS.values())) == len(NAMES)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_a_presets_values_cover_all_fields_and_mean_the_preset(preset):
    values = settings.values_of(preset.model, preset.train)
    assert values.keys() == NAMES
    for name in settings.WIDTHS:
        values[name] = settings.parse_widths(values[name])
    for config in (preset.model, preset.train):
        assert type(config)(**{each.name: values[each.name] for each in fields(config)}) == config


def test_the_slider_of_latent_dimensions_holds_every_one_that_is_needed():
    rule = ModelConfig.rule("latent_dim")
    assert list(settings.LATENT_DIMS) == sorted(set(settings.LATENT_DIMS))
    assert (settings.LATENT_DIMS[0], settings.LATENT_DIMS[-1]) == (rule.low, rule.high)
    needed = {preset.model.latent_dim for preset in PRESETS} | {2, 4, 8, 16, 32, 64}
    assert needed <= set(settings.LATENT_DIMS)


@given(st.lists(st.integers(1, 1024), max_size=5).map(tuple))
def test_widths_are_read_as_they_are_shown(widths):
    assert settings.parse_widths(settings.shown("hidden", widths)) == widths


@pytest.mark.parametrize(
    ("text", "widths"),
    [("", ()), ("  ", ()), (",", ()), ("256,128", (256, 128)), (" 256 ; 128, ", (256, 128)), ("-1", (-1,))],
)
def test_widths_are_read_with_patience(text, widths):
    assert settings.parse_widths(text) == widths


@pytest.mark.parametrize("text", ["256; x", "256 128", "1.5", "1e3", "²", "9" * 5000])
def test_what_is_no_width_is_refused_with_an_example(text):
    with pytest.raises(ConfigError, match="such as 256, 128") as refusal:
        settings.parse_widths(text)
    assert len(str(refusal.value)) < 200
