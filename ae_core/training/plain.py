"""PyTorch's optimizers without its compiler, whose import takes a second and which nothing here uses.

They import it when they are first used, to tell it where to stop. These have been told already, or do not
ask; where a later PyTorch does it in another way, they only take that second again.
"""

from collections.abc import Callable
from typing import Any

import torch


def step_of(optimizer: type[torch.optim.Optimizer]) -> Callable[..., Any]:
    """Its step, without the word to the compiler that is wrapped around it."""
    return torch.no_grad()(getattr(optimizer.step, "__wrapped__", optimizer.step))


class Adam(torch.optim.Adam):
    step = step_of(torch.optim.Adam)


class AdamW(torch.optim.AdamW):
    step = step_of(torch.optim.AdamW)


class SGD(torch.optim.SGD):
    step = step_of(torch.optim.SGD)


for method in ("add_param_group", "zero_grad", "state_dict", "load_state_dict"):
    wrapped = getattr(torch.optim.Optimizer, method)
    plain = getattr(wrapped, "__wrapped__", wrapped)
    plain.__dynamo_disable = plain
