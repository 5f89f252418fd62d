"""What the scheduler's process is handed: nothing heavy, for while it loads PyTorch it answers nobody."""

import importlib
import operator
from collections.abc import Callable
from functools import reduce
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from ae_core import __version__

if TYPE_CHECKING:
    from distributed import Scheduler


def calling(work: Callable[..., object], arguments: tuple[str, ...]) -> tuple[Any, ...]:
    """A function and its arguments, for a worker to call `work(*arguments)`.

    The function is Python's own: a worker that is sent one of a module that it lacks ends. This one looks
    `call` up by its name, and a worker without the lab fails at that.
    """
    named = (__version__, work.__module__, work.__qualname__, *arguments)
    return reduce, operator.call, [f"{call.__module__}:{call.__name__}", named], resolve_name


def call(named: tuple[str, ...]) -> object:
    """What a worker does with a version of the lab, a module, a function's name and arguments.

    Only there the module is loaded.
    """
    version, module, name, *arguments = named
    if version != __version__:
        raise RuntimeError(f"This worker has version {__version__} of the lab, and {version} is needed")
    return getattr(importlib.import_module(module), name)(*arguments)


def list_jobs(dask_scheduler: "Scheduler") -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
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
    running: dict[str, str] = {}
    waiting: list[str] = []
    for task in tasks:
        worker = task.processing_on.address if task.processing_on else None
        if worker and worker not in running:
            running[worker] = str(task.key)
        elif task.state in ("processing", "queued", "no-worker", "waiting"):
            waiting.append(str(task.key))
    return tuple(running.values()), tuple(waiting), tuple(dask_scheduler.workers)
