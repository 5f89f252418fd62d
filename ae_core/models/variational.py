"""A variational autoencoder (Kingma and Welling, arXiv 1312.6114); beta is that of Higgins et al."""

import torch
from torch import nn

from ae_core.models.config import PIXELS, ModelConfig
from ae_core.models.dense import layers, output
from ae_core.models.network import Network


class VariationalAutoencoder(Network):
    """The dense network whose encoder gives each digit a normal distribution of codes instead of one code.

    Training draws a code from it and adds beta times the distribution's Kullback-Leibler divergence from
    the standard normal distribution. Everything else uses the mean as the code.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        down = (PIXELS, *config.hidden, 2 * config.latent_dim)
        up = (config.latent_dim, *reversed(config.hidden), PIXELS)
        self.encoder = nn.Sequential(*layers(down, config))
        self.decoder = nn.Sequential(*layers(up, config), *output(config))
        start_certain(self.encoder[-1], config.latent_dim)

    def distribution(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Means and logarithms of variances, each [N, latent_dim], of the codes of images [N, 28, 28]."""
        mean, log_variance = self.encoder(images.flatten(1)).float().chunk(2, dim=1)
        return mean, log_variance.clamp(-20, 20)  # beyond it exp() leaves the range of fp32

    def encode(self, images: torch.Tensor) -> torch.Tensor:
        return self.distribution(images)[0]

    def decode(self, codes: torch.Tensor) -> torch.Tensor:
        return self.decoder(codes).unflatten(1, (28, 28))

    def layers(self) -> tuple[list[nn.Module], list[nn.Module], int]:
        return list(self.encoder), list(self.decoder), 1

    def training_pass(
        self, images: torch.Tensor, generator: torch.Generator
    ) -> tuple[torch.Tensor, torch.Tensor]:
        mean, log_variance = self.distribution(images)
        noise = torch.randn(mean.shape, generator=generator).to(mean.device)
        return self.decode(mean + noise * (log_variance / 2).exp()), kl(mean, log_variance).mean()


def start_certain(layer: nn.Module, latent_dim: int) -> None:
    """Small variances at first: a code that starts as noise teaches the decoder to ignore it."""
    assert isinstance(layer, nn.Linear)
    with torch.no_grad():
        layer.bias[latent_dim:] = -4


def kl(mean: torch.Tensor, log_variance: torch.Tensor) -> torch.Tensor:
    """Kullback-Leibler divergence [N], in nats, of normal distributions from the standard one."""
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(dim=1)
