"""The wheel alone, in an environment of its own: the command line, and a cluster that trains."""

import re

import dask
import pytest
from distributed.security import Security

from ae_core import __version__
from ae_core.jobs.dask_cluster import ForeignCluster
from ae_core.jobs.queue import JobQueue, Pace
from ae_core.jobs.states import State
from ae_core.jobs.versions import ask
from ae_core.models.config import ModelConfig
from ae_core.runs.service import TrainingService
from ae_core.runs.store import RunStore
from ae_core.training.config import TrainConfig
from tests.installed import Environment, built, ended, names_in, programs

pytest.importorskip("build")
pytestmark = pytest.mark.processes

NET, SHORT = ModelConfig(latent_dim=2), TrainConfig(epochs=1)
ADDRESS = r"(?:Scheduler at|Scheduler at: +)\s*(t\w+://[\d.]+:\d+)"
OTHER = "10.0.0"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return built(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def lab(wheel, tmp_path_factory):
    """An environment with the wheel."""
    return Environment(tmp_path_factory.mktemp("lab")).install(wheel)


@pytest.fixture(scope="module")
def other(wheel, tmp_path_factory):
    """One with another version of it."""
    return Environment(tmp_path_factory.mktemp("other")).install(wheel).call_itself(OTHER)


@pytest.fixture(scope="module")
def without(tmp_path_factory):
    """One without it."""
    return Environment(tmp_path_factory.mktemp("without"))


@pytest.fixture
def start(tmp_path):
    with programs(tmp_path) as start:
        yield start


@pytest.fixture
def scheduler(start, wait_until):
    """Starts one by a command, and waits for its address."""

    def started(command):
        program = start(command)
        wait_until(lambda: program.said(ADDRESS))
        return program.said(ADDRESS)

    return started


@pytest.fixture
def address(lab, scheduler):
    """Of a scheduler that has the wheel."""
    return scheduler(lab.lab("scheduler", "--host", "127.0.0.1", "--port", 0))


@pytest.fixture
def service_at(object_store, tmp_path, monkeypatch):
    """A service that trains at the address, with its runs in an object store."""
    services = []

    def made(address):
        monkeypatch.setenv("AE_SCHEDULER", address)
        store = RunStore(f"{object_store}/{tmp_path.name}")
        services.append(TrainingService(store, JobQueue(Pace(retry=0.1))))
        return services[-1]

    yield made
    for service in services:
        service.close()


def test_the_wheel_holds_the_library_with_its_data_and_nothing_else(wheel):
    names = names_in(wheel)
    assert {re.split("[/-]", name)[0] for name in names} == {"ae_core", "autoencoder_lab"}
    assert {"ae_core/py.typed", "ae_core/zoo/dense-32.safetensors", "ae_core/lessons/published.json"} <= {
        *names
    }
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name]


def test_the_command_line_works_without_the_checkout(lab, tmp_path):
    assert ended(lab.lab("--version"), tmp_path).stdout.strip() == __version__
    listed = ended(lab.lab("zoo", "list", "--json"), tmp_path)
    assert (listed.returncode, len(listed.stdout.splitlines())) == (0, 8)


def test_a_wheel_without_its_data_says_so(wheel, tmp_path):
    bare = Environment(tmp_path / "bare").install(wheel)
    for path in (bare.packages / "ae_core" / "zoo").glob("*.safetensors"):
        path.unlink()
    done = ended(bare.lab("evaluate", "zoo:dense-32"), tmp_path)
    assert done.returncode == 2
    assert "The zoo has no model 'dense-32'; it is empty: install the lab again" in done.stderr


def test_a_run_is_trained_in_a_cluster_that_has_the_wheel_alone(lab, address, start, service_at, wait_until):
    start(lab.lab("worker", address))
    service = service_at(address)
    run = service.start(NET, SHORT, dataset="embedded")
    wait_until(lambda: run.state() is State.FINISHED, 120)
    assert (run.message(), service.trouble) == ("", "")
    assert (len(run.metrics()), len(run.scores())) == (1, 1000)
    told = service.jobs.cluster.client.run(ask, "ae_core.__file__")
    assert list(told.values()) == [str(lab.packages / "ae_core" / "__init__.py")]


@pytest.mark.parametrize("kind", ["other", "without"])
def test_a_worker_that_does_not_fit_gets_no_job_and_is_told(
    kind, lab, address, start, service_at, wait_until, request
):
    start(request.getfixturevalue(kind).dask("worker", address, "--no-nanny", "--no-dashboard"))
    service = service_at(address)
    run = service.start(NET, SHORT, dataset="embedded")
    has = {"other": f"version {OTHER} of the lab", "without": "no autoencoder-lab"}[kind]
    wait_until(lambda: re.search(f"The worker at tcp://.* has {has}", service.trouble), 120)
    assert f"{__version__} is needed" in service.trouble
    assert f"`autoencoder-lab worker {address}`" in service.trouble
    assert service.state(run) is State.QUEUED
    start(lab.lab("worker", address))
    wait_until(lambda: run.state() is State.FINISHED, 120)
    assert run.message() == ""


@pytest.mark.parametrize("kind", ["other", "without"])
def test_a_scheduler_that_does_not_fit_is_refused_by_server_and_worker(
    kind, lab, scheduler, service_at, wait_until, request, tmp_path
):
    environment = request.getfixturevalue(kind)
    options = ("--host", "127.0.0.1", "--port", 0)
    command = {
        "other": environment.lab("scheduler", *options),
        "without": environment.dask("scheduler", *options, "--no-dashboard", "--dashboard-address", ":0"),
    }
    address = scheduler(command[kind])
    has = {"other": f"version {OTHER} of the lab", "without": "no autoencoder-lab"}[kind]
    service = service_at(address)
    run = service.start(NET, SHORT, dataset="embedded")
    wait_until(lambda: f"The scheduler at {address} has {has}" in service.trouble)
    assert service.state(run) is State.QUEUED
    joined = ended(lab.lab("worker", address), tmp_path)
    assert joined.returncode == 2
    assert f"The scheduler at {address} has {has}" in joined.stderr
    assert "start it with `autoencoder-lab scheduler`" in joined.stderr


def test_certificates_are_asked_for_on_both_sides(lab, scheduler, start, wait_until, tmp_path):
    made = Security.temporary()
    (tmp_path / "ca.pem").write_text(made.tls_ca_file)
    (tmp_path / "key.pem").write_text(made.tls_worker_key)
    files = {"ca-file": tmp_path / "ca.pem", "cert": tmp_path / "ca.pem", "key": tmp_path / "key.pem"}
    options = [word for name, path in files.items() for word in (f"--tls-{name}", path)]
    address = scheduler(lab.lab("scheduler", "--host", "127.0.0.1", "--port", 0, *options))
    assert address.startswith("tls://")
    start(lab.lab("worker", address, *options))
    names = {"ca-file": files["ca-file"], "client.cert": files["cert"], "client.key": files["key"]}
    with dask.config.set({f"distributed.comm.tls.{name}": str(path) for name, path in names.items()}):
        cluster = ForeignCluster(address)
        wait_until(lambda: cluster.look().workers)
        cluster.close()
