"""Studies on the workers of a training service, as many parts at once as there are workers."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from ae_core.errors import RecordDeletedError
from ae_core.jobs.states import Action, State
from ae_core.runs.service import TrainingService
from ae_core.studies.execution import PART
from ae_core.studies.experiment import ExperimentConfig
from ae_core.studies.records import PartRecord
from ae_core.studies.store import StudyStore
from ae_core.studies.study import Study
from ae_core.studies.sweep import Sweep, SweepConfig

S = TypeVar("S", bound=Study)


class StudyService:
    """Starts studies, passes on what a person asks of them, and takes up what an earlier server left.

    Two studies that contain the same part share it: it is carried out once, as long as one of them wants it.

    >>> service = StudyService(TrainingService())
    >>> sweep = service.start(SweepConfig(latent_dims=(2,), dataset="embedded"))  # its part is in the queue
    >>> sweep = service.stop(sweep)
    >>> [str(record.state()) for _, record in service.store.records(sweep)]
    ['stopped']
    >>> service.service.close()
    """

    def __init__(self, service: TrainingService) -> None:
        self.service = service
        self.store = StudyStore(service.store)

    # -- what a person asks

    def start(self, config: SweepConfig | ExperimentConfig, owner: str = "") -> Study:
        """A new study; its parts that are not done yet are in the queue."""
        study = self.store.create(config, owner)
        self.reconcile(study, retry=True)
        return study

    def extend(self, sweep: Sweep, config: SweepConfig) -> Sweep:
        """Adds the dimensions, architectures and seeds of `config`; what is trained stays.

        Raises ConfigError where the whole would have too many trainings.
        """
        return self.ask(replace(sweep, config=sweep.config.extended_by(config)), Action.RUN)

    def pause(self, study: S) -> S:
        """Lets its parts rest where they are, unless another study wants them."""
        return self.ask(study, Action.PAUSE)

    def stop(self, study: S) -> S:
        """Ends the study; what parts have found and models have learned stays, and it can be resumed."""
        return self.ask(study, Action.STOP)

    def resume(self, study: S) -> S:
        """Also tries again what failed: a data set may have been fetched since."""
        study = self.ask(study, Action.RUN)
        self.reconcile(study, retry=True)
        return study

    def ask(self, study: S, action: Action) -> S:
        study = replace(study, requested=action)
        self.store.save(study)
        self.reconcile(study)
        return study

    # -- what follows from it

    def reconcile(self, study: Study, retry: bool = False) -> None:
        """Brings every part to what is requested: after a press, a restart, the loss of a worker.

        retry: parts that failed, too.
        """
        if study.requested is Action.RUN:
            self.let_run(study, retry)
        else:
            self.let_rest(study)

    def let_run(self, study: Study, retry: bool) -> None:
        """The later in its study, the lower a part's priority: they take turns, a single run goes first."""
        for place, (part, record) in enumerate(self.store.records(study), start=1):
            state = record.state()
            if state is State.FINISHED or (state is State.FAILED and not retry):
                continue
            record.ensure(part)
            if record.asked() is not Action.RUN:
                record.request(Action.RUN)
            if not self.is_under_way(record):
                self.service.submit(PART, record, priority=-place)

    def is_under_way(self, record: PartRecord) -> bool:
        """Whether a worker or a command line has the part, or a worker will have it."""
        run, jobs = record.run(), self.service.jobs
        if jobs.has(record.id) or (run is not None and jobs.has(run.id)):
            return True
        return record.state() is State.RUNNING or self.service.waits_elsewhere(record)

    def let_rest(self, study: Study) -> None:
        wanted = self.wanted_by_others(study)
        for record in self.unfinished(study):
            if record.id in wanted or is_at_rest(record, study.requested):
                continue
            with contextlib.suppress(RecordDeletedError):  # nobody is there to be asked
                self.service.rest(PART, record, study.requested)

    def unfinished(self, study: Study) -> Iterator[PartRecord]:
        for _, record in self.store.records(study):
            if record.exists() and record.state() not in (State.FINISHED, State.FAILED):
                yield record

    def wanted_by_others(self, study: Study) -> set[str]:
        others = (each for each in self.store.all() if each.id != study.id)
        return {key for each in others if each.requested is Action.RUN for key in each.keys}


def is_at_rest(record: PartRecord, requested: Action) -> bool:
    """Whether nothing is left to do for it: it rests as it is asked to, and has saved what it has come to."""
    if record.state() is not requested.rest:
        return False
    return requested is not Action.STOP or not record.keeps_when_stopped()
