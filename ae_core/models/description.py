"""A network in words and as a list of its stages, for people."""

import math

from ae_core.models.config import PIXELS, ModelConfig
from ae_core.models.convolutional import SIDES
from ae_core.models.linear_baseline import BaselineConfig

PARAGRAPHS = {
    "dense": "Every pixel reaches every unit of the first layer. The layers narrow down to the latent "
    "code and widen again as its mirror image; all that the decoder knows of a digit is the code.",
    "convolutional": "Small filters of 3 × 3 pixels slide over the picture, so a stroke is found wherever it "
    "stands. Each stage halves the picture's side and looks at more of it; at the end a single layer turns "
    "the maps into the code, and the mirror image decodes it.",
    "variational": "The dense network, but a digit becomes a distribution of codes: a mean and a standard "
    "deviation for each latent dimension. Training samples one code from it, and a second term of the loss, "
    "beta times the KL divergence, pulls all distributions towards one standard normal. So the space between "
    "digits is filled, and every code decodes to something.",
}
LINEAR = (
    "Without hidden layers there is no activation: a purely linear network, which at best finds what "
    "principal component analysis finds."
)


def is_linear(config: ModelConfig | BaselineConfig) -> bool:
    """Whether there is no activation between pixels, code and pixels."""
    if isinstance(config, BaselineConfig):
        return True
    return config.architecture != "convolutional" and not config.hidden


def paragraph(config: ModelConfig) -> str:
    if is_linear(config):
        return LINEAR
    return PARAGRAPHS[config.architecture]


def stages(config: ModelConfig) -> list[tuple[str, int]]:
    """What passes through the network from end to end: a caption and how many numbers it is."""
    if config.architecture == "convolutional":
        down = [
            (f"{count} maps of {side} × {side}", count * side * side)
            for count, side in zip(config.channels, SIDES[1:], strict=False)
        ]
    else:
        down = [(f"{width} units", width) for width in config.hidden]
    one, more = ("mean and spread", "means and spreads") if config.is_variational else ("value", "values")
    code = f"code: {config.latent_dim} {one if config.latent_dim == 1 else more}"
    ends = [("784 pixels", PIXELS)]
    return [*ends, *down, (code, config.latent_dim), *reversed(down), *ends]


def relative_widths(config: ModelConfig) -> list[float]:
    """For a drawing of `stages`: from 0 for one number to 1 for the largest stage, logarithmic."""
    sizes = [size for _, size in stages(config)]
    return [math.log1p(size) / math.log1p(max(sizes)) for size in sizes]
