"""`zoo`: the models that ship with the lab."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from tqdm import tqdm

from ae_core.commands.options import numbers_from
from ae_core.commands.output import AsJson, group, show, show_rows
from ae_core.config import ModelConfig, TrainConfig

if TYPE_CHECKING:
    from ae_core.training import EpochResult

app = group("The models that ship with the lab.")


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """The shipped models with their errors on the test digits of both data sets."""
    from ae_core import zoo

    show_rows((row(zoo.card(name)) for name in zoo.names()), as_json, "The zoo is empty: zoo build fills it.")


def row(card: dict) -> dict[str, Any]:
    return {
        "run": f"zoo:{card['name']}",
        "title": card["title"],
        "parameters": card["parameters"],
        "training_images": card["data"]["images"],
        "test_error": card["test_error"],
        "bytes": card["file"]["bytes"],
    }


@app.command("build")
def build(
    latent_dims: Annotated[str, typer.Option(help="Which code sizes.")] = "2,4,8,16,32,64",
    epochs: Annotated[int, typer.Option(help="Epochs of the default recipe.")] = TrainConfig().epochs,
    output: Annotated[Path | None, typer.Option(help="Another folder than the lab's own zoo.")] = None,
    as_json: AsJson = False,
) -> None:
    """Trains the shipped models again (about half a minute each); needs full MNIST."""
    dims, recipe = numbers_from(latent_dims, "latent_dims", "2,8,32"), TrainConfig(epochs=epochs)
    for dim in dims:
        ModelConfig(latent_dim=dim)  # all refused before the first is trained
    from ae_core.zoo import ZOO_DIR
    from ae_core.zoo.build import build as build_zoo

    with tqdm(total=len(dims) * epochs, unit="epoch", file=sys.stderr) as bar:

        def on_epoch(name: str, result: "EpochResult") -> None:
            bar.set_description(f"{name} {result.validation_loss:.3g}", refresh=False)
            bar.update()

        rows = []
        for card in build_zoo(dims, recipe=recipe, folder=output or ZOO_DIR, on_epoch=on_epoch):
            rows.append(row(card))
            if as_json:  # each as soon as it is there; a table is better whole
                show(rows[-1], as_json)
    if not as_json:
        show_rows(rows, as_json, "Nothing was built.")
