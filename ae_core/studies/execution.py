"""Carrying out one part: train if it must, measure; for the Dask worker and the command line alike."""

import contextlib
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Self

from ae_core.errors import RecordDeletedError
from ae_core.jobs import worker
from ae_core.jobs.states import HEARTBEAT_SECONDS, Action, State
from ae_core.jobs.worker import Kind, end, is_free
from ae_core.runs.execution import OnEpoch, execute
from ae_core.runs.run import Run
from ae_core.runs.trainings import Trainings, counts
from ae_core.studies.evaluation import Evaluation, Listener, digits_of, evaluate_given, evaluate_trained
from ae_core.studies.measuring import Result, measured
from ae_core.studies.records import PartRecord
from ae_core.studies.store import StudyStore
from ae_core.training.loop import EpochResult, Step

BEAT_SECONDS = HEARTBEAT_SECONDS / 5
SAY_SECONDS = 0.25  # between two that it says because something was done
TRAINING_SHARE = 0.5  # of a detector that trains its model; the rest is fitting scores
TRAINING_DELETED = "Its training was deleted while it was under way. Try again: it is trained anew."


def carry_out(record: PartRecord, by: str, *, device: str = "auto", on_epoch: OnEpoch | None = None) -> State:
    """Carries out a part from where it stands; what it finds is written last, so all or nothing.

    by: a name for whoever does it; a part that somebody else has under way is waited for. Nothing is raised
    for what can go wrong with a part: it ends as FAILED with a message for the person. Only one that is
    deleted meanwhile has nothing left to tell it in: RecordDeletedError, at the next epoch or before its
    result.
    """

    def work() -> State:
        if not is_free(record, by) or record.state() is State.FINISHED:
            return record.state()
        rest = record.asked().rest
        if rest and not (rest is State.STOPPED and record.keeps_when_stopped()):
            return end(record, rest)
        with Pulse(record, by) as pulse:
            state, message = Execution(record, pulse, device, on_epoch).train_and_measure()
        return state if state is State.FINISHED else end(record, state, message)

    try:
        return worker.carry_out(record, work)
    except RecordDeletedError:
        if not record.exists():
            raise
        return end(record, State.FAILED, TRAINING_DELETED)


PART = Kind("ae_core.studies.execution:PART", lambda root, key: StudyStore.at(root).record(key), carry_out)


class Pulse:
    """Keeps saying that a part is under way, and how much of it is done."""

    def __init__(self, record: PartRecord, by: str) -> None:
        self.record = record
        self.by = by
        self.share = 0.0
        self.said = 0.0
        self.over = threading.Event()
        self.heart = threading.Thread(target=self.beat, daemon=True, name=f"beat-{record.id}")

    def __enter__(self) -> Self:
        self.say()
        self.heart.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.heart.join()

    def beat(self) -> None:
        while not self.over.wait(BEAT_SECONDS):
            with contextlib.suppress(OSError, RecordDeletedError):
                self.say()

    def say(self) -> None:
        self.said = time.monotonic()
        self.record.set_state(State.RUNNING, by=self.by, share=self.share)

    def reach(self, share: float) -> None:
        """Takes in how much is done. Raises RecordDeletedError where nobody wants the part any more."""
        self.share = share
        if time.monotonic() - self.said >= SAY_SECONDS:
            self.say()


class Execution:
    """A part being carried out by whoever the pulse names."""

    def __init__(self, record: PartRecord, pulse: Pulse, device: str, on_epoch: OnEpoch | None) -> None:
        self.record, self.part, self.pulse = record, record.part(), pulse
        self.by = f"{pulse.by} for {record.id}"  # whoever has the run in hand as a job of its own is another
        self.device = device
        self.on_epoch = on_epoch

    def train_and_measure(self) -> tuple[State, str]:
        """How it ended, and a message where something is to be said."""
        if not self.part.trains:
            self.finish_evaluated(lambda listener: evaluate_given(self.part, self.record.runs, listener), 0.0)
            return State.FINISHED, ""
        run, state = self.trained()
        if state is not State.FINISHED:
            return state, run.message()
        if not self.part.is_detector:
            self.record.finish(Result.of_run(run))
            return State.FINISHED, ""
        seconds = float(run.metrics()["seconds"].sum())
        self.finish_evaluated(partial(evaluate_trained, self.part, run.model(), run.caution()), seconds)
        return State.FINISHED, ""

    def finish_evaluated(self, evaluate: Callable[[Listener], Evaluation], training_seconds: float) -> None:
        begun, started = (self.training_share if self.part.trains else 0.0), time.perf_counter()
        found = evaluate(Listener(lambda share: self.pulse.reach(begun + (1 - begun) * share)))
        calibration = found.evaluator.calibration
        result = Result(
            measured(found.scores, calibration),
            letters={**found.evaluator.letters},
            seconds=training_seconds + time.perf_counter() - started,
            notes=[note for note in found.notes if note],
            calibration_digits=len(calibration),
            training_seconds=training_seconds,
        )
        self.record.finish(result, scores=found.scores, calibration=calibration)

    # -- the training

    @property
    def training_share(self) -> float:
        """How much of the part its training is."""
        return TRAINING_SHARE if self.part.is_detector else 1.0

    def trained(self) -> tuple[Run, State]:
        """The part's run, and how far it came: its own, or another's that does the same training.

        What another has under way is waited for. Where that comes to nothing the part has a run of its own.
        """
        while True:
            run, is_own = self.find_run()
            try:
                state = self.train(run) if is_own else self.share(run)
            except RecordDeletedError:
                if is_own or not self.record.exists():
                    raise
                continue  # its owner has deleted it
            if is_own or self.record.asked().rest or (state is State.FINISHED and counts(run)):
                return run, state

    def find_run(self) -> tuple[Run, bool]:
        """The run that does the training, and whether it is the part's own."""
        run = self.record.run()
        if run is not None and self.record.has_made(run):
            if run.state() is not State.FAILED:
                return run, True
            self.record.runs.delete(run.id)  # what it failed of may be its checkpoint
        elif run is not None and counts(run):
            return run, False
        run = self.obtain_run()
        self.record.set_run(run)
        return run, self.record.has_made(run)

    def obtain_run(self) -> Run:
        part, (model, train) = self.part, self.part.training
        digits = digits_of(part)
        batch_size = min(train.batch_size, len(digits.only(part.classes).train))
        run, _ = Trainings(self.record.runs).once(
            model,
            train.with_changes(batch_size=batch_size),
            dataset=part.dataset,
            fingerprint=part.fingerprint,
            class_names=digits.class_names,
            classes=part.classes,
            part=self.record.id,
        )
        return run

    def train(self, run: Run) -> State:
        """Carries out the part's own run."""
        self.pass_on_request(run)
        return self.execute(run)

    def share(self, run: Run) -> State:
        """Waits for another's run as long as the part is wanted; carries it out where nobody has begun."""
        if not is_free(run, self.by, lambda: self.record.asked() is Action.RUN):
            return run.state() if run.state() is State.FINISHED else self.record.asked().rest or run.state()
        return self.execute(run)

    def execute(self, run: Run) -> State:
        (_, train), share = self.part.training, self.training_share
        epochs = train.epochs

        def step_done(step: Step) -> None:
            self.pulse.reach(share * (step.epoch - 1 + step.step / step.steps) / epochs)

        def epoch_done(result: EpochResult) -> None:
            self.pulse.reach(share * result.number / epochs)
            if self.on_epoch:
                self.on_epoch(result)

        return execute(run, by=self.by, device=self.device, on_epoch=epoch_done, on_step=step_done)

    def pass_on_request(self, run: Run) -> None:
        """What came before there was a run, and while this is written: a person asks both, the part first."""
        while (asked := self.record.asked()) is not run.control().action:
            run.request(asked)
