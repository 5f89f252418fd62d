"""What the server's process does besides pages: it starts workers, and ends at once when it is told to."""

import os
import sys
import threading
import time

from streamlit import runtime

from ae_core.runs.service import shared_service

GRACE_SECONDS = 1.0  # for pages that are being drawn to come to their ends
_lock = threading.Lock()
_prepared = False


def prepare() -> None:
    """Starts the workers with the first page that is shown, and sees to the end."""
    global _prepared
    shared_service().warm_up()
    with _lock:
        if _prepared or not runtime.exists():  # without a server, in tests, the process is not ours to end
            return
        _prepared = True
    threading.Thread(target=end_with_main, daemon=True, name="end-with-server").start()


def end_with_main() -> None:
    """Ends the process when its main thread has: Python by itself waits for every page that is being drawn.

    Then it clears away PyTorch's modules one by one, for seconds. Files are replaced whole: there is nothing
    to lose.
    """
    main = threading.main_thread()
    main.join()
    shared_service().close()
    deadline = time.monotonic() + GRACE_SECONDS
    for thread in threading.enumerate():
        if not thread.daemon and thread is not main:
            thread.join(max(0.0, deadline - time.monotonic()))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
