"""`export`: a run or a model as a file for those who have no lab; `import`: such a file as a run."""

from pathlib import Path
from typing import Annotated

import typer

from ae_core.commands.output import AsJson, show
from ae_core.errors import RunError


def export(
    reference: Annotated[
        str, typer.Argument(metavar="MODEL", help="The id of a run, see `runs list`, or zoo:NAME.")
    ],
    to: Annotated[
        Path,
        typer.Option(
            help="The file to write; its ending says as what: .zip (all of it), .onnx, .safetensors, .py or "
            ".ipynb (train the same with PyTorch alone), .md (the model card)."
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Writes a run, or a model, as a file for those who have no lab."""
    from ae_core.runs.exports.archive import exported
    from ae_core.runs.store import RunStore

    write(reference, exported(reference, to.suffix, RunStore()), to, as_json, "--to")


def import_run(
    file: Annotated[
        Path, typer.Argument(help="A ZIP file that a lab has exported, or weights as .safetensors.")
    ],
    name: Annotated[str, typer.Option(help="What the run is called in lists.")] = "",
    dataset: Annotated[
        str, typer.Option(help="What weights without a run are measured on: embedded, mnist or auto.")
    ] = "auto",
    activation: Annotated[
        str, typer.Option(help="Of weights that are not the lab's own, whose file does not say it.")
    ] = "relu",
    as_json: AsJson = False,
) -> None:
    """Takes a run of another lab, or a model of your own, into the run store."""
    from ae_core.runs.exports.importing import import_file
    from ae_core.runs.store import RunStore

    try:
        data = file.read_bytes()
    except OSError as error:
        raise RunError(f"{file} cannot be read ({error.strerror}); name another file.") from error
    run = import_file(data, RunStore(), name=name, dataset=dataset, activation=activation)
    show({"run": run.id, "name": run.name, "test_error": run.test_error()}, as_json)


def write(reference: str, data: bytes, path: Path, as_json: bool, option: str) -> None:
    """Raises RunError, naming the option, where the file cannot be written."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise RunError(
            f"{path} cannot be written ({error.strerror}); {option} names another file."
        ) from error
    show({"run": reference, "path": str(path), "bytes": len(data)}, as_json)
