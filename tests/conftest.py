"""What all tests share: digits, a run store, and a world of its own, apart from the user's runs."""

import logging
import os
import time
from collections.abc import Callable, Iterator

# Many test processes share few cores; two spinning threads in each would slow all of them down.
# It counts only if set before PyTorch is loaded, and the tests' worker processes inherit it.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import fsspec
import pytest

from ae_core.data.digits import Digits, Split
from ae_core.data.mnist_files import MNIST_FILES, default_data_dir, present_files
from ae_core.data.sources import load_digits
from ae_core.runs.store import RunStore

WaitUntil = Callable[..., None]


LONGEST = ("test_service.py", "test_map_service.py", "test_wheel.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest modules first: at the end, one of two processes would be left alone with them."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.fixture(scope="session", autouse=True)
def own_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Runs go to a temporary folder, whatever the user's environment says; no cluster of theirs is used."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AE_RUNS", str(tmp_path_factory.mktemp("runs")))
        patch.setenv("AE_CACHE", str(tmp_path_factory.mktemp("cache")))
        for name in ("AE_SCHEDULER", "AE_WORKERS", "AE_DEVICE"):
            patch.delenv(name, raising=False)
        patch.setenv("AE_WORKER_THREADS", "1")
        patch.setenv("AE_NICENESS", "0")  # the tests' own processes would leave workers no time
        patch.setenv("PYTHONPATH", os.environ.get("PYTHONPATH", ""))  # starting a cluster adds to it
        yield


@pytest.fixture(scope="session")
def embedded() -> Digits:
    """The 5,000 digits that are always there."""
    return load_digits("embedded")


@pytest.fixture(scope="session")
def mnist() -> Digits:
    """Full MNIST from `AE_DATA_DIR` or the user's cache folder; skips where it is not."""
    folder = default_data_dir()
    if len(present_files(folder)) < len(MNIST_FILES):
        pytest.skip(f"full MNIST is not in {folder}: set AE_DATA_DIR, or `python -m ae_core data fetch`")
    return load_digits("mnist")


@pytest.fixture(scope="session")
def few(embedded: Digits) -> Digits:
    """Enough digits to learn something in milliseconds: 320 / 80 / 100, all classes alike."""

    def every_tenth(split: Split) -> Split:
        return Split(split.images[::10].copy(), split.labels[::10].copy())

    return Digits("few", *map(every_tenth, (embedded.train, embedded.validation, embedded.test)))


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    """The address of a bucket on an S3 server of the tests' own; workers that are started find it too."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each request
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "none")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        fsspec.filesystem("s3").mkdir("lab")
        yield "s3://lab"
    server.stop()


@pytest.fixture
def store(tmp_path) -> RunStore:
    return RunStore(tmp_path / "runs")


@pytest.fixture
def own_folders(tmp_path, monkeypatch) -> None:
    """A run store and a data folder of the test's own, with the embedded digits alone, for commands."""
    monkeypatch.setenv("AE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("AE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def wait_until() -> WaitUntil:
    """`wait_until(condition, timeout)`: returns once `condition()` is true, and fails when it never is."""

    def wait(condition: Callable[[], object], timeout: float = 60) -> None:
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                pytest.fail(f"Waited {timeout:g} s in vain.", pytrace=True)
            time.sleep(0.02)

    return wait
