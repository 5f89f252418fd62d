"""Sweeps on the workers of a training service, as many trainings at once as there are workers."""

from dataclasses import replace

from ae_core.jobs.states import Action, State
from ae_core.runs.run import Run
from ae_core.runs.service import TrainingService
from ae_core.studies.sweep import Sweep, SweepConfig, SweepStore, Wish


class SweepService:
    """Starts sweeps, passes on what a person asks of them, and takes up what an earlier server left."""

    def __init__(self, service: TrainingService) -> None:
        self.service = service
        self.store = SweepStore(service.store)

    def start(self, config: SweepConfig, dataset: str = "auto", owner: str = "") -> Sweep:
        sweep, fresh = self.store.ensure_runs(self.store.create(config, dataset, owner))
        self.submit(fresh)
        return sweep

    def extend(self, sweep: Sweep, config: SweepConfig) -> Sweep:
        """Adds the dimensions, architectures and seeds of `config`; what is trained stays.

        Raises ConfigError where the whole would have too many trainings.
        """
        wider = replace(sweep, config=sweep.config.extended_by(config), wish=Wish.RUN)
        wider, _ = self.store.ensure_runs(wider)
        self.tend(wider)
        return wider

    def pause(self, sweep: Sweep) -> Sweep:
        return self.ask(sweep, Wish.PAUSE)

    def stop(self, sweep: Sweep) -> Sweep:
        """Ends the sweep; finished points stay, and it can be continued later."""
        return self.ask(sweep, Wish.STOP)

    def ask(self, sweep: Sweep, wish: Wish) -> Sweep:
        sweep = replace(sweep, wish=wish)
        self.store.save(sweep)
        for run in self.unfinished(sweep):
            run.request(wish.action)
            if run.state() is State.QUEUED and not run.has_checkpoint():
                run.set_state(wish.action.rest)  # nothing to save, and no need to wait for its turn
        return sweep

    def go_on(self, sweep: Sweep) -> Sweep:
        """Also tries again what failed, with new runs."""
        sweep = self.store.renew_failed(replace(sweep, wish=Wish.RUN))
        self.tend(sweep)
        return sweep

    def tend(self, sweep: Sweep) -> None:
        """Submits what should run and is with no worker: after a pause, a restart, the deletion of a run."""
        if sweep.wish is not Wish.RUN:
            return
        if len(self.store.runs_of(sweep)) < sweep.config.trainings:
            sweep, _ = self.store.ensure_runs(sweep)
        idle = []
        for run in self.unfinished(sweep):
            if run.control().action is not Action.RUN:
                run.request(Action.RUN)
            if self.is_idle(run):
                idle.append(run)
        self.submit(idle)

    def is_idle(self, run: Run) -> bool:
        state = self.service.state(run)
        # A new run may wait without ever having been submitted.
        if state.can_go_on:
            return True
        waits = self.service.jobs.has(run.id) or self.service.waits_elsewhere(run)
        return state is State.QUEUED and not waits

    def failed(self, sweep: Sweep) -> list[Run]:
        return [run for run in self.store.runs_of(sweep) if run.state() is State.FAILED]

    def unfinished(self, sweep: Sweep) -> list[Run]:
        over = (State.FINISHED, State.FAILED)
        return [run for run in self.store.runs_of(sweep) if run.state() not in over]

    def submit(self, runs: list[Run]) -> None:
        """The later in its sweep, the lower its priority: sweeps take turns, a single run goes first."""
        for place, run in enumerate(runs, start=1):
            if run.state() is not State.FINISHED:
                self.service.submit(run, priority=-place)
