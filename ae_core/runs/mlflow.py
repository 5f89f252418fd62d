"""A run for MLflow: where AE_MLFLOW names a tracking server, it is sent the recipe and each epoch's losses.

By the server's REST API (https://mlflow.org/docs/latest/rest-api.html), so MLflow itself need not be
installed. A thread sends: no training waits for a network. What cannot be sent is told, and tried again with
the next epoch; the run's own folder has all of it anyway.

tracking.json   in the run's folder: the server's id of it, and what is wrong, if anything (`Tracked`)
"""

import base64
import contextlib
import json
import math
import os
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import asdict, dataclass, replace
from functools import reduce
from http import HTTPStatus
from http.client import HTTPException
from operator import getitem
from typing import Any

import pandas

from ae_core.errors import RunError
from ae_core.jobs.states import State
from ae_core.runs.run import Run
from ae_core.words import visible

SETTING = "AE_MLFLOW"
EXPERIMENT = "Autoencoder Lab"
FILE = "tracking.json"
TIMEOUT = 5.0  # seconds, for each answer
LAST_WAIT = 15.0  # seconds that a run that is over waits for its last words to be sent
COLUMNS = ("train_loss", "validation_loss", "learning_rate", "images_per_second", "kl")
STATUSES = {State.FINISHED: "FINISHED", State.STOPPED: "KILLED", State.FAILED: "FAILED"}
GOES_ON = "The training goes on without it, and each epoch tries again."
LONGEST_SHOWN = 80
MOST_METRICS = 900  # in one message; the server takes 1,000


class TrackingError(RunError):
    """The tracking server cannot be reached, or refuses what is sent."""


@dataclass(frozen=True)
class Tracked:
    """run: the server's id; epochs: how many of them it has; trouble: a sentence."""

    run: str = ""
    epochs: int = 0
    trouble: str = ""


def tracked(run: Run) -> Tracked:
    return run.folder.read_or(FILE, Tracked, Tracked())


class Tracking:
    """Of a run that is being carried out; does nothing where no server is named."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.server = Server(os.environ.get(SETTING, "").strip())
        self.metrics = run.metrics().iloc[:0]
        self.is_begun = False
        self.state = State.RUNNING
        self.news, self.lock = threading.Event(), threading.Lock()
        self.thread: threading.Thread | None = None

    def note(self, metrics: pandas.DataFrame, state: State = State.RUNNING) -> None:
        """metrics: of all epochs so far."""
        if not self.server.url:
            return
        with self.lock:
            self.metrics, self.state = metrics, state
        if self.thread is None:
            self.thread = threading.Thread(target=self.send, daemon=True, name="mlflow")
            self.thread.start()
        self.news.set()

    def close(self, metrics: pandas.DataFrame, state: State) -> None:
        """Once the run is over or rests; waits for its last words to be sent, but not for long."""
        self.note(metrics, state)
        if self.thread:
            self.thread.join(LAST_WAIT)

    # -- in the thread

    def send(self) -> None:
        while True:
            self.news.wait()
            self.news.clear()
            with self.lock:
                metrics, state = self.metrics, self.state
            try:
                self.catch_up(metrics, state)
            except TrackingError as error:
                self.tell(replace(tracked(self.run), trouble=str(error)))
            if state is not State.RUNNING:
                return

    def tell(self, now: Tracked) -> None:
        if now != tracked(self.run):
            with contextlib.suppress(OSError, RunError):  # no room, or the run was deleted
                self.run.folder.write_json(FILE, asdict(now))

    def catch_up(self, metrics: pandas.DataFrame, state: State) -> None:
        """Sends what was not sent yet."""
        known = self.begin()
        rows = metrics.iloc[min(known.epochs, len(metrics)) :]
        values = [
            {"key": name, "value": float(row[name]), "step": int(row["number"]), "timestamp": now()}
            for row in rows.to_dict("records")
            for name in COLUMNS
            if math.isfinite(row[name])
        ]
        for start in range(0, len(values), MOST_METRICS):
            part = values[start : start + MOST_METRICS]
            self.server.post("runs/log-batch", {"run_id": known.run, "metrics": part})
        if status := STATUSES.get(state):
            if (error := self.run.test_error()) is not None:
                test = {"key": "test_error", "value": error, "step": len(metrics), "timestamp": now()}
                self.server.post("runs/log-batch", {"run_id": known.run, "metrics": [test]})
            self.server.post("runs/update", {"run_id": known.run, "status": status, "end_time": now()})
        self.tell(Tracked(known.run, len(metrics)))

    def begin(self) -> Tracked:
        """What the server has of the run: one that went on is continued there, any other is made."""
        known = tracked(self.run)
        if not known.run:
            known = Tracked(self.create())
            self.tell(known)
            params = [{"key": name, "value": str(value)} for name, value in asked_for(self.run).items()]
            self.server.post("runs/log-batch", {"run_id": known.run, "params": params})
        elif not self.is_begun:
            self.server.post("runs/update", {"run_id": known.run, "status": "RUNNING"})
        self.is_begun = True
        return known

    def create(self) -> str:
        about = {
            "experiment_id": self.server.experiment(EXPERIMENT),
            "run_name": self.run.name,
            "start_time": now(),
            "tags": [{"key": "lab.run", "value": self.run.id}],
        }
        return str(self.server.post("runs/create", about, "run", "info", "run_id"))


def asked_for(run: Run) -> dict[str, Any]:
    config = run.config()
    asked = asdict(config.model) | asdict(config.train)
    return asked | {"dataset": config.dataset, "fingerprint": config.fingerprint, "classes": config.classes}


class Server:
    """address: of the tracking server, with name:password@ before its host if it wants these; "" for none."""

    def __init__(self, address: str) -> None:
        known = re.fullmatch(r"(https?://)([^/@]*)@(.*)", address)
        self.url = (known[1] + known[3] if known else address).rstrip("/")
        self.headers = headers(urllib.parse.unquote(known[2]) if known else "")

    def experiment(self, name: str) -> str:
        """The id of the experiment of this name, which is made where it is not there."""
        query = urllib.parse.urlencode({"experiment_name": name})
        try:
            return str(self.ask(f"experiments/get-by-name?{query}", None, "experiment", "experiment_id"))
        except NoSuchError:
            return str(self.post("experiments/create", {"name": name}, "experiment_id"))

    def post(self, what: str, values: dict[str, Any], *path: str) -> Any:
        return self.ask(what, json.dumps(values).encode(), *path)

    def ask(self, what: str, data: bytes | None, *path: str) -> Any:
        """The server's answer, of it what stands at `path`. Raises TrackingError."""
        called = visible(self.url)[:LONGEST_SHOWN]
        if not self.url.startswith(("http://", "https://")):
            raise TrackingError(
                f"{SETTING} must be the address of an MLflow server, http://... or https://..., got "
                f"{called}: `mlflow server` starts one. The training goes on without it."
            )
        try:
            request = urllib.request.Request(f"{self.url}/api/2.0/mlflow/{what}", data, self.headers)
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                return reduce(getitem, path, json.loads(answer.read()))
        except urllib.error.HTTPError as error:
            if error.code == HTTPStatus.NOT_FOUND and "get-by-name" in what:
                raise NoSuchError(what) from error
            raise TrackingError(
                f"The MLflow server at {called} refuses this run ({error.code} {error.reason}). {GOES_ON}"
            ) from error
        except (OSError, HTTPException, ValueError, LookupError, TypeError) as error:
            raise TrackingError(
                f"The MLflow server at {called} does not answer as one ({error}). {GOES_ON}"
            ) from error


class NoSuchError(TrackingError):
    """There is nothing of this name on the server."""


def headers(who: str) -> dict[str, str]:
    """who: name:password; else what MLflow's own variables say."""
    said = {"Content-Type": "application/json"}
    if token := os.environ.get("MLFLOW_TRACKING_TOKEN"):
        return said | {"Authorization": f"Bearer {token}"}
    name, word = (os.environ.get(f"MLFLOW_TRACKING_{each}", "") for each in ("USERNAME", "PASSWORD"))
    if who or name:
        encoded = base64.b64encode((who or f"{name}:{word}").encode()).decode()
        return said | {"Authorization": f"Basic {encoded}"}
    return said


def now() -> int:
    """Milliseconds since 1970."""
    return int(time.time() * 1000)
