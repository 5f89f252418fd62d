"""Ports of this machine: which are free, who answers there, and one to listen at."""

import os
import socket
import sys

PORTS_TRIED = 100
BACKLOG = 2048  # connections that wait to be taken, as the servers themselves have it


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


def unused_port() -> int:
    """One that the system names, for what this machine alone is to reach."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def listening(port: int) -> socket.socket:
    """At the address that Streamlit would listen at: all of this machine's unless its setting names one."""
    host = os.environ.get("STREAMLIT_SERVER_ADDRESS", "")
    if not host and socket.has_dualstack_ipv6():
        try:
            return socket.create_server(
                ("", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=BACKLOG
            )
        except OSError:  # a machine without IPv6
            pass
    return socket.create_server((host, port), backlog=BACKLOG)
