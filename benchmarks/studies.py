"""Studies carried out for a figure: whole, or the benchmark ends."""

import secrets

from ae_core.jobs.states import Action, State
from ae_core.studies.execution import carry_out
from ae_core.studies.experiment import ExperimentConfig
from ae_core.studies.store import StudyStore
from ae_core.studies.study import Study
from ae_core.studies.sweep import SweepConfig


def carried_out(store: StudyStore, config: ExperimentConfig | SweepConfig) -> Study:
    """The study with all its parts finished; what an earlier call has found is not computed again."""
    study = store.take_up(config)
    for part, record in store.records(study):
        record.ensure(part)
        record.request(Action.RUN)  # one that was broken off goes on
        state = carry_out(record, secrets.token_hex(8), device="cpu")
        if state is not State.FINISHED:
            raise SystemExit(
                f"{part.name} is {state}: {record.message() or 'broken off'}. Nothing is reported."
            )
    return study
