"""Carrying out one part: train if it must, judge, measure; for the Dask worker and the command line alike."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator

from ae_core.errors import LabError, RunError
from ae_core.execution import OnEpoch, after_disk_error, execute
from ae_core.experiments.judging import Judgement, digits_of, judge_given, judge_trained
from ae_core.experiments.measuring import measured
from ae_core.experiments.parts import Part
from ae_core.experiments.records import PartRecord
from ae_core.experiments.store import ExperimentStore
from ae_core.run_states import State
from ae_core.runs import HEARTBEAT_SECONDS, Run

BEAT_SECONDS = HEARTBEAT_SECONDS / 5
LOOK_SECONDS = 0.5  # between looks at a part that somebody else carries out

log = logging.getLogger(__name__)


def carry_out(
    store: ExperimentStore, key: str, by: str, *, device: str = "auto", on_epoch: OnEpoch | None = None
) -> State:
    """Carries out the part `key` from where it stands; what it finds is written last, so all or nothing.

    by: a name for this attempt; a part that somebody else has under way is waited for. Nothing is raised for
    what can go wrong with a part: it ends as FAILED with a message for the person.
    """
    record = store.record(key)
    while record.is_with_another(by):
        if record.asked().rest:
            return record.state()
        time.sleep(LOOK_SECONDS)
    if record.state() is State.FINISHED:
        return State.FINISHED
    if record.asked().rest:
        return end(record, record.asked().rest)
    try:
        with beating(record, by):
            state, message = train_and_judge(store, record, device, on_epoch)
    except LabError as error:
        state, message = State.FAILED, str(error)
    except KeyboardInterrupt:
        state, message = State.STOPPED, ""
    except OSError as error:
        state, message = after_disk_error(error)
    except Exception as error:
        log.exception("The part %s failed", key)
        state, message = State.FAILED, f"Something unexpected went wrong ({type(error).__name__}: {error})."
    return State.FINISHED if state is State.FINISHED else end(record, state, message)


def end(record: PartRecord, state: State, message: str = "") -> State:
    with contextlib.suppress(OSError):  # no room even for this: the part will be found interrupted
        record.set_state(state, message)
    return state


@contextlib.contextmanager
def beating(record: PartRecord, by: str) -> Iterator[None]:
    """Keeps saying that the part is under way."""
    record.set_state(State.RUNNING, by=by)
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT_SECONDS):
            with contextlib.suppress(OSError):
                record.set_state(State.RUNNING, by=by)

    heart = threading.Thread(target=beat, daemon=True, name=f"beat-{record.key}")
    heart.start()
    try:
        yield
    finally:
        over.set()
        heart.join()


def train_and_judge(
    store: ExperimentStore, record: PartRecord, device: str, on_epoch: OnEpoch | None
) -> tuple[State, str]:
    """How it ended, and a message where something is to be said."""
    part = record.part()
    if not part.trains:
        judge_and_finish(record, lambda: judge_given(part, store))
        return State.FINISHED, ""
    run, state = trained(store, record, part, device, on_epoch)
    if state is not State.FINISHED:
        return state, run.message()
    training_seconds = float(run.metrics()["seconds"].sum())
    judge_and_finish(record, lambda: judge_trained(part, run.model(), run.caution()), training_seconds)
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
    store: ExperimentStore, record: PartRecord, part: Part, device: str, on_epoch: OnEpoch | None
) -> tuple[Run, State]:
    """The part's run, and how far it came: one that another part has finished, its own, or a new one."""
    known = store.finished_training(part)
    if known is not None:
        record.set_run(known)
        return known, State.FINISHED
    run = own_run(store, record, part)
    record.set_run(run)
    run.request(record.asked())  # a wish that came before there was a run
    state = execute(run, device=device, on_epoch=on_epoch)
    if state is State.FINISHED:
        store.remember_training(part, run)
    return run, state


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
        part=record.key,
    )


def carry_out_part(root: str, key: str, by: str) -> str:
    """What a worker does; its arguments are plain strings, results stay in files."""
    store = ExperimentStore.at(root)
    try:
        store.record(key).part()
    except RunError:
        return "deleted while it waited"
    return carry_out(store, key, by)
