"""The optimizers a recipe can name, as PyTorch has them, and Muon."""

import torch

from ae_core.training.config import TrainConfig
from ae_core.training.muon import Muon
from ae_core.training.plain import SGD, Adam, AdamW

# How much of its mean of squared gradients Adam keeps at each step. The usual 0.999 remembers a thousand
# steps, five epochs here: too long for a learning rate that is another by then.
KEPT_SQUARES = {"one_cycle": 0.99, "cosine": 0.999, "constant": 0.999}


def build_optimizer(model: torch.nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
    """The recipe's optimizer; fused where it can be: one call updates all weights."""
    weights, rate = model.parameters(), config.peak_learning_rate
    betas = (0.9, KEPT_SQUARES[config.schedule])
    match config.optimizer:
        case "sgd":
            return SGD(weights, rate, momentum=0.9, fused=True)
        case "muon":
            return Muon(weights, rate, betas)
        case "adamw":
            return AdamW(weights, rate, betas=betas, fused=True)
        case _:
            return Adam(weights, rate, betas=betas, fused=True)
