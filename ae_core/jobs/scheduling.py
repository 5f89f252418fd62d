"""What the scheduler's process is handed: nothing heavy, for while it loads PyTorch it answers nobody."""

import importlib
import operator
from functools import reduce
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from ae_core import __version__

if TYPE_CHECKING:
    from distributed import Scheduler

    from ae_core.jobs.worker import Kind


def calling(arguments: tuple[str, ...]) -> tuple[Any, ...]:
    """A function and its arguments, for a worker to do `work(*arguments)`.

    The function is Python's own: a worker that is sent one of a module that it lacks ends. This one looks
    `checked_work` up by its name, and a worker without the lab fails at that.
    """
    named = (__version__, *arguments)
    return reduce, operator.call, [f"{__name__}:{checked_work.__name__}", named], resolve_name


def checked_work(named: tuple[str, ...]) -> object:
    """As `work`, of whose arguments the first is the version of the lab that asks."""
    version, *arguments = named
    if version != __version__:
        raise RuntimeError(f"This worker has version {__version__} of the lab, and {version} is needed")
    return work(*arguments)


def work(kind: str, root: str, record_id: str, by: str) -> str:
    """The one thing that workers are asked to do, see `worker.Kind.work`. Plain text goes to them, and what
    comes of it stays in files; only there the module of the kind is loaded. kind: its address."""
    module, name = kind.split(":")
    found: Kind = getattr(importlib.import_module(module), name)
    return found.work(root, record_id, by)


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
