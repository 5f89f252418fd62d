"""What the scheduler's process is handed: nothing heavy, for while it loads PyTorch it answers nobody."""

import importlib


def work(kind: str, root: str, record_id: str, by: str) -> str:
    """The one thing that workers are asked to do, see `worker.Kind.work`. Plain text goes to them, and what
    comes of it stays in files; only there the module of the kind is loaded. kind: its address."""
    module, name = kind.split(":")
    return getattr(importlib.import_module(module), name).work(root, record_id, by)


def list_jobs(dask_scheduler) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Keys of running and waiting tasks, first come first, and addresses of workers.

    Dask passes the scheduler by this argument's name. It may hand a worker its next task in advance: of those
    "processing" on a worker only one runs. That is the one that the worker last named as such, twice a
    second, else the next by priority.
    """
    named = {task for worker in dask_scheduler.workers.values() for task in worker.executing}
    tasks = sorted(
        (task for key, task in dask_scheduler.tasks.items() if str(key).startswith("job/")),
        key=lambda task: (task not in named, task.priority or (0,)),
    )
    running, waiting = {}, []
    for task in tasks:
        if task.state == "processing" and task.processing_on.address not in running:
            running[task.processing_on.address] = task.key
        elif task.state in ("processing", "queued", "no-worker", "waiting"):
            waiting.append(task.key)
    return tuple(running.values()), tuple(waiting), tuple(dask_scheduler.workers)
