"""What the scheduler's process is handed: nothing heavy, for while it loads PyTorch it answers nobody."""

import importlib
from collections.abc import Callable

from ae_core import __version__


def name_of(work: Callable[..., object]) -> tuple[str, str]:
    """Module and name of a function, for `call`."""
    return work.__module__, work.__qualname__


def call(version: str, module: str, name: str, *arguments: str) -> object:
    """What a worker does: only there the function's module is loaded. version: of the lab that asks."""
    if version != __version__:
        raise RuntimeError(f"This worker has version {__version__} of the lab, and {version} is needed")
    return getattr(importlib.import_module(module), name)(*arguments)


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
