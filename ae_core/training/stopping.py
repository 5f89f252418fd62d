"""When a training stops by itself, if its recipe asks for that: looked at after each epoch."""

from collections.abc import Sequence

from ae_core.training.config import TrainConfig
from ae_core.words import counted, duration, three_digits


def why_stopped(recipe: TrainConfig, validation_losses: Sequence[float], seconds: float) -> str:
    """Why a training is over before its last epoch, as a sentence; "" where it goes on.

    validation_losses: after each epoch so far; seconds: of training so far.
    """
    if not validation_losses:
        return ""
    last, lowest = validation_losses[-1], min(validation_losses)
    best = validation_losses.index(lowest) + 1
    if recipe.target_error and last <= recipe.target_error:
        return (
            f"The validation loss, {three_digits(last)}, has reached the {recipe.target_error:g} asked for."
        )
    if recipe.patience and len(validation_losses) - best >= recipe.patience:
        return (
            f"The validation loss has not fallen for {counted(recipe.patience, 'epoch')}: its lowest, "
            f"{three_digits(lowest)}, was after epoch {best}."
        )
    if recipe.time_limit and seconds >= recipe.time_limit:
        return f"The {duration(recipe.time_limit)} of training asked for are over."
    return ""
