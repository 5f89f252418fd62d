"""For a training that broke down: the lower learning rate at which it would have held, found by trying."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from ae_core.data.digits import Digits
from ae_core.errors import DivergedError
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.training.config import TrainConfig
from ae_core.training.learned import NO_BETTER, mean_image_error
from ae_core.training.loop import Step, Training

SHARES = (1 / 3, 1 / 10, 1 / 30, 1 / 100)  # of the peak learning rate, tried in turn
SECONDS = 3.0  # for each trial: a person waits for the run to end


@dataclass(frozen=True)
class Remedy:
    """A lower peak learning rate; the epochs of the same recipe that it was tried for, and the validation
    loss after them, which is better than that of the mean digit.
    """

    peak_learning_rate: float
    epochs: int
    validation_loss: float


def is_steep(recipe: TrainConfig) -> bool:
    """Whether the learning rate is so high that a lower one may be all that is missing."""
    return recipe.peak_learning_rate > TrainConfig().peak_learning_rate


def find_remedy(
    model: ModelConfig,
    recipe: TrainConfig,
    digits: Digits,
    *,
    device: str = "auto",
    seconds: float = SECONDS,
    on_trial: Callable[[], None] = lambda: None,
) -> Remedy | None:
    """The first of a few lower rates that comes to something, each tried for so many seconds at most.

    on_trial: is called before each. None where none does, or where there was no time for an epoch.
    """
    worst = NO_BETTER * mean_image_error(digits.train.images, digits.validation.images)
    for rate in lower_rates(recipe.peak_learning_rate):
        on_trial()
        losses = tried(model, recipe.with_changes(peak_learning_rate=rate), digits, device, seconds)
        if losses and losses[-1] < worst:
            return Remedy(rate, len(losses), losses[-1])
    return None


def lower_rates(rate: float) -> list[float]:
    """With one digit each, as a person would write them."""
    least = TrainConfig.rule("peak_learning_rate").low or 0.0
    return [lower for lower in (float(f"{rate * share:.0e}") for share in SHARES) if lower >= least]


def tried(
    model: ModelConfig, recipe: TrainConfig, digits: Digits, device: str, seconds: float
) -> list[float]:
    """Validation losses of the recipe's epochs that the time is enough for; none where it diverges."""
    training = Training(build_model(model, recipe.seed), digits, recipe, device=device)
    until, losses = time.monotonic() + seconds, []

    def watch_time(_: Step) -> None:
        if time.monotonic() > until:
            training.halt()

    try:
        for result in training.run(watch_time):
            losses.append(result.validation_loss)
            if time.monotonic() > until:
                break
    except DivergedError:
        return []
    return losses
