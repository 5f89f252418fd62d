"""What the processes of a cluster on this machine find in their environment. Nothing heavy is imported."""

import os
from pathlib import Path

from ae_core.jobs.parent_watch import SERVER_PID

PROJECT = Path(__file__).resolve().parent.parent.parent
# Dask has workers give memory back at once, so each tensor of a step would be asked of the system anew
# (`python -m benchmarks.workers` shows what that costs).
KEEPS_MEMORY = {"MALLOC_TRIM_THRESHOLD_": str(2**30), "MALLOC_MMAP_THRESHOLD_": str(2**30)}
# Set where the lab's own front keeps the scheduler at AE_SCHEDULER, for several servers (`tools/several.py`).
KEPT = "AE_SCHEDULER_IS_KEPT"


def workers_wanted() -> int:
    """Raises ValueError where AE_WORKERS is no number of workers."""
    given = os.environ.get("AE_WORKERS", "").strip() or "1"
    if not given.isdecimal() or not int(given):
        raise ValueError(f"AE_WORKERS must be a whole number from 1, got {given!r}")
    return int(given)


def prepare(workers: int) -> None:
    """For so many workers that this process will start: they end when it does, and share the cores."""
    os.environ[SERVER_PID] = str(os.getpid())
    os.environ.setdefault("DASK_LOGGING__DISTRIBUTED", "error")  # its news is for those who run clusters
    os.environ.setdefault("AE_WORKER_THREADS", str(max(1, (os.cpu_count() or 1) // workers)))
    known = os.environ.get("PYTHONPATH", "")
    if str(PROJECT) not in known.split(os.pathsep):  # workers import ae_core wherever the server was started
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(PROJECT), known]))
    for name, value in KEEPS_MEMORY.items():
        os.environ.setdefault(name, value)
