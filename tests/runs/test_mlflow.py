"""A run for MLflow: a tracking server gets what is on file, and none that fails holds a training up.

The server of these tests speaks as much of MLflow's REST API as a run needs.
"""

import json
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from ae_core.data import sources
from ae_core.jobs.states import Action, State
from ae_core.models.config import ModelConfig
from ae_core.runs import mlflow
from ae_core.runs.execution import execute
from ae_core.runs.mlflow import Tracked, tracked
from ae_core.training.config import TrainConfig

NET = ModelConfig(latent_dim=4, hidden=(16,))
RECIPE = TrainConfig(epochs=3, batch_size=64, precision="fp32")


class Tracker(ThreadingHTTPServer):
    """What it was told; `fails` answers are errors first."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.experiments: dict[str, str] = {}
        self.runs: dict[str, dict] = {}
        self.metrics: dict[str, list] = defaultdict(list)
        self.params: dict[str, str] = {}
        self.fails = 0
        self.seen: list[dict] = []  # headers

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    server: Tracker

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, code: int, values: dict) -> None:
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps(values).encode())

    def do_GET(self) -> None:
        (name,) = parse_qs(urlsplit(self.path).query)["experiment_name"]
        if name in self.server.experiments:
            self.answer(200, {"experiment": {"experiment_id": self.server.experiments[name]}})
        else:
            self.answer(404, {"error_code": "RESOURCE_DOES_NOT_EXIST"})

    def do_POST(self) -> None:
        server, values = self.server, json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server.seen.append(dict(self.headers))
        if server.fails:
            server.fails -= 1
            self.answer(503, {})
            return
        match self.path.removeprefix("/api/2.0/mlflow/"):
            case "experiments/create":
                server.experiments[values["name"]] = "7"
                self.answer(200, {"experiment_id": "7"})
            case "runs/create":
                run_id = f"run-{len(server.runs)}"
                server.runs[run_id] = values
                self.answer(200, {"run": {"info": {"run_id": run_id}}})
            case "runs/log-batch":
                for each in values.get("metrics", ()):
                    server.metrics[each["key"]].append((each["step"], each["value"]))
                server.params |= {each["key"]: each["value"] for each in values.get("params", ())}
                self.answer(200, {})
            case "runs/update":
                server.runs[values["run_id"]] |= values
                self.answer(200, {})


@pytest.fixture
def tracker(monkeypatch):
    server = Tracker()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv(mlflow.SETTING, server.url)
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def run(store, few, monkeypatch):
    monkeypatch.setattr(sources, "load_digits", lambda _: few)
    return store.create(NET, RECIPE, dataset="few", fingerprint=few.fingerprint, name="first")


def sent(tracker: Tracker) -> list[tuple[int, float]]:
    return tracker.metrics["validation_loss"]


def on_file(run) -> list[tuple[int, float]]:
    metrics = run.metrics()
    return list(zip(metrics["number"], metrics["validation_loss"], strict=True))


def test_a_server_gets_the_recipe_each_epoch_and_the_end(tracker, run):
    assert execute(run, device="cpu") is State.FINISHED
    (held,) = tracker.runs.values()
    assert (held["run_name"], held["experiment_id"], held["status"]) == ("first", "7", "FINISHED")
    assert tracker.experiments.keys() == {mlflow.EXPERIMENT}
    assert tracker.params["latent_dim"] == "4"
    assert tracker.params["epochs"] == "3"
    assert sent(tracker) == on_file(run)
    assert tracker.metrics["test_error"] == [(3, run.test_error())]
    assert tracked(run) == Tracked("run-0", 3)


def test_a_run_that_goes_on_is_the_same_there(tracker, run):
    run.request(Action.STEP)
    assert execute(run, device="cpu") is State.PAUSED
    assert "status" not in tracker.runs["run-0"]
    run.request(Action.RUN)
    assert execute(run, device="cpu") is State.FINISHED
    assert len(tracker.runs) == 1
    assert sent(tracker) == on_file(run)
    assert tracker.runs["run-0"]["status"] == "FINISHED"


def test_a_server_that_refuses_at_first_gets_all_of_it_later(tracker, run):
    tracker.fails = 1
    told = []

    def epoch_done(result):
        if result.number == 1:
            while not (trouble := tracked(run).trouble):
                time.sleep(0.01)
            told.append(trouble)

    assert execute(run, device="cpu", on_epoch=epoch_done) is State.FINISHED
    assert "refuses this run (503" in told[0]
    assert sent(tracker) == on_file(run)
    assert tracked(run).trouble == ""


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://127.0.0.1:9", "does not answer as one"),
        ("http://user:secret@127.0.0.1:9", "The MLflow server at http://127.0.0.1:9 does not"),
        ("file:///etc", "must be the address of an MLflow server"),
        ("sqlite:///mlflow.db", "must be the address of an MLflow server"),
        ("nonsense", "got nonsense"),
        ("http://user:secret@[", "The MLflow server at http://[ does not answer as one"),
    ],
)
def test_without_a_server_the_training_goes_on_and_says_so(run, monkeypatch, address, words):
    monkeypatch.setenv(mlflow.SETTING, address)
    assert execute(run, device="cpu") is State.FINISHED
    assert words in tracked(run).trouble
    assert "The training goes on without it" in tracked(run).trouble
    assert "secret" not in tracked(run).trouble
    assert run.message() == ""


@pytest.mark.usefixtures("tracker")
def test_what_is_no_tracking_server_is_told_so(run, monkeypatch):
    monkeypatch.setattr(Answers, "answer", lambda self, *_: self.wfile.write(b"HTTP/1.0 200 OK\r\n\r\nhello"))
    assert execute(run, device="cpu") is State.FINISHED
    assert "does not answer as one" in tracked(run).trouble


@pytest.mark.usefixtures("tracker")
def test_a_server_that_never_answers_holds_nothing_up_for_long(run, monkeypatch):
    monkeypatch.setattr(mlflow, "LAST_WAIT", 0.1)
    let_go = threading.Event()
    monkeypatch.setattr(Answers, "do_GET", lambda _: let_go.wait(60))
    assert execute(run, device="cpu") is State.FINISHED
    assert not let_go.is_set()
    let_go.set()


def test_who_one_is_is_said_as_mlflow_has_it(run, tracker, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "ann")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "b")
    assert execute(run, device="cpu") is State.FINISHED
    assert {each["Authorization"] for each in tracker.seen} == {"Basic YW5uOmI="}
    assert mlflow.Server("http://ann:b@host/").headers["Authorization"] == "Basic YW5uOmI="
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "t")
    assert mlflow.Server("http://host").headers["Authorization"] == "Bearer t"


def test_without_the_setting_nothing_is_sent(run, monkeypatch):
    monkeypatch.delenv(mlflow.SETTING, raising=False)
    assert execute(run, device="cpu") is State.FINISHED
    assert not run.folder.exists(mlflow.FILE)
