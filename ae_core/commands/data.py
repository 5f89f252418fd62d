"""`data`: which digits are here, and fetching full MNIST and sets in its form."""

import sys
from typing import Annotated

import typer
from tqdm import tqdm

from ae_core.commands.output import AsJson, group, show, shown_by

app = group("The data sets: what is here, and fetching full MNIST or another.")


@app.command("status")
def status(as_json: AsJson = False) -> None:
    """Says which digits are here, and whether the files are sound."""
    from ae_core.data.sources import data_status

    show(data_status(), as_json)


@app.command("fetch")
def fetch(
    name: Annotated[str, typer.Argument(help="mnist, or for comparison fashion or kmnist.")] = "mnist",
    as_json: AsJson = False,
) -> None:
    """Fetches full MNIST (11 MB) into the data folder; goes on where an earlier try broke off."""
    from ae_core.data.fetch import fetch as fetch_files
    from ae_core.data.mnist_files import COLLECTIONS

    known = COLLECTIONS.get(name)  # fetch refuses other names
    total, title = (known.download_bytes, known.title) if known else (None, name)
    with tqdm(total=total, unit="B", unit_scale=True, desc=title, file=sys.stderr) as bar:
        folder = fetch_files(None, shown_by(bar, total or 0), name)
    show({"data_dir": str(folder), name: True}, as_json)
