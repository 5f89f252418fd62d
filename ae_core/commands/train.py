"""`train`: a run of the store, carried out here while every page can watch it."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from tqdm import tqdm

from ae_core.commands.options import PresetName, configured, numbers_from, with_config_options
from ae_core.commands.output import AsJson, show, tell
from ae_core.commands.runs import last_losses
from ae_core.training.presets import PRESETS
from ae_core.words import counted, three_digits

if TYPE_CHECKING:
    from ae_core.jobs.record import Record
    from ae_core.jobs.states import State
    from ae_core.runs.run import Run
    from ae_core.training.loop import EpochResult, Step

BAR = "{percentage:3.0f} % |{bar}| epoch {n:.1f} of {total} [{elapsed}<{remaining}{postfix}]"


@with_config_options
def train(
    *,
    dataset: Annotated[
        str,
        typer.Option(help="embedded, mnist, a set of your own, or auto: mnist where it is, else embedded."),
    ] = "auto",
    preset: PresetName = PRESETS[0].name,
    classes: Annotated[
        str,
        typer.Option(help="The digits to train on, between commas; none: all of them.", metavar="3|0,1,2"),
    ] = "",
    name: Annotated[str, typer.Option(help="What the run is called in lists.")] = "",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    again: Annotated[
        bool, typer.Option("--again", help="Train even where a run of the same training is there.")
    ] = False,
    as_json: AsJson = False,
    **settings: Any,
) -> None:
    """Trains a model as a run of the store; Ctrl-C stops it and keeps what it has learned.

    A training that is finished already is shown and not done again; one that is under way is waited for.
    """
    from ae_core.data.sources import load_digits
    from ae_core.runs.execution import execute
    from ae_core.runs.store import RunStore
    from ae_core.runs.trainings import Trainings
    from ae_core.training.devices import choose_device

    choose_device(device)  # refused before there is a run
    digits = load_digits(dataset)
    chosen = numbers_from(classes, "classes", "3 or 0,1,2") if classes.strip() else ()
    count = len(digits.only(chosen).train)  # refused before there is a run
    model, recipe = configured(preset, settings, count)
    recipe = recipe.with_changes(batch_size=min(recipe.batch_size, count))
    trainings, is_new = Trainings(RunStore()), False
    while not is_new:
        run, is_new = trainings.once(
            model,
            recipe,
            dataset=digits.name,
            fingerprint=digits.fingerprint,
            class_names=digits.class_names,
            classes=chosen,
            name=name,
            again=again,
        )
        if not is_new and is_finished(run):
            tell(f"The run {run.id} has done this training already; --again trains it once more.")
            TrainingReport(run, recipe.epochs, as_json).show_known()
            return
    report = TrainingReport(run, recipe.epochs, as_json)
    with stop_on_interrupt(run) as interrupts, report.bar:
        state = execute(run, device=device, on_epoch=report.epoch, on_step=report.step)
    report.end(state)
    if message := trouble(run, state):
        tell(message)
        raise typer.Exit(1)
    if interrupts:
        raise typer.Exit(130)


def is_finished(run: "Run") -> bool:
    """Whether it comes to its end; waits while somebody else has it in hand."""
    from ae_core.jobs.states import State
    from ae_core.jobs.worker import LOOK_SECONDS

    if run.is_in_hands():
        tell(f"The run {run.id} is at this training already; this waits for it.")
    while run.is_in_hands():
        time.sleep(LOOK_SECONDS)
    return run.exists() and run.state() is State.FINISHED


def trouble(run: "Run", state: "State") -> str:
    """What kept the run from its end, empty if nothing did; a full disk has no room for the run to say it."""
    from ae_core.jobs.states import Action, State
    from ae_core.jobs.worker import DISK_FULL

    paused_by_a_page = run.control().action in (Action.PAUSE, Action.STEP)
    unasked = state is State.PAUSED and not paused_by_a_page
    return run.message() or (DISK_FULL if unasked else "")


class TrainingReport:
    """What a person or a program reads of a training: a bar on stderr, results on stdout."""

    def __init__(self, run: "Run", epochs: int, as_json: bool) -> None:
        self.run = run
        self.as_json = as_json
        self.epochs_done = 0
        self.bar = tqdm(total=epochs, bar_format=BAR, file=sys.stderr)

    def step(self, step: "Step") -> None:
        self.advance(step.epoch - 1 + step.step / step.steps, step.running_loss)

    def epoch(self, result: "EpochResult") -> None:
        self.epochs_done = result.number
        self.advance(result.number, result.validation_loss)
        if self.as_json:
            values = asdict(result)
            show({"run": self.run.id, "epoch": values.pop("number"), **values}, as_json=True)

    def advance(self, place: float, loss: float) -> None:
        self.bar.set_postfix_str(f"loss {loss:.3g}", refresh=False)
        self.bar.update(place - self.bar.n)

    def show_known(self) -> None:
        """What a run has come to that was there already."""
        self.bar.close()
        self.epochs_done = len(self.run.metrics())
        self.end(self.run.state())

    def end(self, state: "State") -> None:
        from ae_core.runs.mlflow import tracked

        caution = self.run.caution()
        show(
            {
                "run": self.run.id,
                "name": self.run.name,
                "state": str(state),
                "epochs": self.epochs_done,
                **last_losses(self.run),
                "test_error": self.run.test_error(),
                "learned_nothing": bool(caution),
            },
            self.as_json,
        )
        if missed := tracked(self.run).trouble:
            tell(missed)
        if reason := self.run.why_stopped():
            tell(f"It stopped by itself. {reason}")
        if caution:
            typer.echo(f"This model has learned nothing. {caution}", err=True)
        if remedy := self.run.remedy():
            tell(
                f"Tried since: --peak-learning-rate {remedy.peak_learning_rate:g} has a validation loss of "
                f"{three_digits(remedy.validation_loss)} after {counted(remedy.epochs, 'epoch')}."
            )


@contextmanager
def stop_on_interrupt(record: "Record") -> Iterator[list[int]]:
    """Ctrl-C asks the work to stop, as the page's button does; a second one ends the program at once.

    Yields the list of interrupts so far. Asking through the control file rather than raising
    KeyboardInterrupt means that nothing is cut off in the middle of a batch or a file.
    """
    from ae_core.jobs.states import Action

    interrupts: list[int] = []

    def ask(number: int, _: object) -> None:
        interrupts.append(number)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        record.request(Action.STOP)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, before)
