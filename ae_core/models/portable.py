"""A model for the browser: its tensors as safetensors, in the header its steps from pixels to code and back.

Each step names what it does and the tensors that it does it with; for maps, their sides before and after.
Matrices are in fp16, which loses nothing of the shipped models: they are stored so.
"""

import json
from collections.abc import Iterable
from typing import Any

import torch
from safetensors.torch import save
from torch import nn

from ae_core.errors import ConfigError
from ae_core.models.convolutional import SIDES
from ae_core.models.network import ACTIVATIONS, Network

MOST_BYTES = 8 * 2**20  # of a model that a browser fetches and computes with at once
NAMES = {module: name for name, module in ACTIVATIONS.items()} | {nn.Sigmoid: "sigmoid"}
Step = dict[str, Any]


def portable(model: Network) -> bytes:
    """Raises ConfigError for a model that is too large for a browser, or does not tell its layers."""
    program = Program()
    try:
        down, up, side = model.layers()
    except NotImplementedError as error:
        raise ConfigError(f"The network {model.config.architecture} has no steps for the browser.") from error
    encoder, decoder = program.steps(down, SIDES[0]), program.steps(up, side)
    header = {"latent_dim": model.config.latent_dim, "encoder": encoder, "decoder": decoder}
    data = save(program.tensors, metadata={"program": json.dumps(header)})
    if len(data) > MOST_BYTES:
        raise ConfigError(f"The model has {len(data):,} bytes; the browser takes at most {MOST_BYTES:,}.")
    return data


class Program:
    """Steps as they are written, and the tensors that they name."""

    def __init__(self) -> None:
        self.tensors: dict[str, torch.Tensor] = {}

    def keep(self, values: torch.Tensor) -> str:
        name = str(len(self.tensors))
        self.tensors[name] = values.detach().cpu().contiguous().clone()
        return name

    def matrix(self, weight: torch.Tensor, bias: torch.Tensor) -> Step:
        return {"does": "linear", "weight": self.keep(weight.half()), "bias": self.keep(bias.float())}

    def steps(self, modules: Iterable[nn.Module], side: int) -> list[Step]:
        """side: of the maps that come in."""
        found = []
        for module in modules:
            match module:
                case nn.Linear():
                    found.append(self.matrix(module.weight, module.bias))
                case nn.Conv2d():
                    found.append(self.convolution("convolve", module, side, (side + 1) // 2))
                    side = (side + 1) // 2
                case nn.ConvTranspose2d():
                    larger = 2 * side - 1 + int(module.output_padding[0])
                    found.append(self.convolution("spread", module, side, larger))
                    side = larger
                case nn.BatchNorm1d():
                    found.append(self.norm(module, 1))
                case nn.BatchNorm2d():
                    found.append(self.norm(module, side * side))
                case nn.Flatten():
                    continue
                case _:
                    found.append({"does": NAMES[type(module)]})
        return found

    def convolution(self, does: str, module: nn.Conv2d | nn.ConvTranspose2d, side: int, made: int) -> Step:
        assert module.bias is not None
        weight, bias = self.keep(module.weight.half()), self.keep(module.bias.float())
        return {"does": does, "weight": weight, "bias": bias, "side": side, "made": made}

    def norm(self, module: nn.BatchNorm1d | nn.BatchNorm2d, each: int) -> Step:
        """As it is after training: a factor and a shift for every `each` values."""
        assert module.running_mean is not None
        assert module.running_var is not None
        factor = module.weight / (module.running_var + module.eps).sqrt()
        shift = module.bias - module.running_mean * factor
        return {"does": "norm", "factor": self.keep(factor), "shift": self.keep(shift), "each": each}
