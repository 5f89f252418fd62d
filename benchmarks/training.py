"""The lab's training against the reference notebook's, side by side in one run.

time_to_quality_ratio: seconds of the notebook's 25 epochs, over the lab's seconds until validation MSE is at
most the notebook's final 0.0103, in a single epoch. epoch_ratio: seconds an epoch
of the notebook over the lab's, at the notebook's own batch, optimizer and fp32. Both sides train the same
network on the same 48,000 digits and are timed with their evaluation of the 12,000 validation digits; reading
the files is not counted.

Both sides take turns, an epoch of the notebook and one of the lab, so that a slow spell of the machine meets
both; times are medians over the turns, and the notebook's 25 epochs are the sum that was measured. The
notebook's side is a process of its own with PyTorch's default settings, at rest during the lab's turns.
"""

import statistics
import time
from collections.abc import Iterator
from typing import Annotated

import typer

from ae_core.data.digits import Digits
from ae_core.data.sources import load_digits
from ae_core.models.build import build_model
from ae_core.models.config import ModelConfig
from ae_core.training.config import TrainConfig
from ae_core.training.loop import train
from benchmarks import notebook
from benchmarks.report import AsJson, Target, report

QUALITY = 0.0103  # the notebook's validation MSE after its 25 epochs
SCHEDULE = TrainConfig(epochs=1, batch_size=512, peak_learning_rate=0.03)
TURNS_A_TRAINING = 3  # turns from one whole training of the lab to its next
TARGETS = {"time_to_quality_ratio": Target(low=80), "epoch_ratio": Target(low=4)}


def time_to_quality(digits: Digits, device: str) -> tuple[float | None, float]:
    """Wall seconds from an untrained model to QUALITY (None if it is not reached), and the last loss."""
    started = time.perf_counter()
    loss = float("inf")
    for epoch in train(build_model(ModelConfig.reference()), digits, SCHEDULE, device=device):
        loss = epoch.validation_loss
        if loss <= QUALITY:
            return time.perf_counter() - started, loss
    return None, loss


def reference_epochs(digits: Digits, epochs: int, device: str) -> Iterator[float]:
    """Wall seconds of each epoch of the notebook's recipe in the lab, evaluation included."""
    recipe = TrainConfig.reference().with_changes(epochs=epochs)
    training = train(build_model(ModelConfig.reference()), digits, recipe, device=device)
    while True:
        started = time.perf_counter()
        if next(training, None) is None:
            return
        yield time.perf_counter() - started


def median_or_none(times: list[float | None]) -> float | None:
    """None as soon as one training did not get there: a median over the lucky ones would flatter."""
    return None if None in times else statistics.median(times)


def main(
    turns: Annotated[
        int,
        typer.Option(min=1, max=notebook.EPOCHS, help="Epochs of each side; fewer than 25 are scaled to 25."),
    ] = notebook.EPOCHS,
    device: Annotated[str, typer.Option(help="Where both sides compute: cpu or cuda.")] = "cpu",
    as_json: AsJson = False,
) -> None:
    """Times both sides; about two minutes on two quiet cores."""
    digits = load_digits("mnist")
    time_to_quality(digits, device)  # not counted: the first steps of a process set up threads and memory
    runs, theirs, ours = [], [], []
    epochs = zip(
        notebook.train_as_notebook(turns, device), reference_epochs(digits, turns, device), strict=True
    )
    for turn, (their_epoch, our_seconds) in enumerate(epochs):
        theirs.append(their_epoch)
        ours.append(our_seconds)
        if turn % TURNS_A_TRAINING == 0:
            runs.append(time_to_quality(digits, device))

    their_seconds = [each.seconds for each in theirs]
    notebook_seconds = sum(their_seconds) * notebook.EPOCHS / turns
    lab_seconds = median_or_none([seconds for seconds, _ in runs])
    figures = {
        "time_to_quality_ratio": notebook_seconds / lab_seconds if lab_seconds else None,
        "epoch_ratio": statistics.median(their_seconds) / statistics.median(ours),
        "notebook_seconds": notebook_seconds,
        "notebook_seconds_are_scaled": turns < notebook.EPOCHS,
        "notebook_epoch_seconds": statistics.median(their_seconds),
        "notebook_each_epoch_seconds": [round(each, 3) for each in their_seconds],
        "notebook_validation_losses": [round(each.validation_loss, 6) for each in theirs],
        "quality": QUALITY,
        "lab_seconds_to_quality": lab_seconds,
        "lab_seconds_to_quality_each": [seconds for seconds, _ in runs],
        "lab_validation_losses": [loss for _, loss in runs],
        "lab_epoch_seconds": statistics.median(ours),
        "lab_each_epoch_seconds": [round(each, 3) for each in ours],
    }
    report(figures, TARGETS, as_json)


if __name__ == "__main__":
    typer.run(main)
