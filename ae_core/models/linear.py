"""A fully connected layer that is faster in fp32 on the CPU, with PyTorch's own layer everywhere else.

PyTorch multiplies fp32 matrices with MKL, which leaves half of some processors' speed unused (on an AMD EPYC
with AVX-512, 170 GFLOP/s against 340 with oneDNN); `python -m benchmarks.training` shows what it comes to.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

HAS_ONEDNN = torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_linear_pointwise")


class Linear(nn.Linear):
    """nn.Linear: the same numbers up to rounding, and the same state dict."""

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        if suits_onednn(values):
            return apply_onednn(values, self.weight, self.bias)
        return super().forward(values)


def suits_onednn(values: torch.Tensor) -> bool:
    return (
        HAS_ONEDNN
        and values.device.type == "cpu"
        and values.dtype == torch.float32
        and not torch.is_autocast_enabled("cpu")
    )


def multiply(values: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
    """values [N, in] times weight [out, in] transposed, plus bias [out], with oneDNN."""
    return torch.ops.mkldnn._linear_pointwise(values, weight, bias, "none", [], "")


class OneDnnLinear(torch.autograd.Function):
    """A linear layer and its derivatives; oneDNN takes transposed factors as they stand."""

    @staticmethod
    def forward(context: Any, values: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        context.save_for_backward(values, weight)
        return multiply(values.contiguous(), weight, bias)

    @staticmethod
    def backward(context: Any, slope: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        values, weight = context.saved_tensors
        needs_values, needs_weight, needs_bias = context.needs_input_grad
        slope = slope.contiguous()
        return (
            multiply(slope, weight.t(), None) if needs_values else None,
            multiply(slope.t(), values.t(), None) if needs_weight else None,
            slope.sum(0) if needs_bias else None,
        )


apply_onednn: Callable[..., torch.Tensor] = OneDnnLinear.apply
