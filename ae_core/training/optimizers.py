"""The optimizers a recipe can name, as PyTorch has them, and Muon."""

import torch

from ae_core.training.config import TrainConfig
from ae_core.training.muon import Muon

# How much of its mean of squared gradients Adam keeps at each step. The usual 0.999 remembers a thousand
# steps, five epochs here: too long for a learning rate that is another by then.
KEPT_SQUARES = {"one_cycle": 0.99, "cosine": 0.999, "constant": 0.999}


def build_optimizer(model: torch.nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
    """The recipe's optimizer; fused where it can be: one call updates all weights."""
    weights, rate = model.parameters(), config.peak_learning_rate
    betas = (0.9, KEPT_SQUARES[config.schedule])
    match config.optimizer:
        case "sgd":
            return torch.optim.SGD(weights, rate, momentum=0.9, fused=True)
        case "muon":
            return Muon(weights, rate, betas)
        case "adamw":
            return torch.optim.AdamW(weights, rate, betas=betas, fused=True)
        case _:
            return torch.optim.Adam(weights, rate, betas=betas, fused=True)


def without_compiler() -> None:
    """Keeps an optimizer from importing PyTorch's compiler, which takes a second and is not used here.

    Its methods import it when first called, to be left out of what is compiled, unless they know already.
    """
    optimizer = torch.optim.Optimizer
    for method in (
        optimizer.add_param_group,
        optimizer.zero_grad,
        optimizer.state_dict,
        optimizer.load_state_dict,
    ):
        plain = getattr(method, "__wrapped__", method)
        setattr(plain, "__dynamo_disable", plain)


without_compiler()
