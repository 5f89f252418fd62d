"""`runs`: the trained runs, the same that the pages show."""

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ae_core.commands.export import write
from ae_core.commands.output import AsJson, group, show, show_rows, tell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ae_core.runs.run import Run

app = group("Trained runs: the same that the pages show.")
RunId = Annotated[str, typer.Argument(metavar="RUN", help="The id of a run, see `runs list`.")]


@app.command("list")
def list_runs(
    deleted: Annotated[
        bool, typer.Option("--deleted", help="Those that `runs restore` brings back instead.")
    ] = False,
    tag: Annotated[str, typer.Option(help="Only those with this tag.")] = "",
    as_json: AsJson = False,
) -> None:
    """All runs, newest first, but for those of sweeps and experiments."""
    from ae_core.runs.store import RunStore

    store = RunStore()
    runs: Iterable[Run] = readable(store.trash.list()) if deleted else store.list()
    if tag:
        runs = (run for run in runs if tag in run.tags)
    nothing = "No deleted runs" if deleted else "No runs yet"
    show_rows(map(summary, runs), as_json, f"{nothing} in {store.folder.url}.")


def readable(runs: "Iterable[Run]") -> "Iterator[Run]":
    from ae_core.errors import RunError

    for run in runs:
        with contextlib.suppress(RunError):
            run.config()
            yield run


def summary(run: "Run") -> dict[str, Any]:
    return {
        "run": run.id,
        "name": run.name,
        "state": str(run.state()),
        "dataset": run.config().dataset,
        "epochs": len(run.metrics()),
        **last_losses(run),
        "learned_nothing": bool(run.caution()),
        "tags": list(run.tags),
    }


@app.command("show")
def show_run(run_id: RunId, as_json: AsJson = False) -> None:
    """Everything about one run: settings, state, losses."""
    from ae_core.runs.store import RunStore

    run = RunStore().get(run_id)
    config = run.config()
    details = {
        "fingerprint": config.fingerprint,
        "model": config.model.to_dict(),
        "train": config.train.to_dict(),
        "classes": list(config.classes),
        "message": run.message(),
        "caution": run.caution(),
        "test_error": run.test_error(),
        "auroc": run.auroc(),
    }
    curve = run.metrics().to_dict("records")
    show(summary(run) | details | ({"metrics": curve} if as_json else {}), as_json)
    if not as_json:
        print()
        show_rows(curve, as_json, "No epoch is finished yet.")


@app.command("tag")
def tag_run(
    run_id: RunId,
    add: Annotated[list[str] | None, typer.Argument(metavar="[TAG]...", help="Words to find it by.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="A tag to take away; may be repeated.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tags a run, and says which tags it has; `runs list --tag` finds it by one."""
    from ae_core.runs.run import tag_of
    from ae_core.runs.store import RunStore

    run = RunStore().get(run_id)
    if add or remove:
        run.set_tags({*run.tags, *map(tag_of, add or ())} - set(map(tag_of, remove or ())))
    show({"run": run_id, "tags": list(run.tags)}, as_json)


@app.command("tensorboard")
def log_for_tensorboard(run_id: RunId, as_json: AsJson = False) -> None:
    """Makes a run's event file, which grows while the run trains: `tensorboard --logdir` shows it."""
    from ae_core.runs.store import RunStore
    from ae_core.runs.tensorboard import file_name, log

    run = RunStore().get(run_id)
    log(run)
    show({"run": run_id, "path": f"{run.folder.url}/{file_name(run)}"}, as_json)


@app.command("delete")
def delete(
    run_id: RunId,
    for_good: Annotated[
        bool, typer.Option("--for-good", help="At once and for good: it makes room on a full disk.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Deletes a run, which `runs restore` brings back for a day; studies keep what they found with it."""
    from ae_core.runs.store import RunStore
    from ae_core.studies.store import StudyStore

    store = RunStore()
    needed = StudyStore(store).needing(store.get(run_id).id)
    if for_good:
        store.delete(run_id)
    else:
        store.trash.throw(run_id)
        tell(f"`python -m ae_core runs restore {run_id}` brings it back, for a day.")
    for study in needed:
        tell(f"The {study.KIND} {study.id} ({study.title()}) keeps what it found with this model.")
    show({"run": run_id, "deleted": True}, as_json)


@app.command("restore")
def restore(run_id: RunId, as_json: AsJson = False) -> None:
    """Brings a deleted run back as it was, see `runs list --deleted`."""
    from ae_core.runs.store import RunStore

    show(summary(RunStore().trash.take_out(run_id)), as_json)


@app.command("export")
def export(
    run_id: RunId,
    output: Annotated[Path | None, typer.Option(help="The ZIP file to write. Default: RUN.zip here.")] = None,
    as_json: AsJson = False,
) -> None:
    """Writes all of a run into one ZIP file; `export` writes ONNX, a script and more."""
    from ae_core.runs.exports.archive import archive
    from ae_core.runs.store import RunStore

    write(run_id, archive(RunStore().get(run_id)), output or Path(f"{run_id}.zip"), as_json, "--output")


def last_losses(run: "Run") -> dict[str, float | None]:
    metrics = run.metrics()
    return {
        name: float(metrics[name].iloc[-1]) if len(metrics) else None
        for name in ("train_loss", "validation_loss")
    }
