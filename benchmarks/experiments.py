"""Experiments carried out for a figure: whole, or the benchmark ends."""

import secrets

import pandas

from ae_core.jobs.states import Action, State
from ae_core.studies.execution import carry_out
from ae_core.studies.experiment import ExperimentConfig
from ae_core.studies.results import results
from ae_core.studies.store import Experiment, ExperimentStore


def carried_out(store: ExperimentStore, config: ExperimentConfig) -> tuple[Experiment, pandas.DataFrame]:
    """The experiment and its `results`; what an earlier call has found is not computed again."""
    experiment = store.take_up(config)
    for part, record in store.records(experiment):
        record.ensure(part)
        record.request(Action.RUN)  # one that was broken off goes on
        state = carry_out(store, record.id, secrets.token_hex(8), device="cpu")
        if state is not State.FINISHED:
            raise SystemExit(
                f"{part.name} is {state}: {record.message() or 'broken off'}. Nothing is reported."
            )
    return experiment, results(store, experiment)
