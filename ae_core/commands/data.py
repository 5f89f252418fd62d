"""`data`: which digits are here, and fetching full MNIST."""

import sys

from tqdm import tqdm

from ae_core.commands.output import AsJson, group, show

app = group("The data sets: what is here, and fetching full MNIST.")


@app.command("status")
def status(as_json: AsJson = False) -> None:
    """Says which digits are here, and whether the files are sound."""
    from ae_core.data import data_status

    show(data_status(), as_json)


@app.command("fetch")
def fetch(as_json: AsJson = False) -> None:
    """Fetches full MNIST (11 MB) into the data folder; goes on where an earlier try broke off."""
    from ae_core.data.fetch import DOWNLOAD_BYTES
    from ae_core.data.fetch import fetch as fetch_mnist

    with tqdm(total=DOWNLOAD_BYTES, unit="B", unit_scale=True, desc="MNIST", file=sys.stderr) as bar:
        folder = fetch_mnist(on_progress=lambda share: bar.update(round(share * DOWNLOAD_BYTES) - bar.n))
    show({"data_dir": str(folder), "mnist": True}, as_json)
