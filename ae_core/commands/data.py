"""`data`: which digits are here, fetching full MNIST and sets in its form, and data sets of one's own."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from tqdm import tqdm

from ae_core.commands.output import AsJson, group, show, show_rows, shown_by, tell

if TYPE_CHECKING:
    from ae_core.data.own.record import OwnRecord

app = group("The data sets: what is here, fetching full MNIST or another, and sets of your own.")
OwnName = Annotated[str, typer.Argument(help="The data set's name.", metavar="NAME")]


@app.command("status")
def status(as_json: AsJson = False) -> None:
    """Says which digits are here, and whether the files are sound."""
    from ae_core.data.sources import data_status

    show(data_status(), as_json)


@app.command("fetch")
def fetch(
    name: Annotated[
        str,
        typer.Argument(
            help="mnist; for comparison fashion or kmnist; as a data set to train on fashion-mnist, "
            "kuzushiji-mnist or emnist-letters."
        ),
    ] = "mnist",
    as_json: AsJson = False,
) -> None:
    """Fetches full MNIST (11 MB) into the data folder; goes on where an earlier try broke off."""
    from ae_core.data.own.published import PUBLISHED, fetch_published

    if name in PUBLISHED:
        with tqdm(total=100, unit="%", desc=name, file=sys.stderr, bar_format="{l_bar}{bar}|") as bar:
            record = fetch_published(name, shown_by(bar, 100))
        show(described(record), as_json)
        return
    from ae_core.data.fetch import fetch as fetch_files
    from ae_core.data.mnist_files import COLLECTIONS

    known = COLLECTIONS.get(name)  # fetch refuses other names
    total, title = (known.download_bytes, known.title) if known else (None, name)
    with tqdm(total=total, unit="B", unit_scale=True, desc=title, file=sys.stderr) as bar:
        folder = fetch_files(None, shown_by(bar, total or 0), name)
    show({"data_dir": str(folder), name: True}, as_json)


@app.command("import")
def import_own(
    path: Annotated[Path, typer.Argument(help="A folder or a file; what may be in it, a refusal lists.")],
    *,
    name: Annotated[str, typer.Option(help="What the data set is to be called.")],
    way: Annotated[
        str, typer.Option("--as", help="The way to 28 × 28.", metavar="handwriting|resized")
    ] = "handwriting",
    classes: Annotated[
        str,
        typer.Option(
            help="Names for the classes: in their order, by label as in 0=boot,1=sandal, or a text file of "
            "either, one on each line.",
            metavar="NAMES|FILE",
        ),
    ] = "",
    seed: Annotated[int, typer.Option(min=0, help="Fixes the split; a test part that is given stays.")] = 42,
    replace: Annotated[bool, typer.Option("--replace", help="In the place of one of that name.")] = False,
    as_json: AsJson = False,
) -> None:
    """Makes a data set of your own from pictures in folders, a ZIP, CSV, Parquet, IDX or NumPy files."""
    from ae_core.data.own.importing import Wanted, import_path, way_named
    from ae_core.data.own.naming import given_names

    wanted = Wanted(name, way_named(way), given_names(text_or_file(classes)), seed, replace)
    with tqdm(total=100, unit="%", desc=name, file=sys.stderr, bar_format="{l_bar}{bar}|") as bar:
        record = import_path(path, wanted, shown_by(bar, 100))
    tell(record.report)
    show(described(record), as_json)


def text_or_file(given: str) -> str:
    """The text, or what is in the file of that name, if there is one. Raises UploadError."""
    from ae_core.errors import UploadError

    try:
        return Path(given).read_text(encoding="utf-8-sig") if given and Path(given).is_file() else given
    except (OSError, UnicodeDecodeError) as error:
        raise UploadError(f"{given} is no text file of names ({error}).") from error


@app.command("list")
def list_own(as_json: AsJson = False) -> None:
    """Lists the data sets of your own."""
    from ae_core.data.own.store import OwnData

    rows = (row_of(record) for record in OwnData().list())
    show_rows(rows, as_json, "No data set of your own was imported yet.")


@app.command("show")
def show_own(name: OwnName, as_json: AsJson = False) -> None:
    """Says what is in one: its classes and their images, how it was read, what was skipped."""
    from ae_core.data.own.store import OwnData

    show(described(OwnData().record(name)), as_json)


@app.command("delete")
def delete_own(
    name: OwnName, yes: Annotated[bool, typer.Option("--yes", help="Without asking.")] = False
) -> None:
    """Deletes one for good. Its runs keep their models, and say that their data set is gone."""
    from ae_core.data.own.store import OwnData
    from ae_core.runs.provenance import needing
    from ae_core.runs.store import RunStore

    record = OwnData().record(name)
    runs = needing(record, RunStore())
    if runs:
        tell(f"Trained on it: {', '.join(each.name for each in runs[:10])}{' and more' * (len(runs) > 10)}.")
    if not yes:
        typer.confirm(f"Delete {name} with its {len(record):,} images?", abort=True, err=True)
    OwnData().delete(name)


def row_of(record: "OwnRecord") -> dict[str, Any]:
    training, validation, test = record.sizes
    return {
        "name": record.name,
        "classes": len(record.class_names),
        "training": training,
        "validation": validation,
        "test": test,
        "fingerprint": record.fingerprint,
        "source": record.source,
    }


def described(record: "OwnRecord") -> dict[str, Any]:
    images = {name: sum(counts) for name, counts in zip(record.class_names, record.counts, strict=True)}
    return row_of(record) | {
        "images_of_each_class": images,
        "way": str(record.way),
        "seed": record.seed,
        "imported": time.strftime("%Y-%m-%d %H:%M", time.localtime(record.created)),
        "notes": list(record.notes),
        "skipped": record.skipped,
    }
