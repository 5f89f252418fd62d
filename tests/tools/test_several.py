"""The lab as two real server processes: uploads, one that is killed, the end of all."""

import http.client
import signal

import psutil
import pytest

from tests.visitor import Visitor
from tests.worker_processes import is_gone
from tools.lab_server import LabServer

pytestmark = pytest.mark.processes


def test_each_server_has_its_visitors_a_killed_one_comes_back_and_all_end_together(tmp_path, wait_until):
    with LabServer(tmp_path / "runs", data=tmp_path / "data", processes=2) as lab:
        first, second = (f"lab_server_{lab.port}={number}" for number in (1, 2))
        with Visitor(lab.url, second) as visitor:
            visitor.open("draw")
            assert visitor.send_file("mine", b"x").status == http.client.NO_CONTENT
            visitor.cookie = first  # where the session is not known
            assert visitor.send_file("theirs", b"x").status == http.client.BAD_REQUEST
        assert sum("host_scheduler" in each.cmdline()[-1] for each in lab.others()) == 1

        assert len(lab.servers()) == 2
        (killed,) = (each for each in lab.servers() if first in each.environ().values())
        killed.kill()
        killed.wait()
        visitor = Visitor(lab.url, first)
        wait_until(lambda: second in str(visitor.get("/_stcore/health").headers))
        wait_until(lambda: "lab_server" not in str(visitor.get("/_stcore/health").headers))

        family = psutil.Process(lab.process.pid).children(recursive=True)
        lab.process.send_signal(signal.SIGINT)
        assert lab.process.wait(20) == 0
        wait_until(lambda: all(map(is_gone, family)))
        told = lab.log.read_text()
        assert told.count(lab.url) == 1
        assert "Server 1 has ended (-9)" in told
        assert "Traceback" not in told
