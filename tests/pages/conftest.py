"""Pages run as a visitor meets them, through ui/shell/lab.py, without a browser, a server or a cluster."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest

from ae_core.data import fetch
from ae_core.jobs.job import Job, Queue
from ae_core.jobs.queue import JobQueue
from ae_core.runs import service as jobs
from ae_core.runs.service import TrainingService
from ae_core.runs.store import RunStore
from ae_core.training import estimate
from tests.names import as_read
from ui.shell import browser, cached

PROJECT = Path(__file__).resolve().parent.parent.parent
Visit = Callable[..., AppTest]


class QuietJobs(JobQueue):
    """What tests write into the lists of their service."""

    def __init__(self, service: "QuietService") -> None:
        super().__init__()
        self.service = service

    def start(self) -> None:
        """There is nothing to start."""

    def give(self, job: Job) -> None:
        self.service.waiting.append(job.id)

    def look(self) -> Queue:
        return Queue(tuple(self.service.working), tuple(self.service.waiting))

    def has(self, job_id: str) -> bool:
        return job_id in self.service.working + self.service.waiting

    def runs(self, job_id: str) -> bool:
        return job_id in self.service.working


class QuietService(TrainingService):
    """The service with a queue that tests write by hand: no cluster takes anything out of it."""

    def __init__(self, store: RunStore) -> None:
        super().__init__(store, QuietJobs(self))
        self.waiting: list[str] = []
        self.working: list[str] = []


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder without full MNIST."""
    folder = tmp_path / "data"
    monkeypatch.setenv("AE_DATA_DIR", str(folder))
    return folder


@pytest.fixture
def service(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> QuietService:
    service = QuietService(store)
    monkeypatch.setattr(jobs, "_service", service)
    return service


@pytest.fixture(scope="session")
def components() -> BidiComponentManager:
    """The canvas among the installed packages: a search that each AppTest would make again, for 0.2 s."""
    components = BidiComponentManager()
    components.discover_and_register_components(start_file_watching=False)
    return components


@pytest.fixture
def visit(
    store: RunStore,
    service: QuietService,  # noqa: ARG001
    data_dir: Path,  # noqa: ARG001
    components: BidiComponentManager,
    monkeypatch: pytest.MonkeyPatch,
) -> Visit:
    """`visit("draw", model="zoo:dense-8")`: the page as a new visitor sees it by that address; by
    `visit("draw", secret)` one who has been here, as the cookie tells.

    What outlives a session starts anew for each test, but for the shipped models and their scores.
    """
    monkeypatch.setenv("AE_RUNS", store.folder.url)
    monkeypatch.setattr(fetch, "_downloads", {})
    monkeypatch.setattr(estimate, "BUDGET_SECONDS", 0)
    monkeypatch.setattr(estimate, "CALM_SECONDS", 0)
    cached.store.clear()
    cached.data_state.clear()

    def visit(page: str, secret: str = "", /, **address: str) -> AppTest:
        lab = AppTest.from_file(str(PROJECT / "ui" / "shell" / "lab.py"), default_timeout=60)
        lab._bidi_component_manager = components
        lab.session_state[browser.READY] = True  # as a browser says
        if secret:
            lab.session_state[browser.SECRET] = secret
        for name, value in address.items():
            lab.query_params[name] = value
        lab.switch_page(f"../../pages/{page}.py").run()
        assert_sound(lab)
        return lab

    return visit


class AskedToRerunError(Exception):
    """What Streamlit would raise where a refreshing part of a page hands over to the whole."""


@pytest.fixture
def reruns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has `st.rerun` raise AskedToRerunError, for parts that tests call without a page."""

    def rerun() -> None:
        raise AskedToRerunError

    monkeypatch.setattr(streamlit, "rerun", rerun)


def assert_sound(lab: AppTest) -> None:
    """No exception box, and the sidebar is there."""
    assert not lab.exception, lab.exception[0].stack_trace
    assert {"data", "model"} <= {box.key for box in lab.sidebar.selectbox}


def words(lab: AppTest) -> str:
    """Every text of a page in one, alerts and headings too, as it is read."""
    kinds = (lab.title, lab.subheader, lab.markdown, lab.caption, lab.info, lab.warning, lab.error)
    return as_read("\n".join(str(each.value) for kind in kinds for each in kind))


def untimed(lab: AppTest) -> str:
    """`words` without how long something takes, which is known at some time."""
    return re.sub(r"timing its steps \.\.\.|about \*\*[^*]*\*\*", "", words(lab))


def button(lab: AppTest, label: str):
    """The one button with this label."""
    (found,) = (each for each in lab.button if each.label == label)
    return found
