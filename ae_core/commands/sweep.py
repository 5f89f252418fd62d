"""`sweep`: one recipe over several latent dimensions, architectures and seeds."""

import sys
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer
from tqdm import tqdm

from ae_core.commands.options import configured, numbers_from, with_config_options
from ae_core.commands.output import AsJson, show, show_rows, tell
from ae_core.commands.train import stop_on_interrupt

if TYPE_CHECKING:
    from ae_core.runs.run import Run
    from ae_core.studies.sweep import Sweep, SweepStore

SHOWN = (
    "architecture",
    "latent_dim",
    "seed",
    "state",
    "test_error",
    "seconds",
    "parameters",
    "run",
    "learned_nothing",
)


@partial(with_config_options, without=("latent_dim", "architecture", "seed"))
def sweep(
    *,
    latent_dims: Annotated[str, typer.Option(help="Sizes of the code.")] = "2,4,8,16,32,64",
    architectures: Annotated[str, typer.Option(help="Kinds of network, between commas.")] = "dense",
    seeds: Annotated[str, typer.Option(help="One training for each.")] = "0",
    dataset: Annotated[
        str, typer.Option(help="embedded, mnist, or auto: mnist where it is, else embedded.")
    ] = "auto",
    preset: Annotated[
        str, typer.Option(help="What the other options change: default, or reference.")
    ] = "default",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    as_json: AsJson = False,
    **settings: Any,
) -> None:
    """Trains every combination, one after another; what an earlier sweep has trained is not trained again.

    A training that fails does not end the sweep; the same command tries it again. Ctrl-C stops the training
    under way and the sweep with it; the same command goes on later.
    """
    model, recipe = configured(preset, settings)
    from ae_core.jobs.states import State
    from ae_core.runs.store import RunStore
    from ae_core.studies.sweep import SweepConfig, SweepStore, Wish
    from ae_core.training.devices import choose_device

    config = SweepConfig(
        numbers_from(latent_dims, "latent_dims", "2,8,32"),
        tuple(name.strip() for name in architectures.split(",")),
        numbers_from(seeds, "seeds", "0,1,2"),
        model,
        recipe,
    )
    choose_device(device)  # refused before there is a sweep
    store = SweepStore(RunStore())
    swept = store.renew_failed(store.take_up(config, dataset))
    rows, interrupted = carry_out(store, swept, device, as_json)
    if not as_json:
        show_rows(rows, as_json, "Nothing was trained.")
    if interrupted:
        store.save(replace(swept, wish=Wish.STOP))  # or a page that looks at it would go on
        raise typer.Exit(130)
    failures = [run.message() for run in store.runs_of(swept) if run.state() is State.FAILED]
    for message in dict.fromkeys(failures):
        tell(message)
    if failures:
        raise typer.Exit(1)


def carry_out(store: "SweepStore", swept: "Sweep", device: str, as_json: bool) -> tuple[list[dict], bool]:
    """A row for each training, each shown at once as JSON; and whether a person broke it off."""
    from ae_core.studies.sweep import row

    rows, config = [], swept.config
    with tqdm(total=config.trainings * config.train.epochs, unit="epoch", file=sys.stderr) as bar:
        for place, point in enumerate(config.points(), start=1):
            run = store.run_of(swept, point)
            bar.set_description(f"{place} of {config.trainings}: {run.name}")
            with stop_on_interrupt(run) as interrupts:
                train_point(run, device, bar)
            bar.update(place * config.train.epochs - bar.n)
            found = row(point, run)
            rows.append({name: found[name] for name in SHOWN})
            if as_json:
                show(rows[-1], as_json)
            if interrupts:
                return rows, True
    return rows, False


def train_point(run: "Run", device: str, bar: tqdm) -> None:
    from ae_core.jobs.states import Action, State
    from ae_core.runs.execution import execute

    if run.state() is State.FINISHED:
        return
    run.request(Action.RUN)
    execute(run, device=device, on_epoch=lambda _: bar.update())
