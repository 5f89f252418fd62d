"""Where to compute and in which number format."""

import os
from collections.abc import Callable

import torch

from ae_core.errors import ConfigError


def choose_device(name: str = "auto") -> torch.device:
    """The device called `name`: "auto" (`AE_DEVICE`, else cuda, mps, cpu, the first there is) or one of them.

    Raises ConfigError for a device that this machine lacks.
    """
    if name == "auto":
        name = os.environ.get("AE_DEVICE", "").strip() or fastest_device()
    try:
        device = torch.device(name)
    except (RuntimeError, TypeError):
        raise ConfigError(f"There is no device {name!r}; choose auto, cpu, cuda or mps.") from None
    if device.type not in ("cpu", "cuda", "mps") or not is_available(device.type):
        raise ConfigError(f"This machine has no {name}; choose auto or cpu.")
    return device


def fastest_device() -> str:
    return next(kind for kind in ("cuda", "mps", "cpu") if is_available(kind))


def is_available(kind: str) -> bool:
    available: dict[str, Callable[[], bool]] = {
        "cuda": torch.cuda.is_available,
        "mps": torch.backends.mps.is_available,
        "cpu": lambda: True,
    }
    return available[kind]()


def uses_bf16(precision: str, device: torch.device) -> bool:
    """Whether to multiply in bfloat16: as asked, or under "auto" where the hardware has it."""
    if precision != "auto":
        return precision == "bf16"
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "cpu":
        has = torch.cpu.get_capabilities()
        return bool(has.get("avx512_bf16") or has.get("amx_bf16"))
    return False
