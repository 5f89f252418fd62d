"""A model as one safetensors file: its tensors, and its configuration in the header. No pickle."""

import json

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from ae_core.errors import ConfigError, WeightsError
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.models.network import Network

MAX_BYTES = 64 * 2**20  # the largest model that a configuration allows has 47 MiB
MAX_HEADER = 2**20


def save_model(model: Network, dtype: torch.dtype = torch.float32) -> bytes:
    """The model as safetensors bytes; floating-point tensors are stored as `dtype`."""
    tensors = {
        name: value.detach().cpu().to(dtype) if value.is_floating_point() else value.cpu()
        for name, value in model.state_dict().items()
    }
    return save(tensors, metadata={"model": model.config.to_json()})


def write_tensors(tensors: dict[str, torch.Tensor]) -> bytes:
    """Any tensors by name as safetensors bytes."""
    return save({name: value.contiguous() for name, value in tensors.items()})


def read_tensors(data: bytes) -> dict[str, torch.Tensor]:
    """The tensors in safetensors bytes, on the CPU. Raises SafetensorError for damaged ones."""
    return load(data)


def load_model(data: bytes, source: str = "This file") -> Network:
    """The model in `data`, in fp32 on the CPU and in evaluation mode.

    source: how messages call the file. Raises WeightsError for a file that is too large, damaged or cut
    off, or whose tensors do not fit the configuration it names.
    """
    if len(data) > MAX_BYTES:
        raise WeightsError(f"{source} has {len(data):,} bytes; a model of the lab has at most {MAX_BYTES:,}.")
    try:
        tensors = read_tensors(data)
        config = ModelConfig.from_json(read_metadata(data)["model"])
    except (SafetensorError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise WeightsError(f"{source} is no readable safetensors file, or was cut off ({error}).") from error
    except (KeyError, ConfigError) as error:
        raise WeightsError(f"{source} does not say which model of the lab it is ({error}).") from error
    model = build_model(config)
    check_tensors(model, tensors, source)
    model.load_state_dict(tensors)
    return model.eval()


def read_metadata(data: bytes) -> dict[str, str]:
    """The free text in a safetensors header: 8 bytes of length, then JSON (format specification)."""
    length = int.from_bytes(data[:8], "little")
    if length > MAX_HEADER:
        raise json.JSONDecodeError(f"header of {length:,} bytes", "", 0)
    return json.loads(data[8 : 8 + length]).get("__metadata__", {})


def check_tensors(model: Network, tensors: dict[str, torch.Tensor], source: str) -> None:
    wanted = model.state_dict()
    missing, foreign = wanted.keys() - tensors.keys(), tensors.keys() - wanted.keys()
    if missing or foreign:
        raise WeightsError(
            f"{source} does not fit its configuration: "
            f"{len(missing)} tensors are missing and {len(foreign)} are foreign."
        )
    for name, value in wanted.items():
        if tensors[name].shape != value.shape:
            raise WeightsError(
                f"{source} does not fit its configuration: {name} has the shape "
                f"{tuple(tensors[name].shape)}, {tuple(value.shape)} is right."
            )
        if tensors[name].is_floating_point() != value.is_floating_point():
            raise WeightsError(
                f"{source} does not fit its configuration: {name} holds {tensors[name].dtype}, "
                f"{value.dtype} is right."
            )
        if not torch.isfinite(tensors[name].float()).all():
            raise WeightsError(f"{source} holds values that are not numbers in {name}.")
