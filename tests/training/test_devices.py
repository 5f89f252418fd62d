"""Where to compute: automatic, overridable, and clear about what this machine lacks."""

import pytest
import torch

from ae_core.errors import ConfigError
from ae_core.training import devices
from ae_core.training.devices import choose_device, uses_bf16


def only(monkeypatch, *kinds: str) -> None:
    """A machine that has these devices and no other."""
    monkeypatch.setattr(devices, "is_available", lambda kind: kind in kinds)


@pytest.mark.parametrize(
    ("there", "fastest"),
    [(("cpu",), "cpu"), (("cpu", "mps"), "mps"), (("cpu", "cuda"), "cuda"), (("cpu", "mps", "cuda"), "cuda")],
)
def test_auto_takes_the_fastest_there_is(monkeypatch, there, fastest):
    only(monkeypatch, *there)
    assert choose_device().type == fastest


def test_environment_overrides_auto_but_not_the_caller(monkeypatch):
    only(monkeypatch, "cpu", "mps", "cuda")
    monkeypatch.setenv("AE_DEVICE", "mps")
    assert choose_device("auto").type == "mps"
    assert choose_device("cpu").type == "cpu"
    monkeypatch.setenv("AE_DEVICE", "  ")
    assert choose_device("auto").type == "cuda"


@pytest.mark.parametrize("name", ["cuda", "cuda:1", "mps"])
def test_a_device_that_is_not_there_is_refused(monkeypatch, name):
    only(monkeypatch, "cpu")
    with pytest.raises(ConfigError, match=f"This machine has no {name}"):
        choose_device(name)
    monkeypatch.setenv("AE_DEVICE", name)
    with pytest.raises(ConfigError, match=name):
        choose_device()


@pytest.mark.parametrize("name", ["gpu", "", "CPU?", "cpu:x", "meta", "xpu", None, 0])
def test_a_device_that_does_not_exist_is_refused(name):
    with pytest.raises(ConfigError, match="choose auto"):
        choose_device(name)


def test_asked_for_precision_is_taken_as_it_is():
    for kind in ("cpu", "cuda", "mps"):
        assert uses_bf16("bf16", torch.device(kind)) is True
        assert uses_bf16("fp32", torch.device(kind)) is False


@pytest.mark.parametrize(
    ("abilities", "expected"),
    [({}, False), ({"avx2": True}, False), ({"avx512_bf16": True}, True), ({"amx_bf16": True}, True)],
)
def test_auto_precision_follows_the_processor(monkeypatch, abilities, expected):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: abilities)
    assert uses_bf16("auto", torch.device("cpu")) is expected


@pytest.mark.parametrize("expected", [True, False])
def test_auto_precision_follows_the_graphics_card(monkeypatch, expected):
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: expected)
    assert uses_bf16("auto", torch.device("cuda")) is expected
    assert uses_bf16("auto", torch.device("mps")) is False
