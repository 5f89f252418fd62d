"""Carrying out one part: train if it must, judge, measure; for the Dask worker and the command line alike."""

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Self

from ae_core.errors import RecordDeletedError, RunError
from ae_core.jobs import worker
from ae_core.jobs.states import HEARTBEAT_SECONDS, State
from ae_core.jobs.worker import end, is_free
from ae_core.runs.execution import OnEpoch, execute
from ae_core.runs.run import Run
from ae_core.studies.judging import Judgement, Listener, digits_of, judge_given, judge_trained
from ae_core.studies.measuring import measured
from ae_core.studies.parts import Part
from ae_core.studies.records import PartRecord
from ae_core.studies.store import ExperimentStore
from ae_core.training.loop import EpochResult, Step

BEAT_SECONDS = HEARTBEAT_SECONDS / 5
SAY_SECONDS = 0.25  # between two that it says because something was done
TRAINING_SHARE = 0.5  # of a part that trains its model; the rest is fitting scores
TRAINING_DELETED = "Its training was deleted while it was under way. Try again: it is trained anew."


def carry_out(
    store: ExperimentStore, key: str, by: str, *, device: str = "auto", on_epoch: OnEpoch | None = None
) -> State:
    """Carries out the part `key` from where it stands; what it finds is written last, so all or nothing.

    by: a name for this attempt; a part that somebody else has under way is waited for. Nothing is raised for
    what can go wrong with a part: it ends as FAILED with a message for the person. Only one that is deleted
    meanwhile has nothing left to tell it in: RecordDeletedError, at the next epoch or before its result.
    """
    record = store.record(key)

    def work() -> State:
        if not is_free(record, by) or record.state() is State.FINISHED:
            return record.state()
        if rest := record.asked().rest:
            return end(record, rest)
        with Pulse(record, by) as pulse:
            state, message = train_and_judge(store, record, pulse, device, on_epoch)
        return state if state is State.FINISHED else end(record, state, message)

    try:
        return worker.carry_out(record, work)
    except RecordDeletedError:
        if not record.exists():
            raise
        return end(record, State.FAILED, TRAINING_DELETED)


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


def train_and_judge(
    store: ExperimentStore, record: PartRecord, pulse: Pulse, device: str, on_epoch: OnEpoch | None
) -> tuple[State, str]:
    """How it ended, and a message where something is to be said."""
    part = record.part()
    if not part.trains:
        judge_and_finish(record, lambda: judge_given(part, store, Listener(pulse.reach)))
        return State.FINISHED, ""
    run, state = trained(store, record, part, pulse, device, on_epoch)
    if state is not State.FINISHED:
        return state, run.message()
    training_seconds = float(run.metrics()["seconds"].sum())
    fitting = Listener(lambda share: pulse.reach(TRAINING_SHARE + (1 - TRAINING_SHARE) * share))
    judge_and_finish(
        record, lambda: judge_trained(part, run.model(), run.caution(), fitting), training_seconds
    )
    return State.FINISHED, ""


def judge_and_finish(
    record: PartRecord, judge: Callable[[], Judgement], training_seconds: float = 0.0
) -> None:
    started = time.perf_counter()
    found = judge()
    calibration = found.judge.calibration
    result = {
        "letters": found.judge.letters,
        "notes": [note for note in found.notes if note],
        "calibration_digits": len(calibration),
        "training_seconds": training_seconds,
        "measures": measured(found.scores, calibration),
        "seconds": training_seconds + time.perf_counter() - started,
    }
    record.finish(found.scores, calibration, result)


def trained(
    store: ExperimentStore,
    record: PartRecord,
    part: Part,
    pulse: Pulse,
    device: str,
    on_epoch: OnEpoch | None,
) -> tuple[Run, State]:
    """The part's run, and how far it came: one that another part has finished, its own, or a new one."""
    known = store.finished_training(part)
    if known is not None:
        record.set_run(known)
        return known, State.FINISHED
    run = own_run(store, record, part)
    record.set_run(run)
    pass_on_wish(record, run)

    def step_done(step: Step) -> None:
        pulse.reach(TRAINING_SHARE * (step.epoch - 1 + step.step / step.steps) / part.train.epochs)

    def epoch_done(result: EpochResult) -> None:
        pulse.reach(TRAINING_SHARE * result.number / part.train.epochs)
        if on_epoch:
            on_epoch(result)

    state = execute(run, by=pulse.by, device=device, on_epoch=epoch_done, on_step=step_done)
    if state is State.FINISHED:
        store.remember_training(part, run)
    return run, state


def pass_on_wish(record: PartRecord, run: Run) -> None:
    """Of what came before there was a run, and while this is written: a person asks both, the part first."""
    while (asked := record.asked()) is not run.control().action:
        run.request(asked)


def own_run(store: ExperimentStore, record: PartRecord, part: Part) -> Run:
    run = record.run()
    if run is not None and run.state() is not State.FAILED:
        return run
    digits = digits_of(part)
    batch_size = min(part.train.batch_size, len(digits.only(part.classes).train))
    return store.runs.create(
        part.model,
        part.train.with_changes(batch_size=batch_size),
        dataset=part.dataset,
        fingerprint=part.fingerprint,
        classes=part.classes,
        part=record.id,
    )


def carry_out_part(root: str, key: str, by: str) -> str:
    """What a worker does; its arguments are plain strings, results stay in files."""
    store = ExperimentStore.at(root)
    try:
        store.record(key).part()
    except RunError:
        return "deleted while it waited"
    try:
        return carry_out(store, key, by)
    except RecordDeletedError:
        return "deleted while it was carried out"
