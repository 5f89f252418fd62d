"""Runs on workers: started, steered and told where they stand; the one service of this process."""

import threading
import time
from collections.abc import Callable
from typing import Any

from ae_core.data.sources import load_digits
from ae_core.errors import RunError, WrongStateError
from ae_core.jobs.queue import JobQueue
from ae_core.jobs.service import JobService
from ae_core.jobs.states import Action, State
from ae_core.models.config import ModelConfig
from ae_core.runs.execution import RUN
from ae_core.runs.run import Run
from ae_core.runs.store import RunStore
from ae_core.runs.trainings import Trainings, key_of
from ae_core.training.config import TrainConfig

MAX_ACTIVE_RUNS = 3  # of one owner, so that one session cannot fill the queue of a class


class TrainingService(JobService):
    """Starts runs and passes on what a person asks of them. Safe to share by threads.

    >>> service = TrainingService(RunStore("memory://example"))
    >>> service.queue() is None, service.trouble  # a cluster is started with the first run
    (True, '')
    >>> service.close()
    """

    def __init__(
        self,
        store: RunStore | None = None,
        jobs: JobQueue | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.store = store or RunStore()
        super().__init__(self.store.folder.url, jobs, clock)
        self.trainings = Trainings(self.store)
        self.creating = threading.Lock()  # two sessions of one owner must not pass the cap together

    # -- starting and steering runs

    def start(self, model: ModelConfig, train: TrainConfig, **about: Any) -> Run:
        """A new run in the queue, whether its training was done before or not; about: as of `once`."""
        run, _ = self.once(model, train, again=True, **about)
        return run

    def once(
        self,
        model: ModelConfig,
        train: TrainConfig,
        *,
        dataset: str = "auto",
        classes: tuple[int, ...] = (),
        name: str = "",
        owner: str = "",
        again: bool = False,
    ) -> tuple[Run, bool]:
        """The run that does this training on the digits `classes` (all for ()), and whether it is new.

        A new one is in the queue. Raises RunError when `owner` would have too many runs, ConfigError for
        classes that cannot be had.
        """
        digits = load_digits(dataset)
        train = train.with_changes(batch_size=min(train.batch_size, len(digits.only(classes).train)))
        key = key_of(model, train, classes, digits.fingerprint)
        with self.creating:
            if again or self.trainings.find(key) is None:
                self.check_cap(owner)
            run, is_new = self.trainings.once(
                model,
                train,
                dataset=digits.name,
                fingerprint=digits.fingerprint,
                class_names=digits.class_names,
                classes=classes,
                name=name,
                owner=owner,
                again=again,
            )
        if is_new:
            self.submit(RUN, run)
        return run, is_new

    def pause(self, run: Run) -> None:
        """Also one that waits again, after its worker was lost."""
        begun = (State.QUEUED,) if run.has_checkpoint() else ()
        self.check_state(run, "paused", State.RUNNING, *begun)
        self.rest(RUN, run, Action.PAUSE)

    def stop(self, run: Run) -> None:
        """Ends the run; what it learned so far is kept as its model."""
        self.check_state(run, "stopped", State.QUEUED, State.RUNNING, State.PAUSED, State.INTERRUPTED)
        self.rest(RUN, run, Action.STOP)

    def resume(self, run: Run) -> None:
        self.continue_with(run, Action.RUN)

    def step(self, run: Run) -> None:
        """Trains one more epoch, then pauses."""
        if self.state(run) is State.RUNNING:
            run.request(Action.STEP)
        else:
            self.continue_with(run, Action.STEP)

    def continue_with(self, run: Run, action: Action) -> None:
        self.check_state(run, "continued", *(state for state in State if state.can_resume))
        self.requeue(RUN, run, action)

    # -- the cap

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
            raise WrongStateError(f"A run that is {state} cannot be {verb}.")


_service: TrainingService | None = None
_service_lock = threading.Lock()


def shared_service() -> TrainingService:
    """The one service of this process; outlives any cache that a visitor may clear."""
    global _service
    with _service_lock:
        if _service is None:
            _service = TrainingService()
        return _service
