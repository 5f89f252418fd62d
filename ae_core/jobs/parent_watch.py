"""Dask preload: ends a scheduler or nanny whose server died, so that a killed server leaves no orphans.

SubprocessCluster ends its processes when the server ends in order, but not when it is killed outright.
"""

import os
import threading
import time

SERVER_PID = (
    "AE_SERVER_PID"  # in the environment: asked for here, a server that is dead already has no number
)


def exit_with_server(pid: int) -> None:
    while os.getppid() == pid:
        time.sleep(1)
    os._exit(1)


def dask_setup(_: object) -> None:
    server = int(os.environ[SERVER_PID])
    threading.Thread(target=exit_with_server, args=(server,), daemon=True).start()
