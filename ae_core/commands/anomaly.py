"""`anomaly`: experiments that measure how well anomalies are told from normal digits."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from tqdm import tqdm

from ae_core.commands.evaluate import ANY_MODEL
from ae_core.commands.experiment import carry_out
from ae_core.commands.options import changed, names_from, numbers_from, with_config_options
from ae_core.commands.output import AsJson, group, shown_by, tell
from ae_core.errors import SeveralArraysError, UploadError
from ae_core.training.presets import HELD_OUT, ONE_CLASS, Preset
from ae_core.words import visible

if TYPE_CHECKING:
    from ae_core.studies.experiment import ExperimentConfig

app = group(
    "Experiments: how well are anomalies detected among normal digits? What an earlier one has found is not "
    "computed again; Ctrl-C stops, and the same command goes on."
)

Dataset = Annotated[
    str, typer.Option(help="embedded, mnist, a set of your own, or auto: mnist where it is, else embedded.")
]
Scores = Annotated[str, typer.Option(help="Which scores to compare, between commas; none: all that suit.")]
Score = Annotated[
    str, typer.Option(help="The score to report. Default: the one that is chosen without an anomaly.")
]
Digits = Annotated[str, typer.Option(help="Which digits, between commas.", metavar="0,1|all")]
Seeds = Annotated[str, typer.Option(help="One training for each.", metavar="0,1,2")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")]
Reference = Annotated[str, typer.Option("--run", help=ANY_MODEL)]
Images = Annotated[int, typer.Option(help="Test digits that are normal, and as many anomalies.")]


def training_command(kind: str, preset: Preset, what: str) -> None:
    """Adds the command of an experiment that trains, with an option for every field of network and recipe."""

    def command(
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
        config = training_config(kind, preset, settings, digits, seeds, dataset, scores)
        carry_out(config, score, device, as_json)

    made = with_config_options(command, ("seed",), preset.model, preset.train)
    app.command(kind, help=what)(made)


training_command("one-class", ONE_CLASS, "Trains on one digit at a time; the nine others are anomalies.")
training_command("held-out", HELD_OUT, "Trains on nine digits at a time; the tenth is the anomaly.")


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
    """Scores corrupted test digits with a given model."""
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
    array: Annotated[str, typer.Option(help="Of an upload with several arrays the one to read.")] = "",
    values: Annotated[
        str,
        typer.Option(
            help="An upload's black and white: two numbers, auto (by type and largest), or lowest:highest.",
            metavar="0:16",
        ),
    ] = "auto",
    ink: Annotated[
        str,
        typer.Option(
            help="An upload's ink: light (on dark), dark (on light: turned) or auto (by the border)."
        ),
    ] = "auto",
    images: Images = 1000,
    dataset: Dataset = "auto",
    scores: Scores = "",
    score: Score = "",
    as_json: AsJson = False,
) -> None:
    """Scores images that are no digits, or others' digits, with a given model."""
    chosen = {"sources": names_from(sources)} if sources.strip() else {}
    if upload:
        chosen = with_upload(upload, chosen.get("sources", ()), array, values, ink)
    config = given_config("foreign", run, images, dataset, scores, **chosen)
    carry_out(config, score, "cpu", as_json)


def training_config(
    kind: str, preset: Preset, settings: dict[str, Any], digits: str, seeds: str, dataset: str, scores: str
) -> "ExperimentConfig":
    model, recipe = changed(preset.model, preset.train, settings)
    from ae_core.studies.experiment import ExperimentConfig

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
    from ae_core.studies.experiment import ExperimentConfig

    named = names_from(scores)
    return ExperimentConfig(kind=kind, reference=run, images=images, dataset=dataset, scores=named, **chosen)


def with_upload(path: Path, sources: tuple[str, ...], array: str, values: str, ink: str) -> dict[str, Any]:
    """The images in the file at `path`, stored, and the sources with them among them."""
    from ae_core.data.uploads.reading import Ink, ReadAs, from_upload
    from ae_core.runs.store import RunStore
    from ae_core.studies.experiment import UPLOAD
    from ae_core.studies.uploads import Uploads

    try:
        data = path.read_bytes()
    except OSError as error:
        raise UploadError(f"{path} cannot be read ({error.strerror}); give a file of images.") from error
    if ink not in list(Ink):
        raise UploadError(f"--ink must be one of {', '.join(Ink)}, got {ink[:40]!r}.")
    read_as = ReadAs(array, values, Ink(ink))
    style = "{desc} {percentage:3.0f} %"
    with tqdm(total=1.0, desc=visible(path.name), bar_format=style, file=sys.stderr) as bar:
        try:
            found = from_upload(path.name, data, shown_by(bar, 1.0), read_as=read_as)
        except SeveralArraysError as error:
            raise UploadError(f"{error} Name one of them with --array.") from error
    tell(found.summary)
    name = Uploads(RunStore()).keep(found.images)
    return {
        "sources": tuple(dict.fromkeys((*sources, UPLOAD))),
        "upload": name,
        "upload_name": path.name[:100],
    }
