"""Jobs on Dask workers: the queue between a page that asks and a worker that trains or computes.

A local `SubprocessCluster` by default; `AE_SCHEDULER=tls://...` names a cluster to use instead, with the
certificates of Dask's own TLS settings. `AE_WORKERS` local workers share the cores.
"""

import atexit
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import dask
from distributed import Client, fire_and_forget
from distributed.deploy.subprocess import SubprocessCluster

from ae_core.config import ModelConfig, TrainConfig
from ae_core.data import load_digits
from ae_core.errors import RunError
from ae_core.execution import execute
from ae_core.parent_watch import SERVER_PID
from ae_core.runs import Action, Run, RunStore, State

MAX_ACTIVE_RUNS = 3  # of one owner, so that one session cannot fill the queue of a class
SUBMIT_SECONDS = 10  # a queued run unknown to the scheduler for longer has lost its place
LOOK_SECONDS = 0.5  # how long an answer of the scheduler about its queue is good
PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Queue:
    """Ids of the jobs that the scheduler has: those on a worker, and those waiting, first come first.

    A job is a run, or another work of some seconds that has no place in the web server's process.
    """

    running: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()

    def place(self, job_id: str) -> int | None:
        """How many jobs are before this one; None if it does not wait."""
        return len(self.running) + self.waiting.index(job_id) if job_id in self.waiting else None


def execute_run(root: str, run_id: str) -> str:
    """What a worker does; its arguments are plain strings, results stay in the run's folder."""
    try:
        run = RunStore(root).get(run_id)
    except RunError:
        return "deleted while it waited"
    return execute(run)


class TrainingService:
    """Starts runs, passes on what a person asks of them, and knows the queue. Safe to share by threads."""

    def __init__(self, store: RunStore | None = None) -> None:
        self.store = store or RunStore()
        self.lock = threading.RLock()
        self.connecting = threading.RLock()  # held for seconds, while the cluster is being started
        self.creating = threading.Lock()  # two sessions of one owner must not pass the cap together
        self.connection: Client | None = None
        self.cluster = None
        self.looked = 0.0
        self.seen = Queue()
        self.submissions = 0

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
        self.check_state(run, "paused", State.RUNNING)
        run.request(Action.PAUSE)

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
        self.client()  # first: while a cluster starts, a run that is queued already would come to look lost
        with self.lock:
            if self.is_being_carried_out(run):  # another tab was quicker
                return
            run.set_state(State.QUEUED)
            self.enqueue(execute_run, run.id, priority=priority)

    def is_being_carried_out(self, run: Run) -> bool:
        """Whether a worker has the run and is not just about to let go of it."""
        self.looked = 0.0
        queue = self.queue()
        return bool(queue) and run.id in queue.running and run.state() in (State.QUEUED, State.RUNNING)

    def enqueue(self, work: Callable[..., object], job_id: str, *more: str, priority: int = 0) -> None:
        """Has a worker call `work(root of the run store, job_id, *more)`; one that waits keeps its place."""
        client = self.client()
        with self.lock:
            self.looked = 0.0
            queue = self.queue()
            if queue and job_id in queue.waiting:
                return
            self.submissions += 1
            # A key of its own for each submission: under an old key Dask would hand back the old result.
            key = f"job/{job_id}/{os.getpid()}-{self.submissions}"
            future = client.submit(
                work, self.store.folder.url, job_id, *more, key=key, pure=False, priority=priority
            )
            fire_and_forget(future)
            self.looked = 0.0

    # -- what the queue says

    def state(self, run: Run) -> State:
        """The run's state, with INTERRUPTED for one that neither reports nor is known to the scheduler."""
        state = run.state()
        if state not in (State.QUEUED, State.INTERRUPTED):
            return state
        queue = self.queue()
        if queue is None:
            return state
        if run.id in queue.running + queue.waiting:
            return State.QUEUED if state is State.QUEUED else State.RUNNING
        fresh = time.time() - run.status_time() < SUBMIT_SECONDS
        return state if state is State.QUEUED and fresh else State.INTERRUPTED

    def place(self, run: Run) -> int | None:
        """How many jobs are before this run in the queue; None if it does not wait."""
        queue = self.queue()
        return None if queue is None else queue.place(run.id)

    def queue(self) -> Queue | None:
        """The scheduler's queue, at most half a second old; None while the cluster is being started."""
        with self.lock:
            if self.connection is None:
                return None
            if time.monotonic() - self.looked > LOOK_SECONDS:
                try:
                    self.seen = Queue(*self.connection.run_on_scheduler(list_jobs))
                except (OSError, TimeoutError):
                    return None
                self.looked = time.monotonic()
            return self.seen

    def active_runs(self, owner: str) -> list[Run]:
        return [run for run in self.store.list() if run.config().owner == owner and self.state(run).is_active]

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

    def client(self) -> Client:
        """The connection to the scheduler; the first call starts the cluster, which takes seconds."""
        with self.connecting:
            if self.connection is None or self.connection.status not in ("running", "connecting"):
                address = os.environ.get("AE_SCHEDULER", "").strip()
                if not address:
                    self.cluster = start_cluster()
                try:
                    self.connection = Client(address or self.cluster, set_as_default=False)
                except OSError as error:
                    raise RunError(
                        f"The scheduler at {address} does not answer ({error}). "
                        "Check AE_SCHEDULER, or unset it to train on this machine."
                    ) from error
                atexit.register(self.close)
            return self.connection

    def warm_up(self) -> threading.Thread:
        """Starts the cluster in the background, so that the first run need not wait for it."""
        thread = threading.Thread(target=self.client, daemon=True, name="start-cluster")
        thread.start()
        return thread

    def close(self) -> None:
        with self.connecting, self.lock:
            for each in (self.connection, self.cluster):
                if each is not None:
                    each.close()
            self.connection = self.cluster = None


def start_cluster() -> SubprocessCluster:
    """A scheduler and workers of this machine, reachable from it alone, ending when this process does."""
    workers = int(os.environ.get("AE_WORKERS", "1"))
    os.environ[SERVER_PID] = str(os.getpid())
    os.environ.setdefault("DASK_LOGGING__DISTRIBUTED", "error")  # its news is for those who run clusters
    os.environ.setdefault("AE_WORKER_THREADS", str(max(1, (os.cpu_count() or 1) // workers)))
    known = os.environ.get("PYTHONPATH", "")
    if str(PROJECT) not in known.split(
        os.pathsep
    ):  # the workers import ae_core wherever the server was started
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(PROJECT), known]))
    # As few tasks as possible handed out in advance: a waiting run goes to the first worker that is free.
    dask.config.set({"distributed.scheduler.worker-saturation": 1.0})
    watch = ["ae_core.parent_watch"]
    return SubprocessCluster(
        host="127.0.0.1",
        dashboard_address=":0",
        n_workers=workers,
        threads_per_worker=1,
        scheduler_kwargs={"preload": watch, "dashboard": False},
        worker_kwargs={
            "preload": ["ae_core.worker_setup"],
            "preload_nanny": watch,
            "memory_limit": 0,  # arrays are small; Dask's guard would pause workers on small machines
            "dashboard": False,
        },
        silence_logs=40,
    )


def list_jobs(dask_scheduler) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Jobs on the scheduler by id: running and waiting. Dask passes the scheduler by this argument's name.

    Dask may hand a worker its next task in advance: of those "processing" on a worker only one runs. That is
    the one that the worker last named as such, twice a second, else the next by priority.
    """
    named = {task for worker in dask_scheduler.workers.values() for task in worker.executing}
    tasks = sorted(
        (task for key, task in dask_scheduler.tasks.items() if str(key).startswith("job/")),
        key=lambda task: (task not in named, task.priority or (0,)),
    )
    running, waiting = {}, []
    for task in tasks:
        job_id = task.key.split("/")[1]
        if task.state == "processing" and task.processing_on.address not in running:
            running[task.processing_on.address] = job_id
        elif task.state in ("processing", "queued", "no-worker", "waiting"):
            waiting.append(job_id)
    return tuple(running.values()), tuple(waiting)


_service: TrainingService | None = None
_service_lock = threading.Lock()


def shared_service() -> TrainingService:
    """The one service of this process; outlives any cache that a visitor may clear."""
    global _service
    with _service_lock:
        if _service is None:
            _service = TrainingService()
        return _service
