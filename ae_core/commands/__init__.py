"""The command line: the same work as the pages, on the same run store, so a page sees a run live.

Results go to stdout (with --json one object a line and nothing else), progress and notes to stderr. Exit
status 0: done; 1: the run failed; 2: what was asked for cannot be done, the reason is on stderr; 130: Ctrl-C.
PyTorch is loaded inside the commands that need it, so that --help stays quick.
"""

from ae_core.commands import anomaly, data, judge, runs, sweep, train, zoo
from ae_core.commands.output import group

app = group("Autoencoder Lab: train autoencoders on MNIST, score digits, keep runs.")
app.add_typer(data.app, name="data")
app.command()(train.train)
app.add_typer(runs.app, name="runs")
app.command()(judge.evaluate)
app.command()(judge.score)
app.command()(sweep.sweep)
app.add_typer(anomaly.app, name="anomaly")
app.add_typer(zoo.app, name="zoo")
