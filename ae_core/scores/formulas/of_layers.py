"""The formulas of fully connected layers and of BatchNorm."""

import torch
from torch import nn

from ae_core.models.network import Network
from ae_core.scores.formulas.formula import Case, Formula


def stages(model: Network) -> list[nn.Module]:
    """The encoder's layers, where all of them are fully connected; else none."""
    encoder = getattr(model, "encoder", None)
    found = list(encoder) if isinstance(encoder, nn.Sequential) else []
    return [] if any(isinstance(each, nn.Conv2d) for each in found) else found


def normalised(model: Network) -> bool:
    return any(isinstance(each, nn.BatchNorm1d) for each in stages(model))


def before(case: Case, layer: nn.Module) -> torch.Tensor:
    """What enters a layer of the encoder, [width]."""
    values = case.seen.pixels
    for each in stages(case.model):
        if each is layer:
            break
        values = each(values)
    return values[0].double()


def batch_norm(case: Case) -> Formula:
    """Of the first such layer, at the unit that this image excites most."""
    layer = next(each for each in stages(case.model) if isinstance(each, nn.BatchNorm1d))
    assert layer.running_mean is not None
    assert layer.running_var is not None
    values = before(case, layer)
    unit = int(values.argmax())
    a, mean, variance, scale, shift = (
        float(each[unit])
        for each in (values, layer.running_mean, layer.running_var, layer.weight, layer.bias)
    )
    name = unit + 1
    return Formula(
        rf"\hat a_{{{name}}}",
        rf"\gamma_{{{name}}} \frac{{a_{{{name}}} - \mu_{{{name}}}}}"
        rf"{{\sqrt{{\sigma_{{{name}}}^2 + \epsilon}}}} + \beta_{{{name}}}",
        rf"{scale:.3f} \cdot \frac{{{a:.3f} {signed(-mean)}}}{{\sqrt{{{variance:.3f} + {layer.eps:g}}}}}"
        rf" {signed(shift)}".replace("1e-05", "10^{-5}"),
        scale * (a - mean) / (variance + layer.eps) ** 0.5 + shift,
    )


def dense_layer(case: Case) -> Formula:
    """The first value of the code: the last layer of the encoder."""
    last = stages(case.model)[-1]
    assert isinstance(last, nn.Linear)
    values = before(case, last)
    weighted, bias = float((last.weight[0] * values).sum()), float(last.bias[0])
    return Formula(
        "z_1",
        rf"\sum_{{j=1}}^{{{len(values)}}} w_{{1j}}\, h_j + b_1",
        f"{weighted:.3f} {signed(bias)}",
        weighted + bias,
    )


def signed(value: float) -> str:
    return f"{'+' if value >= 0 else '-'} {abs(value):.3f}"
