"""The command line: the same work as the pages, on the same run store, so a page sees a run live.

Results go to stdout (with --json one object a line and nothing else), progress and notes to stderr. Exit
status 0: done; 1: the run failed; 2: what was asked for cannot be done, the reason is on stderr; 130: Ctrl-C.
PyTorch is loaded inside the commands that need it, so that --help stays quick.
"""

from typing import Annotated

import typer

from ae_core import __version__
from ae_core.commands import anomaly, cluster, data, evaluate, export, runs, sweep, train, zoo
from ae_core.commands.output import group

app = group("Autoencoder Lab: train autoencoders on MNIST, score digits, keep runs.")


def show_version(is_asked: bool) -> None:
    if is_asked:
        print(__version__)
        raise typer.Exit


@app.callback()
def lab(
    _: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Autoencoder Lab: train autoencoders on MNIST, score digits, keep runs."""


app.add_typer(data.app, name="data")
app.command()(train.train)
app.add_typer(runs.app, name="runs")
app.command()(export.export)
app.command("import")(export.import_run)
app.command()(evaluate.evaluate)
app.command()(evaluate.score)
app.command()(sweep.sweep)
app.add_typer(anomaly.app, name="anomaly")
app.add_typer(zoo.app, name="zoo")
app.command()(cluster.scheduler)
app.command()(cluster.worker)
