"""`anomaly`: experiments that measure how well anomalies are told from normal digits."""

import math
import secrets
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from tqdm import tqdm

from ae_core.commands.judge import ANY_MODEL
from ae_core.commands.options import changed, numbers_from, with_config_options
from ae_core.commands.output import AsJson, group, show, show_rows
from ae_core.commands.train import stop_on_interrupt
from ae_core.errors import ConfigError, UploadError
from ae_core.presets import HELD_OUT, ONE_CLASS, Preset

if TYPE_CHECKING:
    import pandas

    from ae_core.experiments import Experiment, ExperimentConfig, ExperimentStore
    from ae_core.experiments.records import PartRecord

app = group(
    "Experiments: how well are anomalies told from normal digits? What an earlier one has found is not "
    "computed again; Ctrl-C stops, and the same command goes on."
)
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

Dataset = Annotated[str, typer.Option(help="embedded, mnist, or auto: mnist where it is, else embedded.")]
Scores = Annotated[str, typer.Option(help="Which scores to compare, between commas; none: all that suit.")]
Score = Annotated[
    str, typer.Option(help="The score to report. Default: the one that is chosen without an anomaly.")
]
Digits = Annotated[str, typer.Option(help="Which digits, between commas.", metavar="0,1|all")]
Seeds = Annotated[str, typer.Option(help="One training for each.", metavar="0,1,2")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")]
Reference = Annotated[str, typer.Option("--run", help=ANY_MODEL)]
Images = Annotated[int, typer.Option(help="Test digits that are normal, and as many strange images.")]


def training_command(name: str, preset: Preset) -> Callable[[Callable], Callable]:
    """A command with an option for every field of the network and of the recipe but the seed."""

    def register(command: Callable) -> Callable:
        made = with_config_options(command, ("seed",), preset.model, preset.train)
        return app.command(name)(made)

    return register


@training_command("one-class", ONE_CLASS)
def one_class(
    *,
    digits: Digits = "all",
    seeds: Seeds = "0",
    dataset: Dataset = "auto",
    scores: Scores = "",
    score: Score = "",
    device: Device = "auto",
    as_json: AsJson = False,
    **settings: Any,
) -> None:
    """Trains on one digit at a time; the nine others are anomalies."""
    config = training_config("one-class", ONE_CLASS, settings, digits, seeds, dataset, scores)
    carry_out(config, score, device, as_json)


@training_command("held-out", HELD_OUT)
def held_out(
    *,
    digits: Digits = "all",
    seeds: Seeds = "0",
    dataset: Dataset = "auto",
    scores: Scores = "",
    score: Score = "",
    device: Device = "auto",
    as_json: AsJson = False,
    **settings: Any,
) -> None:
    """Trains on nine digits at a time; the tenth is the anomaly."""
    config = training_config("held-out", HELD_OUT, settings, digits, seeds, dataset, scores)
    carry_out(config, score, device, as_json)


@app.command("corruptions")
def corruptions(
    *,
    run: Reference = "zoo:dense-32",
    severity: Annotated[float, typer.Option(help="Up to 1, the strength of MNIST-C.")] = 1.0,
    only: Annotated[str, typer.Option("--corruptions", help="Which, between commas; none: all.")] = "",
    images: Images = 1000,
    dataset: Dataset = "auto",
    scores: Scores = "",
    score: Score = "",
    as_json: AsJson = False,
) -> None:
    """Judges spoiled test digits with a given model."""
    chosen = {"corruptions": names_from(only)} if only.strip() else {}
    config = given_config("corruptions", run, images, dataset, scores, severity=severity, **chosen)
    carry_out(config, score, "cpu", as_json)


@app.command("foreign")
def foreign(
    *,
    run: Reference = "zoo:dense-32",
    sources: Annotated[str, typer.Option(help="Which images, between commas; none: all but uploads.")] = "",
    upload: Annotated[
        Path | None,
        typer.Option(help="Images of yours: a ZIP archive, a picture, an IDX file, .npy or .npz."),
    ] = None,
    images: Images = 1000,
    dataset: Dataset = "auto",
    scores: Scores = "",
    score: Score = "",
    as_json: AsJson = False,
) -> None:
    """Judges images that are no digits, or others' digits, with a given model."""
    chosen = {"sources": names_from(sources)} if sources.strip() else {}
    if upload:
        chosen = with_upload(upload, chosen.get("sources", ()))
    config = given_config("foreign", run, images, dataset, scores, **chosen)
    carry_out(config, score, "cpu", as_json)


def training_config(
    kind: str, preset: Preset, settings: dict[str, Any], digits: str, seeds: str, dataset: str, scores: str
) -> "ExperimentConfig":
    model, recipe = changed(preset.model, preset.train, settings)
    from ae_core.experiments import ExperimentConfig

    return ExperimentConfig(
        kind=kind,
        dataset=dataset,
        scores=names_from(scores),
        digits=tuple(range(10)) if digits.strip() == "all" else numbers_from(digits, "digits", "0,1 or all"),
        seeds=numbers_from(seeds, "seeds", "0,1,2"),
        model=model,
        train=recipe,
    )


def given_config(
    kind: str, run: str, images: int, dataset: str, scores: str, **chosen: Any
) -> "ExperimentConfig":
    from ae_core.experiments import ExperimentConfig

    named = names_from(scores)
    return ExperimentConfig(kind=kind, reference=run, images=images, dataset=dataset, scores=named, **chosen)


def with_upload(path: Path, sources: tuple[str, ...]) -> dict[str, Any]:
    """The images in the file at `path`, stored, and the sources with them among them."""
    from ae_core.data.uploads import from_upload
    from ae_core.experiments import ExperimentStore
    from ae_core.experiments.config import UPLOAD
    from ae_core.runs import RunStore

    try:
        data = path.read_bytes()
    except OSError as error:
        raise UploadError(f"{path} cannot be read ({error.strerror}); give a file of images.") from error
    with tqdm(total=1.0, desc=path.name, bar_format="{desc} {percentage:3.0f} %", file=sys.stderr) as bar:
        found = from_upload(path.name, data, lambda share: bar.update(share - bar.n))
    typer.echo(found.summary, err=True)
    name = ExperimentStore(RunStore()).keep_upload(found.images)
    return {
        "sources": tuple(dict.fromkeys((*sources, UPLOAD))),
        "upload": name,
        "upload_name": path.name[:100],
    }


def names_from(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


# -- carrying out


def carry_out(config: "ExperimentConfig", score: str, device: str, as_json: bool) -> None:
    """Carries out what is missing of the experiment, shows what it found and ends the command."""
    from ae_core.devices import choose_device
    from ae_core.experiments import ExperimentStore
    from ae_core.runs import RunStore

    check_score(config, score)
    choose_device(device)  # refused before there is an experiment
    store = ExperimentStore(RunStore())
    experiment = store.take_up(config)
    interrupted = carry_out_parts(store, experiment, device, as_json)
    end(store, experiment, score, as_json)
    if interrupted:
        raise typer.Exit(130)
    if not is_done(store, experiment):
        raise typer.Exit(1)


def check_score(config: "ExperimentConfig", score: str) -> None:
    from ae_core.scores import SCORES

    known = config.scores or tuple(SCORES)
    if score and score not in known:
        raise ConfigError(f"score must be one of {', '.join(known)}, got {score!r}.")


def carry_out_parts(store: "ExperimentStore", experiment: "Experiment", device: str, as_json: bool) -> bool:
    """Shows each part's rows as JSON as soon as it is over; whether a person broke it off."""
    from dataclasses import replace

    from ae_core.experiments.results import part_rows
    from ae_core.run_states import Wish

    config = experiment.config
    epochs, unit = (config.train.epochs, "epoch") if config.trains else (1, "part")
    with tqdm(total=config.parts * epochs, unit=unit, file=sys.stderr) as bar:
        for place, (part, record) in enumerate(store.records(experiment), start=1):
            bar.set_description(f"{place} of {config.parts}: {part.name}")
            record.ensure(part)
            with stop_on_interrupt(record) as interrupts:
                carry_out_part(store, record, device, bar)
            bar.update(place * epochs - bar.n)
            if as_json:
                show_rows(map(for_json, part_rows(part, record)), as_json, "")
            if interrupts:
                store.save(replace(experiment, wish=Wish.STOP))  # or a page that looks at it would go on
                return True
    return False


def carry_out_part(store: "ExperimentStore", record: "PartRecord", device: str, bar: tqdm) -> None:
    from ae_core.experiments.execution import carry_out
    from ae_core.run_states import Action, State

    if record.state() is State.FINISHED:
        return
    record.request(Action.RUN)
    on_epoch = partial(lambda _: bar.update())
    state = carry_out(store, record.key, secrets.token_hex(8), device=device, on_epoch=on_epoch)
    if state is State.FAILED:
        bar.write(record.message(), file=sys.stderr)


def end(store: "ExperimentStore", experiment: "Experiment", score: str, as_json: bool) -> None:
    """The table of scores for a person, and the score that stands for the experiment."""
    from ae_core.experiments.results import chosen_score, results, summary

    found = results(store, experiment)
    table = summary(found)
    reported = score or chosen_score(found)
    if not as_json:
        show_rows(rows_of(found[found["score"] == reported], SHOWN), as_json, "Nothing was measured.")
        print()
        show_rows(rows_of(table, SUMMARY_SHOWN), as_json, "")
        print()
    show({"experiment": experiment.id, "kind": experiment.config.kind, **headline(table, reported)}, as_json)


def headline(table: "pandas.DataFrame", reported: str | None) -> dict[str, Any]:
    columns = [name for name in table.columns if name != "score"]
    rows = table[table["score"] == reported].to_dict("records")
    return {"score": reported, **for_json(rows[0] if rows else dict.fromkeys(columns))}


def is_done(store: "ExperimentStore", experiment: "Experiment") -> bool:
    """Whether every part is finished; of a given model's, whether any is: the others say what they lack."""
    from ae_core.run_states import State

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
