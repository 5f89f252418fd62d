"""A plain PyTorch state dict of a fully connected autoencoder as a model of the lab.

Whatever its tensors are called, layers are told by their shapes: matrices from 784 pixels down to the code
and back up in the mirror image, and BatchNorm after each hidden layer or after none. What a state dict does
not say, the activation, is asked.
"""

import re
from itertools import pairwise

import torch

from ae_core.errors import ConfigError, WeightsError
from ae_core.models.build import build_model
from ae_core.models.config import PIXELS, ModelConfig
from ae_core.models.network import Network
from ae_core.models.weights import check_tensors

HOW = "safetensors.torch.save_file(model.state_dict(), 'model.safetensors')"
NORM = ("weight", "bias", "running_mean", "running_var")


def network_of(tensors: dict[str, torch.Tensor], activation: str = "relu") -> Network:
    """The lab's network with these weights, in evaluation mode. Raises WeightsError where none fits."""
    layers = grouped(tensors)
    matrices = in_chain([each for each in layers if is_matrix(each)])
    norms = [each for each in layers if not is_matrix(each)]
    config = config_of(matrices, norms, activation)
    model = build_model(config)
    values, both = model.state_dict(), (iter(matrices), iter(norms))
    for prefix in dict.fromkeys(name.rpartition(".")[0] for name in values):
        is_norm = f"{prefix}.running_mean" in values
        found = next(both[is_norm])
        for part in NORM if is_norm else NORM[:2]:
            values[f"{prefix}.{part}"] = found[part].float()
    check_tensors(model, values, "This state dict")
    model.load_state_dict(values)
    return model.eval()


Layer = dict[str, torch.Tensor]


def grouped(tensors: dict[str, torch.Tensor]) -> list[Layer]:
    """Tensors of each layer, the encoder's first, then as their names count. Raises WeightsError."""
    layers: dict[str, Layer] = {}
    for name, value in tensors.items():
        prefix, _, part = name.rpartition(".")
        if part != "num_batches_tracked":
            layers.setdefault(prefix, {})[part] = value
    for prefix, layer in layers.items():
        if set(layer) not in ({"weight", "bias"}, set(NORM)):
            raise WeightsError(
                f"The layer {prefix[:60]!r} has {', '.join(sorted(layer))[:80]}: only fully connected layers "
                "with a bias and BatchNorm can be taken in."
            )
    return [layers[prefix] for prefix in sorted(layers, key=place_of)]


def place_of(prefix: str) -> tuple[int, list[tuple[int, str]]]:
    """Encoders come before decoders; numbers count as numbers."""
    parts = [(int(each), "") if each.isdecimal() else (-1, each) for each in re.split(r"[._]", prefix)]
    return int("dec" in prefix.lower()), parts


def is_matrix(layer: Layer) -> bool:
    return "running_mean" not in layer and layer["weight"].ndim == 2


def in_chain(matrices: list[Layer]) -> list[Layer]:
    """As they are, if each takes what the one before gives. Raises WeightsError."""
    shapes = [tuple(each["weight"].shape) for each in matrices]
    fit = all(after[1] == before[0] for before, after in pairwise(shapes))
    if not shapes or not fit or shapes[0][1] != PIXELS or shapes[-1][0] != PIXELS:
        told = ", ".join(f"{columns} to {rows}" for rows, columns in shapes[:12]) or "none"
        raise WeightsError(
            f"Its fully connected layers must lead from {PIXELS} pixels to the code and back to {PIXELS}, "
            f"each taking what the one before gives; in the order of their names they are: {told}."
        )
    return matrices


def config_of(matrices: list[Layer], norms: list[Layer], activation: str) -> ModelConfig:
    """Raises WeightsError where no configuration of the lab has such layers."""
    widths = [int(each["weight"].shape[0]) for each in matrices][:-1]
    middle = len(widths) // 2
    hidden, latent_dim = tuple(widths[:middle]), widths[middle] if widths else 0
    if len(widths) % 2 == 0 or tuple(reversed(hidden)) != tuple(widths[middle + 1 :]):
        raise WeightsError(
            f"The decoder must mirror the encoder; between the pixels its layers have {widths} units."
        )
    wanted = [*hidden, *reversed(hidden)]
    if norms and [int(each["weight"].shape[0]) for each in norms] != wanted:
        raise WeightsError(
            f"BatchNorm must stand after every hidden layer, of {wanted} units, or after none."
        )
    try:
        return ModelConfig(
            latent_dim=latent_dim, hidden=hidden, activation=activation, batch_norm=bool(norms) or not hidden
        )
    except ConfigError as error:
        raise WeightsError(f"The lab has no such network: {error}") from error
