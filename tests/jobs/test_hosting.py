"""What a scheduler or a worker is refused for before it starts, in words for the person."""

import socket

import dask
import pytest

from ae_core.errors import LabError
from ae_core.jobs.hosting import full_address, host_scheduler, host_worker, tls_settings


@pytest.mark.parametrize(
    ("given", "full"),
    [
        ("10.0.0.1", "tcp://10.0.0.1:8786"),
        ("lab.example:9000", "tcp://lab.example:9000"),
        ("tls://lab.example", "tls://lab.example:8786"),
        ("tcp://[::1]:9000", "tcp://[::1]:9000"),
    ],
)
def test_what_an_address_leaves_out_is_filled_in(given, full):
    assert full_address(given, None) == full


def test_with_certificates_an_address_means_tls():
    assert full_address("lab.example", object()) == "tls://lab.example:8786"


@pytest.mark.parametrize("given", ["", "a:b:c", "http://host:1", "tcp://:8786", "tcp://host:99999", "host:x"])
def test_what_is_no_address_is_told_with_one_that_is(given):
    with pytest.raises(LabError, match=r"is no address of a scheduler; one looks like tcp://192"):
        host_worker(given, "", None, print)


def test_a_port_that_is_taken_is_told(monkeypatch):
    monkeypatch.setenv("DASK_LOGGING__DISTRIBUTED", "critical")
    with socket.create_server(("127.0.0.1", 0)) as taken, dask.config.set({}):
        port = taken.getsockname()[1]
        with pytest.raises(LabError, match=f"port {port} cannot start .*in use.*another --host or --port"):
            host_scheduler("127.0.0.1", port, None, print)


def test_without_certificates_there_is_no_tls():
    assert tls_settings("worker", "", "", "") is None


def test_certificates_come_from_the_options_or_from_dasks_settings(tmp_path):
    (tmp_path / "no.pem").write_text("no certificate")
    found, missing = str(tmp_path / "no.pem"), str(tmp_path / "missing.pem")
    with pytest.raises(LabError, match=r"There is no file .*missing\.pem for --tls-cert"):
        tls_settings("worker", found, missing, "")
    with pytest.raises(LabError, match="needs both --tls-ca-file and --tls-cert"):
        tls_settings("worker", "", found, "")
    with pytest.raises(LabError, match=r"no\.pem is no certificate for TLS"):
        tls_settings("worker", found, found, "")
    with (
        dask.config.set({"distributed.comm.tls.scheduler.cert": missing}),
        pytest.raises(LabError, match=r"There is no file .*missing\.pem"),
    ):
        tls_settings("scheduler", found, "", "")
