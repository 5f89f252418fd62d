"""Jobs on Dask workers: what a page asks for, and what it is told of a run that waits or trains.

Workers of this machine by default; `AE_SCHEDULER=tls://...` names a cluster to use instead, with the
certificates of Dask's own TLS settings. `AE_WORKERS` local workers share the cores.
"""

import secrets
import threading
import time
from collections.abc import Callable

from ae_core.data.sources import load_digits
from ae_core.errors import RecordDeletedError, RunError
from ae_core.jobs.job import Job, Queue
from ae_core.jobs.queue import JobQueue
from ae_core.jobs.record import Record
from ae_core.jobs.states import HEARTBEAT_SECONDS, Action, State
from ae_core.models.config import ModelConfig
from ae_core.runs.execution import execute
from ae_core.runs.run import Run
from ae_core.runs.store import RunStore
from ae_core.training.config import TrainConfig

MAX_ACTIVE_RUNS = 3  # of one owner, so that one session cannot fill the queue of a class


def execute_run(root: str, run_id: str, by: str) -> str:
    """What a worker does; its arguments are plain strings, results stay in the run's folder.

    by: the service that has it done; a worker that takes over from a lost one goes on at once.
    """
    try:
        run = RunStore(root).get(run_id)
    except RunError:
        return "deleted while it waited"
    try:
        return "in other hands" if run.is_with_another(by) else execute(run, by=by)
    except RecordDeletedError:
        return "deleted while it was carried out"


class TrainingService:
    """Starts runs, passes on what a person asks of them, and knows the queue. Safe to share by threads.

    >>> service = TrainingService(RunStore("memory://example"))
    >>> service.queue() is None, service.trouble  # a cluster is started with the first run
    (True, '')
    >>> service.close()
    """

    def __init__(self, store: RunStore | None = None) -> None:
        self.store = store or RunStore()
        self.lock = threading.RLock()
        self.creating = threading.Lock()  # two sessions of one owner must not pass the cap together
        self.name = secrets.token_hex(8)  # several servers may share the run store
        self.jobs = JobQueue()

    # -- starting and steering runs

    def start(
        self,
        model: ModelConfig,
        train: TrainConfig,
        *,
        dataset: str = "auto",
        name: str = "",
        owner: str = "",
        classes: tuple[int, ...] = (),
    ) -> Run:
        """A new run in the queue, trained on the digits `classes`, on all for ().

        Raises RunError when `owner` has too many runs already, ConfigError for classes that cannot be had.
        """
        digits = load_digits(dataset)
        train = train.with_changes(batch_size=min(train.batch_size, len(digits.only(classes).train)))
        with self.creating:
            self.check_cap(owner)
            run = self.store.create(
                model,
                train,
                dataset=digits.name,
                fingerprint=digits.fingerprint,
                name=name,
                owner=owner,
                classes=classes,
            )
        self.submit(run)
        return run

    def pause(self, run: Run) -> None:
        """Also one that waits again, after its worker was lost."""
        begun = (State.QUEUED,) if run.has_checkpoint() else ()
        self.check_state(run, "paused", State.RUNNING, *begun)
        was = self.state(run)
        run.request(Action.PAUSE)
        if was is State.QUEUED:
            run.set_state(State.PAUSED)  # no need to wait for its turn

    def stop(self, run: Run) -> None:
        """Ends the run; what it learned so far is kept as its model."""
        self.check_state(run, "stopped", State.QUEUED, State.RUNNING, State.PAUSED, State.INTERRUPTED)
        was = self.state(run)
        run.request(Action.STOP)
        if not run.has_checkpoint() and was is not State.RUNNING:
            run.set_state(State.STOPPED)  # it never began: nothing to save, and no need to wait for its turn
        elif was in (State.PAUSED, State.INTERRUPTED):
            self.submit(run)  # a worker scores what there is and saves the model

    def go_on(self, run: Run) -> None:
        self.continue_with(run, Action.RUN)

    def step(self, run: Run) -> None:
        """Trains one more epoch, then pauses."""
        if self.state(run) is State.RUNNING:
            run.request(Action.STEP)
        else:
            self.continue_with(run, Action.STEP)

    def continue_with(self, run: Run, action: Action) -> None:
        self.check_state(run, "continued", *(state for state in State if state.can_go_on))
        run.request(action)
        self.submit(run)

    def submit(self, run: Run, priority: int = 0) -> None:
        """Puts the run at the end of the queue; one that was stopped while it waited keeps its place.

        priority: runs of a higher one come first.
        """
        with self.lock:
            if self.is_being_carried_out(run):  # another tab was quicker
                return
            run.set_state(State.QUEUED, by=self.name)
            given_up = State.FAILED if run.config().sweep else State.PAUSED  # a person sees to it
            self.enqueue(execute_run, run.id, run, self.name, priority=priority, given_up=given_up)

    def is_being_carried_out(self, run: Run) -> bool:
        """Whether a worker has the run and is not just about to let go of it."""
        return self.jobs.runs(run.id) and run.state() in (State.QUEUED, State.RUNNING)

    def enqueue(
        self,
        work: Callable[..., object],
        job_id: str,
        record: Record,
        *more: str,
        priority: int = 0,
        given_up: State = State.FAILED,
    ) -> None:
        """Has a worker call `work(root of the run store, job_id, *more)`, as `Job` says. Returns at once."""
        arguments = (self.store.folder.url, job_id, *more)
        self.jobs.give(Job(job_id, record, work, arguments, priority, given_up, self.name))

    # -- what the queue says

    def state(self, run: Run) -> State:
        """The run's state, with INTERRUPTED for one that neither reports nor is known to the scheduler."""
        state = run.state()
        if state not in (State.QUEUED, State.INTERRUPTED):
            return state
        if self.jobs.has(run.id):
            is_silent = state is State.INTERRUPTED and self.jobs.runs(run.id)
            return State.RUNNING if is_silent else State.QUEUED
        if self.queue() is None:
            return state
        fresh = time.time() - run.status_time() < HEARTBEAT_SECONDS
        return state if state is State.QUEUED and fresh else State.INTERRUPTED

    def waits_elsewhere(self, record: Record) -> bool:
        """Whether it waits in the hands of another server that is alive."""
        status = record.status()
        return (
            status.state is State.QUEUED
            and status.by not in ("", self.name)
            and time.time() - status.updated < HEARTBEAT_SECONDS
        )

    def place(self, run: Run) -> int | None:
        """How many jobs are before this run in the queue; None if it does not wait."""
        queue = self.queue()
        return None if queue is None else queue.place(run.id)

    def queue(self) -> Queue | None:
        """The queue as it was last seen, with what is still to be submitted; None before it was ever seen."""
        return self.jobs.look()

    def active_runs(self, owner: str) -> list[Run]:
        own = (self.store.at(each.id) for each in self.store.listed() if each.config.owner == owner)
        return [run for run in own if self.state(run).is_active]

    def check_cap(self, owner: str) -> None:
        active = len(self.active_runs(owner)) if owner else 0
        if active >= MAX_ACTIVE_RUNS:
            raise RunError(
                f"You have {active} runs waiting or running; {MAX_ACTIVE_RUNS} are allowed at once. "
                "Wait for one to end, or stop one."
            )

    def check_state(self, run: Run, verb: str, *allowed: State) -> None:
        state = self.state(run)
        if state not in allowed:
            raise RunError(f"A run that is {state} cannot be {verb}.")

    # -- the cluster

    def warm_up(self) -> None:
        """Lets a cluster be started or reached, so that the first run need not wait for it."""
        self.jobs.start()

    @property
    def trouble(self) -> str:
        """What keeps jobs from being carried out, in words; empty where nothing does."""
        return self.jobs.trouble

    def close(self) -> None:
        self.jobs.close()


_service: TrainingService | None = None
_service_lock = threading.Lock()


def shared_service() -> TrainingService:
    """The one service of this process; outlives any cache that a visitor may clear."""
    global _service
    with _service_lock:
        if _service is None:
            _service = TrainingService()
        return _service
