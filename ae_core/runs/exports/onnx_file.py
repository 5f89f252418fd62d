"""A model as ONNX, for every runtime that reads it: images in, codes and reconstructions out.

The graph is written from the network's own layers, so nothing of PyTorch's exporter is needed.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from ae_core import __version__
from ae_core.models.network import Network

OPSET, IR_VERSION = 20, 9  # the first opset with GELU; what runtimes of 2023 and later read
SIMPLE = {nn.ReLU: "Relu", nn.Tanh: "Tanh", nn.Sigmoid: "Sigmoid", nn.GELU: "Gelu", nn.Flatten: "Flatten"}


def onnx_file(model: Network) -> bytes:
    """Input "images" float32 [N, 28, 28], intensities 0 to 1; outputs "codes" [N, latent_dim] and
    "reconstructions" [N, 28, 28]. As the model is after training: BatchNorm with the means it has seen, a
    variational code is its mean.
    """
    down, up, side = model.layers()
    graph = Graph()
    is_flat = isinstance(down[0], nn.Linear)
    values = graph.reshaped("images", (-1, 784) if is_flat else (-1, 1, 28, 28))
    values = graph.through(down, values, side)
    latent_dim = model.config.latent_dim
    codes = graph.add(
        "Slice", values, graph.whole([0]), graph.whole([latent_dim]), graph.whole([1]), out="codes"
    )
    values = graph.through(up, codes, side)
    graph.add("Reshape", values, graph.whole([-1, 28, 28]), out="reconstructions")
    return graph.file(latent_dim)


class Graph:
    """Nodes as they are written, and the constants that they name."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, kind: str, *inputs: str, out: str = "", **attributes: Any) -> str:
        """The name of the result."""
        out = out or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], **attributes))
        return out

    def keep(self, values: np.ndarray) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def weights(self, values: torch.Tensor | None) -> str:
        assert values is not None
        return self.keep(values.detach().cpu().float().numpy())

    def whole(self, values: list[int]) -> str:
        return self.keep(np.array(values, np.int64))

    def reshaped(self, values: str, shape: tuple[int, ...]) -> str:
        return self.add("Reshape", values, self.whole(list(shape)))

    def through(self, modules: Iterable[nn.Module], values: str, side: int) -> str:
        """side: of the maps that the first transposed convolution is given."""
        is_flat = True
        for module in modules:
            if isinstance(module, nn.ConvTranspose2d) and is_flat:
                values, is_flat = self.reshaped(values, (-1, module.in_channels, side, side)), False
            values = self.layer(module, values)
        return values

    def layer(self, module: nn.Module, values: str) -> str:
        match module:
            case nn.Linear():
                return self.add(
                    "Gemm", values, self.weights(module.weight), self.weights(module.bias), transB=1
                )
            case nn.Conv2d() | nn.ConvTranspose2d():
                return self.convolution(module, values)
            case nn.BatchNorm1d() | nn.BatchNorm2d():
                return self.norm(module, values)
            case nn.SiLU():
                return self.add("Mul", values, self.add("Sigmoid", values))
            case nn.LeakyReLU():
                return self.add("LeakyRelu", values, alpha=module.negative_slope)
            case _:
                return self.add(SIMPLE[type(module)], values)

    def convolution(self, module: nn.Conv2d | nn.ConvTranspose2d, values: str) -> str:
        more: dict[str, Any] = {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}
        if isinstance(module, nn.Conv2d):
            kind = "Conv"
        else:
            kind, more["output_padding"] = "ConvTranspose", [int(module.output_padding[0])] * 2
        return self.add(kind, values, self.weights(module.weight), self.weights(module.bias), **more)

    def norm(self, module: nn.BatchNorm1d | nn.BatchNorm2d, values: str) -> str:
        """As it is after training: a factor and a shift for each unit or map."""
        assert module.running_mean is not None
        assert module.running_var is not None
        factor = module.weight / (module.running_var + module.eps).sqrt()
        shift = module.bias - module.running_mean * factor
        shape = (-1, 1, 1) if isinstance(module, nn.BatchNorm2d) else (-1,)
        scaled = self.add("Mul", values, self.weights(factor.reshape(shape)))
        return self.add("Add", scaled, self.weights(shift.reshape(shape)))

    def file(self, latent_dim: int) -> bytes:
        def of(name: str, *shape: int) -> onnx.ValueInfoProto:
            return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", *shape])

        graph = helper.make_graph(
            self.nodes,
            "autoencoder",
            [of("images", 28, 28)],
            [of("codes", latent_dim), of("reconstructions", 28, 28)],
            self.constants,
        )
        made = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
            producer_name="Autoencoder Lab",
            producer_version=__version__,
        )
        onnx.checker.check_model(made)
        return made.SerializeToString()
