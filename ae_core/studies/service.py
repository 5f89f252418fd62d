"""Experiments on the workers of a training service, as many parts at once as there are workers."""

import contextlib
import secrets
from collections.abc import Iterable
from dataclasses import replace

from ae_core.errors import RecordDeletedError
from ae_core.jobs.states import Action, State, Wish
from ae_core.runs.service import TrainingService
from ae_core.studies.execution import carry_out_part
from ae_core.studies.experiment import ExperimentConfig
from ae_core.studies.records import PartRecord
from ae_core.studies.store import Experiment, ExperimentStore


class ExperimentService:
    """Starts experiments, passes on what a person asks of them, and takes up what an earlier server left.

    Two experiments that contain the same part share it: it is carried out once, as long as one of them wants
    it.
    """

    def __init__(self, service: TrainingService) -> None:
        self.service = service
        self.store = ExperimentStore(service.store)

    def start(self, config: ExperimentConfig, owner: str = "") -> Experiment:
        experiment = self.store.create(config, owner)
        self.tend(experiment, again=True)
        return experiment

    def pause(self, experiment: Experiment) -> Experiment:
        return self.ask(experiment, Wish.PAUSE)

    def stop(self, experiment: Experiment) -> Experiment:
        """Ends the experiment; finished parts stay, and it can be continued later."""
        return self.ask(experiment, Wish.STOP)

    def ask(self, experiment: Experiment, wish: Wish) -> Experiment:
        experiment = replace(experiment, wish=wish)
        self.store.save(experiment)
        wanted = self.wanted_by_others(experiment)
        for record in self.unfinished(experiment):
            if record.id in wanted:
                continue
            with contextlib.suppress(RecordDeletedError):  # nobody is there to be asked
                record.request(wish.action)
                if record.state() in (State.QUEUED, State.INTERRUPTED):
                    record.set_state(wish.action.rest)  # no need to wait for its turn
        return experiment

    def go_on(self, experiment: Experiment) -> Experiment:
        """Also tries again what failed: a data set may have been fetched since."""
        experiment = replace(experiment, wish=Wish.RUN)
        self.store.save(experiment)
        self.tend(experiment, again=True)
        return experiment

    def tend(self, experiment: Experiment, again: bool = False) -> None:
        """Submits what should run and is with no worker: a new part, after a pause, after a restart.

        again: parts that failed, too.
        """
        if experiment.wish is not Wish.RUN:
            return
        idle = []
        for place, (part, record) in enumerate(self.store.records(experiment), start=1):
            state = record.state()
            if state is State.FINISHED or (state is State.FAILED and not again):
                continue
            record.ensure(part)
            if record.asked() is not Action.RUN:
                record.request(Action.RUN)
            if not self.is_under_way(record):
                idle.append((place, record))
        self.submit(idle)

    def is_under_way(self, record: PartRecord) -> bool:
        """Whether a worker or a command line has the part, or a worker will have it."""
        run, jobs = record.run(), self.service.jobs
        if jobs.has(record.id) or (run is not None and jobs.has(run.id)):
            return True
        return record.state() is State.RUNNING or self.service.waits_elsewhere(record)

    def submit(self, records: Iterable[tuple[int, PartRecord]]) -> None:
        """The later in its experiment, the lower its priority: they take turns, a single run goes first."""
        for place, record in records:
            record.set_state(State.QUEUED, by=self.service.name)
            self.service.enqueue(carry_out_part, record.id, record, secrets.token_hex(8), priority=-place)

    def state(self, record: PartRecord) -> State:
        """The part's state, with QUEUED or RUNNING for one that is in the queue again."""
        state, jobs = record.state(), self.service.jobs
        if state is State.FINISHED or not jobs.has(record.id):
            return state
        return State.RUNNING if jobs.runs(record.id) else State.QUEUED

    def unfinished(self, experiment: Experiment) -> list[PartRecord]:
        over = (State.FINISHED, State.FAILED)
        return [record for _, record in self.store.records(experiment) if record.state() not in over]

    def wanted_by_others(self, experiment: Experiment) -> set[str]:
        others = (each for each in self.store.list() if each.id != experiment.id and each.wish is Wish.RUN)
        return {key for each in others for key in each.keys}
