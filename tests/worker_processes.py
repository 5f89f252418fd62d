"""The processes of a service's own cluster, for tests that kill them."""

import time

import psutil

from ae_core.runs.service import TrainingService

PATIENCE = 60  # seconds, on a busy machine


def scheduler(service: TrainingService) -> psutil.Process:
    return psutil.Process(service.jobs.cluster.parts.scheduler.process.pid)


def nanny(service: TrainingService) -> psutil.Process:
    """The one that starts the worker, and starts it again."""
    (part,) = service.jobs.cluster.parts.workers.values()
    return psutil.Process(part.process.pid)


def worker(service: TrainingService) -> psutil.Process:
    """The process that trains, once it is there."""
    deadline = time.monotonic() + PATIENCE
    while not (service.jobs.seen and service.jobs.seen.workers):
        assert time.monotonic() < deadline, "No worker came."
        time.sleep(0.02)
    client = service.jobs.cluster.client
    (pid,) = client.run(lambda: __import__("os").getpid()).values()
    return psutil.Process(pid)


def is_gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
