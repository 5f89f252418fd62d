"""`sweep`: one recipe over several latent dimensions, architectures and seeds."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ae_core.commands.options import PresetName, configured, names_from, numbers_from, with_config_options
from ae_core.commands.output import AsJson, show, show_rows, tell
from ae_core.commands.study import carry_out_parts
from ae_core.training.presets import PRESETS

if TYPE_CHECKING:
    from ae_core.studies.parts import Part
    from ae_core.studies.records import PartRecord


@partial(with_config_options, without=("latent_dim", "architecture", "seed"))
def sweep(
    *,
    latent_dims: Annotated[str, typer.Option(help="Sizes of the code.")] = "2,4,8,16,32,64",
    architectures: Annotated[
        str, typer.Option(help="Kinds of network, between commas; none: the preset's.")
    ] = "",
    seeds: Annotated[str, typer.Option(help="One training for each.")] = "0",
    dataset: Annotated[
        str,
        typer.Option(help="embedded, mnist, a set of your own, or auto: mnist where it is, else embedded."),
    ] = "auto",
    preset: PresetName = PRESETS[0].name,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    as_json: AsJson = False,
    **settings: Any,
) -> None:
    """Trains every combination, one after another; what an earlier sweep has trained is not trained again.

    A training that fails does not end the sweep; the same command tries it again. Ctrl-C stops the training
    under way and the sweep with it; the same command goes on later.
    """
    from ae_core.data.sources import load_digits
    from ae_core.jobs.states import State
    from ae_core.runs.store import RunStore
    from ae_core.studies.store import StudyStore
    from ae_core.studies.sweep import SweepConfig
    from ae_core.studies.sweep_results import COLUMNS, row
    from ae_core.training.devices import choose_device

    model, recipe = configured(preset, settings, len(load_digits(dataset).train))
    config = SweepConfig(
        numbers_from(latent_dims, "latent_dims", "2,8,32"),
        names_from(architectures) if architectures.strip() else (model.architecture,),
        numbers_from(seeds, "seeds", "0,1,2"),
        model,
        recipe,
        dataset,
    )
    choose_device(device)  # refused before there is a sweep
    store = StudyStore(RunStore())
    swept, rows = store.take_up(config), []

    def is_over(part: "Part", record: "PartRecord") -> None:
        found = row(part, record)
        rows.append({name: found[name] for name in COLUMNS if name != "compression"})
        if as_json:
            show(rows[-1], as_json)

    interrupted = carry_out_parts(store, swept, device, is_over)
    if not as_json:
        show_rows(rows, as_json, "Nothing was trained.")
    if interrupted:
        raise typer.Exit(130)
    failures = [each.message() for _, each in store.records(swept) if each.state() is State.FAILED]
    for message in dict.fromkeys(failures):
        tell(message)
    if failures:
        raise typer.Exit(1)
