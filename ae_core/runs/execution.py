"""Carrying out one run: train, record, score; one function for the Dask worker and the command line."""

import io
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict

import pandas
from safetensors import SafetensorError

from ae_core.data.digits import Digits
from ae_core.data.sources import load_recorded
from ae_core.errors import ChangedError, DamagedError, DivergedError, RecordDeletedError, TakenOverError
from ae_core.jobs import worker
from ae_core.jobs.states import Action, State
from ae_core.jobs.worker import Kind, end, is_free
from ae_core.models.build import build_model
from ae_core.models.weights import read_tensors, save_model, write_tensors
from ae_core.runs import known
from ae_core.runs.config import Progress
from ae_core.runs.film import Film
from ae_core.runs.mlflow import Tracking
from ae_core.runs.run import Run
from ae_core.runs.store import RunStore
from ae_core.runs.tensorboard import EventLog
from ae_core.scores.known import evaluation
from ae_core.training.learned import advice, nothing_learned
from ae_core.training.loop import EpochResult, Step, Training
from ae_core.training.steadier import find_remedy, is_steep

RECORD_SECONDS = 0.25
CHECKPOINT_SECONDS = 1.0
CURVE_POINTS = 400
FILM_FRAMES = 200

OnEpoch = Callable[[EpochResult], None]
OnStep = Callable[[Step], None]


def execute(
    run: Run,
    *,
    by: str = "",
    device: str = "auto",
    on_epoch: OnEpoch | None = None,
    on_step: OnStep | None = None,
) -> State:
    """Carries out `run` from where it stands until it ends or a person pauses or stops it.

    by: a name for whoever does it; a run in somebody else's hands is waited for, and goes on only where that
    one fell silent. Nothing is raised for what can go wrong with a run: it ends as FAILED with a message for
    the person. Only one that is deleted meanwhile has nothing left to tell it in: RecordDeletedError, at its
    next record.
    """
    by = by or secrets.token_hex(8)

    def work() -> State:
        if not is_free(run, by):
            return run.state()
        if run.state() is State.FINISHED:  # its worker was lost after the last word, and Dask tried again
            return State.FINISHED
        if (rest := run.asked().rest) and not run.has_checkpoint():  # it never began
            return end(run, rest)
        return Execution(run, by, device, on_epoch, on_step).carried_out()

    try:
        return worker.carry_out(run, work)
    except RecordDeletedError:
        if run.exists():  # what it is trained for was deleted
            end(run, State.STOPPED)
        raise


def carried_out(run: Run, by: str) -> State:
    """By a worker, which then finds out what pages ask first."""
    state = execute(run, by=by)
    if state is State.FINISHED:
        known.find_out(run)
    return state


RUN = Kind(
    "ae_core.runs.execution:RUN",
    lambda root, run_id: RunStore(root).at(run_id),
    lambda run, by: carried_out(run, by),
    given_up=State.PAUSED,  # a person sees to it
)


class Execution:
    """A run being carried out: listens to the control file and writes what happens into the run's folder."""

    def __init__(
        self, run: Run, by: str, device: str, on_epoch: OnEpoch | None, on_step: OnStep | None
    ) -> None:
        self.run = run
        self.by = by
        self.on_epoch = on_epoch
        self.on_step = on_step
        self.config = run.config()
        self.digits = self.load_digits()
        self.training = Training(
            build_model(self.config.model, self.config.train.seed),
            self.digits,
            self.config.train,
            device=device,
        )
        self.film = Film(run, self.training.model, self.digits)
        self.curve: list[tuple[float, float]] = []
        self.stop_after_epoch = False
        self.asked = Action.RUN
        self.last_record = self.last_checkpoint = 0.0
        self.known_step, self.known_loss = 0, 0.0  # what the curve last said of the epoch under way
        self.metrics = run.metrics().iloc[:0]
        self.events, self.tracking = EventLog(run), Tracking(run)
        self.resume()

    def load_digits(self) -> Digits:
        digits = load_recorded(self.config.dataset, self.config.fingerprint)
        if digits.fingerprint != self.config.fingerprint:
            raise ChangedError(
                f"The data set {self.config.dataset} is no longer the one this run began with "
                f"(fingerprint {digits.fingerprint}, was {self.config.fingerprint}). Start a new run."
            )
        return digits.only(self.config.classes)

    def resume(self) -> None:
        """Goes back to the last checkpoint, if there is one, and forgets what was recorded after it."""
        data = self.run.folder.read("checkpoint.safetensors")
        if data is None:
            return
        try:
            self.training.restore(read_tensors(data))
        except (SafetensorError, KeyError, ValueError, RuntimeError) as error:
            raise DamagedError(
                f"The checkpoint of the run {self.run.id} is damaged, so it cannot go on: start a new run."
            ) from error
        training = self.training
        if training.step:
            self.known_step = training.step
            self.known_loss = float(training.loss_sum) / self.images_until(training.step)
        metrics = self.run.metrics()
        self.metrics = metrics[metrics["number"] <= self.training.epoch]
        self.curve = [(at, loss) for at, loss in self.run.progress().curve if at <= self.place()]
        self.film.go_back(self.training.epoch)

    def carried_out(self) -> State:
        """The state that it ends in; who follows it elsewhere is told the last."""
        state = State.FAILED
        try:
            state = self.carry_out()
        finally:
            self.tracking.close(self.metrics, state)
        return state

    def carry_out(self) -> State:
        self.run.set_progress(Progress(updated=time.time(), curve=self.curve, epoch=self.training.epoch))
        self.run.set_state(State.RUNNING, by=self.by)
        self.listen()
        try:
            if self.asked is Action.RUN or self.asked is Action.STEP:
                for result in self.training.run(self.step_done):
                    self.epoch_done(result)
        except DivergedError:
            self.save_model()
            self.record(checkpoint=False)
            self.find_remedy()
            raise
        except KeyboardInterrupt:
            self.asked = Action.STOP
        if not self.training.is_over and self.asked is not Action.STOP:
            self.record()
            return end(self.run, State.PAUSED)
        return self.finish()

    def find_remedy(self) -> None:
        """Where the training came to nothing at a high learning rate: tries lower ones for a person."""
        recipe = self.config.train.with_changes(peak_learning_rate=self.training.peak_learning_rate)
        if not is_steep(recipe):
            return
        found = find_remedy(
            self.config.model,
            recipe,
            self.digits,
            device=str(self.training.device),
            on_trial=lambda: self.run.set_progress(self.progress(None)),
        )
        if found:
            self.run.set_remedy(found)

    def step_done(self, step: Step) -> None:
        now = time.time()
        if now - self.last_record < RECORD_SECONDS:
            return
        self.listen()
        recent = self.recent_loss(step.running_loss, step.step)
        self.curve.append((step.epoch - 1 + step.step / step.steps, recent))
        self.record(step, checkpoint=now - self.last_checkpoint > CHECKPOINT_SECONDS)
        if self.on_step:
            self.on_step(step)

    def epoch_done(self, result: EpochResult) -> None:
        row = pandas.DataFrame([asdict(result)])
        self.metrics = row if self.metrics.empty else pandas.concat([self.metrics, row], ignore_index=True)
        steps = len(self.training.bounds)
        if self.known_step < steps:
            self.curve.append((float(result.number), self.recent_loss(result.train_loss, steps)))
        self.known_step, self.known_loss = 0, 0.0
        if result.number % (1 + self.config.train.epochs // FILM_FRAMES) == 0:
            self.film.keep(float(result.number))
        if self.asked is Action.STEP:
            self.training.halt()
        self.events.note(self.metrics)
        self.tracking.note(self.metrics)
        now = time.time()
        if now - self.last_record >= RECORD_SECONDS:
            self.listen()
            self.record(checkpoint=now - self.last_checkpoint > CHECKPOINT_SECONDS)
        if self.on_epoch:
            self.on_epoch(result)

    def recent_loss(self, mean: float, step: int) -> float:
        """The loss since the last record, from its mean since the epoch began.

        A curve of those means would fall off a cliff at each epoch's beginning.
        """
        seen, known = self.images_until(step), self.images_until(self.known_step)
        recent = (mean * seen - self.known_loss * known) / (seen - known)
        self.known_step, self.known_loss = step, mean
        return recent

    def images_until(self, step: int) -> int:
        """How many digits of the epoch are seen after so many steps; the last step's batch may be smaller."""
        return self.training.bounds[step - 1][1] if step else 0

    def listen(self) -> None:
        """Takes up what a person asked for since the last look, and says that the run is being carried out.

        A service that took its worker for lost, or a page, may have said something else in between. Raises
        TakenOverError where somebody else carries it out by now, after this one was silent for long.
        """
        status = self.run.status()
        if status.state is not State.RUNNING:
            self.run.set_state(State.RUNNING, by=self.by)
        elif status.by != self.by:
            raise TakenOverError(f"The run {self.run.id} is in other hands.")
        control = self.run.control()
        self.asked = control.action
        if control.peak_learning_rate:
            self.training.peak_learning_rate = control.peak_learning_rate
        if self.asked in (Action.PAUSE, Action.STOP):
            self.training.halt()

    def record(self, step: Step | None = None, *, checkpoint: bool = True) -> None:
        """Writes what happened so far; the checkpoint last, so that it never names what is not there."""
        self.last_record = time.time()
        self.curve = thinned(self.curve)
        self.run.set_metrics(self.metrics)
        if checkpoint:
            self.film.shoot(self.place())
        self.film.write()
        self.run.set_progress(self.progress(step))
        if checkpoint:
            state = write_tensors(self.training.state())
            self.run.folder.write("checkpoint.safetensors", state)
            self.last_checkpoint = time.time()

    def progress(self, step: Step | None) -> Progress:
        training, steps = self.training, len(self.training.bounds)
        speed = step.images_per_second if step else self.last_speed()
        left = (self.config.train.epochs - training.epoch) * steps - training.step
        return Progress(
            epoch=training.epoch,
            step=training.step,
            steps=steps,
            images_per_second=speed,
            remaining_seconds=left / steps * len(training.images) / speed if speed else None,
            learning_rate=training.optimizer.param_groups[0]["lr"],
            curve=self.curve,
            updated=time.time(),
        )

    def place(self) -> float:
        """The epochs done, the one under way as a share."""
        return self.training.epoch + self.training.step / len(self.training.bounds)

    def last_speed(self) -> float:
        return float(self.metrics["images_per_second"].iloc[-1]) if len(self.metrics) else 0.0

    def save_model(self) -> None:
        self.run.folder.write("model.safetensors", save_model(self.training.model))

    def finish(self) -> State:
        if self.training.epoch == self.training.step == 0:
            return end(self.run, State.STOPPED)  # nothing was learned, so there is no model to keep
        self.record()
        self.save_model()
        scores = io.BytesIO()
        table = evaluation(self.training.model, self.digits)
        table.to_parquet(scores, index=False)
        self.run.folder.write("scores.parquet", scores.getvalue())
        self.run.sum_up()
        caution = self.caution(table)
        if not self.training.is_over:
            return end(self.run, State.STOPPED, caution=caution)
        if caution:
            self.find_remedy()
        state = end(self.run, State.FINISHED, caution=caution)
        # Only now: a worker lost before its last word would otherwise begin anew.
        self.run.folder.remove("checkpoint.safetensors")
        return state

    def caution(self, scores: pandas.DataFrame) -> str:
        """Where nothing was learned: that, and what to change."""
        config = self.config
        found = nothing_learned(self.training.model, self.digits, config.classes, scores)
        return (
            f"{found} {advice(config.model, self.training.peak_learning_rate, self.training.epoch)}"
            if found
            else ""
        )


def thinned(curve: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """At most CURVE_POINTS of the points, spread evenly from the first to the newest.

    The point that goes is the one between the two nearest neighbours. So it is enough to know what is left of
    a curve: one that is thinned again and again keeps its beginning, as one that is thinned once.
    """
    kept = list(curve)
    while len(kept) > CURVE_POINTS:
        gaps = [after[0] - before[0] for before, after in zip(kept, kept[2:], strict=False)]
        del kept[1 + gaps.index(min(gaps))]
    return kept
