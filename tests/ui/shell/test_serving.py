"""What the server does for all its visitors before the first one comes."""

import gc
import socket

from ui.shell import serving


def test_a_connection_sends_what_is_small_at_once():
    with socket.socket(socket.AF_INET) as listening:  # names no protocol, as Streamlit's
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        serving.send_at_once()
        with socket.create_connection(listening.getsockname()):
            accepted, _ = listening.accept()
            with accepted:
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_python_looks_for_garbage_again_once_all_is_ready_but_not_in_what_stays():
    before = gc.get_freeze_count()
    try:
        with serving.without_collections():
            assert not gc.isenabled()
        assert gc.isenabled()
        assert gc.get_freeze_count() > before
    finally:
        gc.unfreeze()
