"""`scheduler` and `worker`: a cluster of several machines that have this package."""

from typing import Annotated

import typer

from ae_core.commands.output import tell

CaFile = Annotated[
    str, typer.Option("--tls-ca-file", help="Whose certificates to trust (PEM). Default: Dask's own setting.")
]
Cert = Annotated[str, typer.Option("--tls-cert", help="This machine's certificate (PEM). Default: likewise.")]
Key = Annotated[str, typer.Option("--tls-key", help="Its key, unless it is in the same file (PEM).")]


def scheduler(
    host: Annotated[str, typer.Option(help="The address to listen at. Default: all of this machine's.")] = "",
    port: Annotated[int, typer.Option(help="The port to listen at.", min=0, max=65535)] = 8786,
    tls_ca_file: CaFile = "",
    tls_cert: Cert = "",
    tls_key: Key = "",
) -> None:
    """Keeps a scheduler, which hands jobs to the workers that join it; Ctrl-C stops it."""
    from ae_core.jobs.hosting import host_scheduler, tls_settings

    host_scheduler(host, port, tls_settings("scheduler", tls_ca_file, tls_cert, tls_key), tell)


def worker(
    address: Annotated[str, typer.Argument(help="The scheduler's, such as tcp://192.168.0.10:8786.")],
    host: Annotated[str, typer.Option(help="Which of this machine's addresses the others reach.")] = "",
    tls_ca_file: CaFile = "",
    tls_cert: Cert = "",
    tls_key: Key = "",
) -> None:
    """Keeps a worker, which carries out one job at a time; Ctrl-C stops it."""
    from ae_core.jobs.hosting import host_worker, tls_settings

    host_worker(address, host, tls_settings("worker", tls_ca_file, tls_cert, tls_key), tell)
