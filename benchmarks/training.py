"""The lab's training against the reference notebook's, side by side in one run.

time_to_quality_ratio: seconds of the notebook's 25 epochs, over the lab's seconds until validation MSE is at
most the notebook's final 0.0103, with the default recipe as a 3-epoch schedule. epoch_ratio: seconds an epoch
of the notebook over the lab's, at the notebook's own batch, optimizer and fp32. Both sides train the same
network on the same 48,000 digits and are timed with their evaluation of the 12,000 validation digits; reading
the files is not counted.

Each time is the quickest of its side: whatever else a machine does only ever adds to a time. The notebook's
25 epochs are 25 times its quickest. The lab is timed before and after the notebook. The notebook's side is a
process of its own with PyTorch's settings as they are by default.
"""

import time
from typing import Annotated

import typer

from ae_core.config import ModelConfig, TrainConfig
from ae_core.data import Digits, load_digits
from ae_core.models import build_model
from ae_core.training import train
from benchmarks import notebook
from benchmarks.report import AsJson, Target, report

QUALITY = 0.0103  # the notebook's validation MSE after its 25 epochs
SCHEDULE = TrainConfig(epochs=3)
LAB_TRAININGS = 3  # before the notebook, and again after it
TARGETS = {"time_to_quality_ratio": Target(low=40), "epoch_ratio": Target(low=3.5)}


def time_to_quality(digits: Digits) -> tuple[float | None, float]:
    """Wall seconds from an untrained model to QUALITY (None if it is not reached), and the last loss."""
    started = time.perf_counter()
    loss = float("inf")
    for epoch in train(build_model(ModelConfig.reference()), digits, SCHEDULE, device="cpu"):
        loss = epoch.validation_loss
        if loss <= QUALITY:
            return time.perf_counter() - started, loss
    return None, loss


def reference_epochs(digits: Digits, epochs: int) -> list[float]:
    """Wall seconds of each epoch of the notebook's recipe in the lab, evaluation included."""
    recipe = TrainConfig.reference().with_changes(epochs=epochs)
    seconds, before = [], time.perf_counter()
    for _ in train(build_model(ModelConfig.reference()), digits, recipe, device="cpu"):
        seconds.append(time.perf_counter() - before)
        before = time.perf_counter()
    return seconds


def quickest(times: list[float | None]) -> float | None:
    """None as soon as one training did not get there: a minimum over the lucky ones would flatter."""
    return None if None in times else min(times)


def main(
    notebook_epochs: Annotated[
        int,
        typer.Option(
            min=1, max=notebook.EPOCHS, help="Epochs that the notebook's side runs; fewer are scaled to 25."
        ),
    ] = notebook.EPOCHS,
    lab_epochs: Annotated[int, typer.Option(min=1, help="Reference epochs in the lab, each time.")] = 4,
    as_json: AsJson = False,
) -> None:
    """Times both sides; about three minutes on two quiet cores."""
    digits = load_digits("mnist")
    runs, epochs = [], []

    def time_the_lab() -> None:
        for _ in range(LAB_TRAININGS):
            runs.append(time_to_quality(digits))
        epochs.extend(reference_epochs(digits, lab_epochs))

    time_to_quality(digits)  # not counted: the first steps of a process set up threads and memory
    time_the_lab()
    theirs = notebook.train_as_notebook(notebook_epochs)
    time_the_lab()

    their_epoch = min(each.seconds for each in theirs)
    lab_seconds, lab_epoch = quickest([seconds for seconds, _ in runs]), min(epochs)
    figures = {
        "time_to_quality_ratio": notebook.EPOCHS * their_epoch / lab_seconds if lab_seconds else None,
        "epoch_ratio": their_epoch / lab_epoch,
        "notebook_seconds": notebook.EPOCHS * their_epoch,
        "notebook_epoch_seconds": their_epoch,
        "notebook_epochs_run": notebook_epochs,
        "notebook_seconds_are_scaled": notebook_epochs < notebook.EPOCHS,
        "notebook_each_epoch_seconds": [round(each.seconds, 3) for each in theirs],
        "notebook_validation_losses": [round(each.validation_loss, 6) for each in theirs],
        "quality": QUALITY,
        "lab_seconds_to_quality": lab_seconds,
        "lab_seconds_to_quality_each": [seconds for seconds, _ in runs],
        "lab_validation_losses": [loss for _, loss in runs],
        "lab_epoch_seconds": lab_epoch,
        "lab_each_epoch_seconds": [round(each, 3) for each in epochs],
    }
    report(figures, TARGETS, as_json)


if __name__ == "__main__":
    typer.run(main)
