"""Starts the lab on a free port and prints its address once it answers.

`python -m tools.serve [first port to try] [--processes N]`; with more than one see `several.py`.
"""

import argparse
import signal
import subprocess
import sys
import time

from tools.ports import answers, free_port

FIRST_PORT = 8501
MOST_PROCESSES = 64
# Seconds that the server gets to end its sessions and workers after Ctrl-C.
PATIENCE = 4
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    asked = options()
    port = free_port(port_asked_for(asked.port))
    processes = processes_asked_for(asked.processes)
    if processes > 1:
        from tools import several

        several.serve(port, processes)
        return 0
    return serve(port)


def serve(port: int) -> int:
    """One server process, which has its workers itself."""
    # Streamlit's own welcome names an address before it can answer, and asks the internet for this machine's.
    options = ["--server.port", str(port), "--server.headless", "true", "--logger.hideWelcomeMessage", "true"]
    # A Ctrl-C reaches the server too. It starts deaf to it, until Streamlit listens: no traceback of imports.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server = subprocess.Popen([sys.executable, "-m", "streamlit", "run", "app.py", *options])
    answered = False
    try:
        for ask in STOPPING:
            signal.signal(ask, stop)
        while server.poll() is None and not (answered := answers(port)):
            time.sleep(0.05)
        if answered:
            print(f"Autoencoder Lab: http://localhost:{port}  (Ctrl-C stops it)", flush=True)
        return server.wait()
    except Stopped as asked:
        for ask in STOPPING:
            signal.signal(ask, signal.SIG_IGN)
        end(server, told_already=answered and asked.signal == signal.SIGINT)
        return 0


class Stopped(Exception):  # noqa: N818  a wish, no error
    def __init__(self, number: int):
        self.signal = number


def stop(number: int, _frame: object) -> None:
    raise Stopped(number)


def end(server: subprocess.Popen, told_already: bool) -> None:
    """Ends the server politely, and in the end for certain; its workers end with it either way."""
    if not told_already:
        server.terminate()
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Starts the lab and prints its address.")
    parser.add_argument("port", nargs="?", default="")
    parser.add_argument("--processes", default="")
    return parser.parse_args()


def port_asked_for(given: str) -> int:
    if not given:
        return FIRST_PORT
    if not given.isdecimal() or not 1024 <= int(given) <= 65535:
        sys.exit(f"PORT must be one number from 1024 to 65535, got {given!r}.")
    return int(given)


def processes_asked_for(given: str) -> int:
    if not given:
        return 1
    if not given.isdecimal() or not 1 <= int(given) <= MOST_PROCESSES:
        sys.exit(f"PROCESSES must be one number from 1 to {MOST_PROCESSES}, got {given!r}.")
    return int(given)


if __name__ == "__main__":
    sys.exit(main())
