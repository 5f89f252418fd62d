"""How long trainings will take, timed by a few of their steps while the page goes on."""

from collections.abc import Sequence

import streamlit as st

from ae_core.models.config import ModelConfig
from ae_core.training.config import TrainConfig
from ae_core.training.estimate import KEPT_SECONDS, estimate_seconds
from ae_core.words import duration
from ui.shell.memory import kept
from ui.widgets import later

LOOK_SECONDS = 0.5  # timing takes less

Training = tuple[ModelConfig, TrainConfig, int]  # the last: how many images it has to train on


def show(words: str, trainings: Sequence[Training], *, more: float = 0.0) -> None:
    """A line that ends with about how long trainings take one after the other, and `more` seconds.

    words: Markdown with {time} in it.
    """
    asked = tuple(trainings)

    def draw(is_known: bool) -> None:
        time = f"about **{duration(seconds(asked) + more)}**" if is_known else "timing its steps ..."
        st.markdown(words.format(time=time))

    later.show(lambda: not asked or seconds.begin(asked), draw, LOOK_SECONDS)


@kept(entries=256, seconds=KEPT_SECONDS)
def seconds(trainings: tuple[Training, ...]) -> float:
    """One after the other: steps that are timed beside each other disturb each other."""
    return sum(estimate_seconds(*each) for each in trainings)
