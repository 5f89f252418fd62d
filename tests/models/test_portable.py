"""What the browser gets of a model: every step that it has, and all of its numbers."""

import json
import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import load

from ae_core import zoo
from ae_core.errors import ConfigError
from ae_core.models.build import ARCHITECTURES, build_model
from ae_core.models.config import ModelConfig
from ae_core.models.linear_baseline import LinearBaseline
from ae_core.models.network import ACTIVATIONS
from ae_core.models.portable import portable
from ae_core.models.weights import read_metadata

NETWORK_JS = Path(__file__).parent.parent.parent / "ui" / "shell" / "network.js"


def program(data: bytes) -> dict:
    return json.loads(read_metadata(data)["program"])


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_browser_knows_every_step(architecture, activation):
    steps = program(portable(build_model(ModelConfig(architecture=architecture, activation=activation))))
    known = set(re.findall(r"^  (\w+)(?:\(values|:)", NETWORK_JS.read_text(), re.MULTILINE))
    assert {step["does"] for step in steps["encoder"] + steps["decoder"]} <= known


@pytest.mark.parametrize("name", zoo.names())
def test_nothing_of_a_shipped_model_is_lost(name):
    model, tensors = zoo.load(name), load(portable(zoo.load(name)))
    sent = [value.float() for value in tensors.values()]
    for key, value in model.state_dict().items():
        if key.endswith("weight") and value.dim() > 1:
            assert any(value.shape == each.shape and torch.equal(value, each) for each in sent), key


def test_steps_name_tensors_that_are_there(embedded):
    data = portable(LinearBaseline.fit(embedded, 4))
    named = [step[key] for step in program(data)["encoder"] for key in ("weight", "bias")]
    assert set(named) <= load(data).keys()


def test_a_model_too_large_for_a_browser_is_refused_in_words():
    with pytest.raises(ConfigError, match=r"bytes; the browser takes at most"):
        portable(build_model(ModelConfig(hidden=(1024,) * 5)))
