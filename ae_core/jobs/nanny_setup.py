"""Dask preload for nannies: workers step back behind the web server, and a lost one is replaced at once.

A worker is forked from a process that has imported all that it needs: PyTorch alone takes seconds, while a
person whose worker was lost waits.
"""

import os
import sys

import dask
from distributed.utils import get_mp_context

# `AE_NICENESS` where it is given. The server must answer while a training runs, and while workers start.
NICENESS = 10
NEEDED = ["ae_core.runs.worker_setup"]


def dask_setup(_: object) -> None:
    given = os.environ.get("AE_NICENESS", "").strip()
    wanted = int(given) if given.isdecimal() else NICENESS
    os.setpriority(os.PRIO_PROCESS, 0, max(wanted, os.getpriority(os.PRIO_PROCESS, 0)))
    if sys.platform == "linux":  # elsewhere system libraries do not survive a fork
        dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"})
        get_mp_context().set_forkserver_preload(NEEDED)
