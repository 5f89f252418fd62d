"""Starts the lab on a free port and prints its address once it answers: `serve.py [first port to try]`."""

import signal
import socket
import subprocess
import sys
import time

FIRST_PORT = 8501
PORTS_TRIED = 100
# Seconds that the server gets to end its sessions and workers after Ctrl-C.
PATIENCE = 4
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    port = free_port(port_asked_for(sys.argv[1:]))
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


def port_asked_for(words: list[str]) -> int:
    if not words:
        return FIRST_PORT
    if len(words) > 1 or not words[0].isdecimal() or not 1024 <= int(words[0]) <= 65535:
        sys.exit(f"PORT must be one number from 1024 to 65535, got {' '.join(words)!r}.")
    return int(words[0])


def free_port(first: int) -> int:
    last = min(first + PORTS_TRIED - 1, 65535)
    for port in range(first, last + 1):
        if is_free(port):
            return port
    sys.exit(f"No port from {first} to {last} is free on this machine: name another start with PORT=nnnn.")


def is_free(port: int) -> bool:
    # Where one address of this machine is taken, binding to all of them may succeed: so try to reach it.
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as caller:
                caller.settimeout(0.5)
                if caller.connect_ex((address, port)) == 0:
                    return False
        except OSError:  # a machine without IPv6
            continue
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as Streamlit binds
        try:
            listener.bind(("", port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    """True once Streamlit's health check says so. Over a bare socket: no proxy setting can come between."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as caller:
            caller.sendall(b"GET /_stcore/health HTTP/1.0\r\n\r\n")
            return caller.recv(64).split()[1:2] == [b"200"]
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
