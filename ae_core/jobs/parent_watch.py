"""Dask preload: ends a scheduler or nanny whose server died, so that a killed server leaves no orphans.

SubprocessCluster ends its processes when the server ends in order, but not when it is killed outright. Where
several servers share one address, what has started them is watched likewise, by them too.
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


def end_with_server() -> None:
    """Has this process end with the one that its environment names."""
    server = int(os.environ[SERVER_PID])
    threading.Thread(target=exit_with_server, args=(server,), daemon=True).start()


def dask_setup(_: object) -> None:
    end_with_server()
