"""Dask preload: ends a scheduler or nanny whose parent died, so that a killed server leaves no orphans.

SubprocessCluster ends its processes when the server ends in order, but not when it is killed outright.
"""

import os
import threading
import time


def exit_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def dask_setup(_: object) -> None:
    threading.Thread(target=exit_with_parent, args=(os.getppid(),), daemon=True).start()
