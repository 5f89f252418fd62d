"""Which run does a training: each is done once, whoever asks for it.

trainings/KEY.json   names the run that has done the training, or has it under way (`Reference`); KEY is made
                     of all that decides what comes of it
"""

from dataclasses import asdict
from typing import Any

from ae_core.jobs.states import State
from ae_core.models.config import ModelConfig
from ae_core.runs.run import Run
from ae_core.runs.store import RunStore
from ae_core.storage import digest
from ae_core.training.config import RECIPE_VERSION, TrainConfig


def key_of(model: ModelConfig, train: TrainConfig, classes: tuple[int, ...], fingerprint: str) -> str:
    """The same for the same training on the same digits, whatever is then done with its model."""
    return digest([RECIPE_VERSION, asdict(model), train.decisive(), sorted(classes), fingerprint])


class Trainings:
    """The trainings of a run store, in its folder `trainings`."""

    def __init__(self, runs: RunStore) -> None:
        self.runs = runs
        self.folder = runs.folder.child("trainings")

    def find(self, key: str) -> Run | None:
        """The run that has done this training or has it under way; None where there is none."""
        run = self.runs.named_in(self.folder, f"{key}.json")
        return run if run is not None and counts(run) else None

    def once(
        self,
        model: ModelConfig,
        train: TrainConfig,
        *,
        fingerprint: str,
        classes: tuple[int, ...] = (),
        again: bool = False,
        **about: Any,
    ) -> tuple[Run, bool]:
        """The run that does this training, and whether it is new. about: of a new one, see `RunStore.create`.

        again: a new one in any case. Two who ask at the same moment are given the same run.
        """
        key = key_of(model, train, classes, fingerprint)
        with self.folder.alone():
            known = self.find(key)
            if known is not None and not again:
                return known, False
            run = self.runs.create(model, train, fingerprint=fingerprint, classes=classes, **about)
            if known is None:
                self.remember(key, run)
            return run, True

    def remember(self, key: str, run: Run) -> None:
        self.runs.name_in(self.folder, f"{key}.json", run)


def counts(run: Run) -> bool:
    """Whether the run has done what its configuration says, or somebody has it in hand who will."""
    if run.control().peak_learning_rate not in (None, run.config().train.peak_learning_rate):
        return False  # a person has changed it under way
    return run.is_in_hands() or (run.state() is State.FINISHED and run.has_model())
