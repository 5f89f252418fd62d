"""An experiment carried out by the command line: a bar on stderr, rows on stdout, and what it comes to."""

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import typer

from ae_core.commands.output import show, show_rows, tell
from ae_core.commands.study import carry_out_parts
from ae_core.errors import ConfigError

if TYPE_CHECKING:
    import pandas

    from ae_core.studies.experiment import Experiment, ExperimentConfig
    from ae_core.studies.parts import Part
    from ae_core.studies.records import PartRecord
    from ae_core.studies.store import StudyStore

SHOWN = (
    "part",
    "seed",
    "score",
    "auroc",
    "low",
    "high",
    "average_precision",
    "detected_at_1",
    "detected_at_5",
)
SUMMARY_SHOWN = ("score", "mean_auroc", "spread", "detected_at_1", "detected_at_5", "parts", "seeds")


def carry_out(config: "ExperimentConfig", score: str, device: str, as_json: bool) -> None:
    """Carries out what is missing of the experiment, shows what it found and ends the command."""
    from ae_core.runs.store import RunStore
    from ae_core.studies.experiment import Experiment
    from ae_core.studies.store import StudyStore
    from ae_core.training.devices import choose_device

    store = StudyStore(RunStore())
    check_score(config, score, store)  # both refused before there is an experiment
    choose_device(device)
    experiment = store.take_up(config)
    assert isinstance(experiment, Experiment)  # of such a configuration
    interrupted = carry_out_parts(store, experiment, device, partial(tell_part, as_json))
    end(store, experiment, score, as_json)
    if interrupted:
        raise typer.Exit(130)
    if not is_done(store, experiment):
        raise typer.Exit(1)


def check_score(config: "ExperimentConfig", score: str, store: "StudyStore") -> None:
    from ae_core.models.build import build_model
    from ae_core.runs.catalogue import open_model
    from ae_core.scores.table import suited

    if not score:
        return
    model = build_model(config.model) if config.trains else open_model(config.reference, store.runs).model
    known = config.scores or suited(model)
    if score not in known:
        raise ConfigError(f"score must be one of {', '.join(known)}, got {score!r}.")


def tell_part(as_json: bool, part: "Part", record: "PartRecord") -> None:
    """Its rows as JSON, or why it failed."""
    from ae_core.jobs.states import State
    from ae_core.studies.results import part_rows

    if record.state() is State.FAILED:
        tell(record.message())
    if as_json:
        show_rows(map(for_json, part_rows(part, record)), as_json, "")


def end(store: "StudyStore", experiment: "Experiment", score: str, as_json: bool) -> None:
    """The table of scores for a person, and the score that stands for the experiment."""
    from ae_core.studies.results import chosen_score, results, summary

    found = results(store, experiment)
    table = summary(found)
    reported = score or chosen_score(found)
    if not as_json:
        show_rows(rows_of(found[found["score"] == reported], SHOWN), as_json, "Nothing was measured.")
        print()
        show_rows(rows_of(table, SUMMARY_SHOWN), as_json, "")
        print()
        tell_turned_round(found)
        tell_notes(found[found["score"] == reported])
    show({"experiment": experiment.id, "kind": experiment.config.kind, **headline(table, reported)}, as_json)


def tell_turned_round(found: "pandas.DataFrame") -> None:
    """Which scores have an AUROC below 0.5 in which parts, and what that means."""
    below = found.dropna(subset=["turned_round"])
    for (sentence, part), rows in below.groupby(["turned_round", "part"], sort=False):
        print(f"{part} by {', '.join(dict.fromkeys(rows['score']))}: {sentence}")
    if len(below):
        print()


def tell_notes(rows: "pandas.DataFrame") -> None:
    """What a person must know of the parts: that a model has learned nothing, or why a number is missing."""
    for note, noted in rows[rows["note"] != ""].groupby("note", sort=False):
        tell(f"{', '.join(noted['part'])}: {note}")


def headline(table: "pandas.DataFrame", reported: str | None) -> dict[str, Any]:
    columns = [name for name in table.columns if name != "score"]
    rows = table[table["score"] == reported].to_dict("records")
    return {"score": reported, **for_json(rows[0] if rows else dict.fromkeys(columns))}


def is_done(store: "StudyStore", experiment: "Experiment") -> bool:
    """Whether every part is finished; of a given model's, whether any is: the others say what they lack."""
    from ae_core.jobs.states import State

    states = [record.state() is State.FINISHED for _, record in store.records(experiment)]
    return all(states) if experiment.config.trains else any(states)


def rows_of(table: "pandas.DataFrame", columns: tuple[str, ...]) -> list[dict[str, Any]]:
    kept = [name for name in columns if not table[name].isna().all() or name == "auroc"]
    return [for_json(row) for row in table[kept].to_dict("records")]


def for_json(row: dict[str, Any]) -> dict[str, Any]:
    """With None for numbers that are missing, which JSON has no other word for."""
    import pandas

    return {
        name: None if pandas.isna(value) or value in (math.inf, -math.inf) else value
        for name, value in row.items()
    }
