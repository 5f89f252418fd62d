"""`zoo`: the models that ship with the lab."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from tqdm import tqdm

from ae_core.commands.output import AsJson, group, show, show_rows
from ae_core.errors import ConfigError
from ae_core.models.config import ModelConfig
from ae_core.training.presets import ADAM

if TYPE_CHECKING:
    from ae_core.training.loop import EpochResult

app = group("The models that ship with the lab.")


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """The shipped models with their errors on the test digits of both data sets."""
    from ae_core import zoo

    show_rows((row(zoo.card(name)) for name in zoo.names()), as_json, "The zoo is empty: zoo build fills it.")


def row(card: dict[str, Any]) -> dict[str, Any]:
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
    models: Annotated[str, typer.Option(help="Which of them, by name; none: all.")] = "",
    epochs: Annotated[int, typer.Option(help="Epochs of each training.")] = ADAM.epochs,
    output: Annotated[Path | None, typer.Option(help="Another folder than the lab's own zoo.")] = None,
    as_json: AsJson = False,
) -> None:
    """Trains the shipped models again (minutes for the convolutional one); needs full MNIST."""
    recipe = ADAM.with_changes(epochs=epochs)
    from ae_core.commands.build_zoo import build as build_zoo
    from ae_core.zoo import ZOO_DIR

    wanted = chosen_models(models)
    with tqdm(total=len(wanted) * epochs, unit="epoch", file=sys.stderr) as bar:

        def on_epoch(name: str, result: "EpochResult") -> None:
            bar.set_description(f"{name} {result.validation_loss:.3g}", refresh=False)
            bar.update()

        rows = []
        for card in build_zoo(wanted, recipe=recipe, folder=output or ZOO_DIR, on_epoch=on_epoch):
            rows.append(row(card))
            if as_json:  # each as soon as it is there; a table is better whole
                show(rows[-1], as_json)
    if not as_json:
        show_rows(rows, as_json, "Nothing was built.")


def chosen_models(names: str) -> list[ModelConfig]:
    """The zoo's models with these names, between commas. Raises ConfigError for others."""
    from ae_core.commands.build_zoo import MODELS, name_of

    known = {name_of(config): config for config in MODELS}
    wanted = [name.strip() for name in names.split(",") if name.strip()] or list(known)
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise ConfigError(f"models must be among {', '.join(known)}; got {', '.join(unknown)[:80]}.")
    return [known[name] for name in wanted]
