"""The drawing of a network: its stages in order, the code marked."""

import re

import pytest

from ae_core.models.config import ModelConfig
from ae_core.models.description import stages
from ui.shell.theme import LIGHT
from ui.train import network


@pytest.mark.parametrize("kind", ModelConfig.rule("architecture").choices)
def test_every_stage_is_a_box_and_they_are_joined_in_order(kind):
    config = ModelConfig(architecture=kind)
    text = network.dot(config)
    captions = [caption for caption, _ in stages(config)]
    assert re.findall(r'label="(.+?)"', text) == captions
    assert " -> ".join(f"s{number}" for number in range(len(captions))) in text
    (code,) = (line for line in text.splitlines() if "code:" in line)
    assert LIGHT["training"] in code  # as the bars of a code are everywhere
    assert text.count(LIGHT["training"]) == 1


def test_who_cannot_see_the_drawing_is_told_its_stages():
    told = network.alternative(ModelConfig(latent_dim=7, hidden=(64,)))
    assert told.endswith("784 pixels, then 64 units, then code: 7 values, then 64 units, then 784 pixels")


def test_boxes_are_as_wide_as_their_stages_are_large():
    widths = [
        float(width) for width in re.findall(r" width=([\d.]+)", network.dot(ModelConfig(latent_dim=2)))
    ]
    assert widths == sorted(widths[:4], reverse=True) + sorted(widths[4:])
    assert max(widths) == network.WIDEST
    assert min(widths) >= network.NARROWEST
