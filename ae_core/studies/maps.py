"""Maps kept beside the runs, in the folder `projections`, each in a folder named by its fingerprint.

request.json   who asks, and the settings; without it nobody does         written by pages: the marker
codes.npz      what is to be mapped; gone with the request                written by pages
status.json    how far the fit is, or why it failed                       written by the worker
map.npz        the finished map                                           written by the worker
"""

import contextlib
import errno
import logging
import secrets
import time
from dataclasses import asdict, dataclass

import numpy as np
import torch

from ae_core.errors import LabError, RecordDeletedError, RunError
from ae_core.jobs.states import HEARTBEAT_SECONDS, State
from ae_core.latent.tsne import ProjectionConfig, fit
from ae_core.runs.store import RunStore
from ae_core.storage import Folder, RecordFolder

ARRAY = "array"  # the one in each .npz file
MARKER = "request.json"
DISK_FULL = "The disk is full. Free some space, then ask for the map again."

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Status:
    """How far a fit is. updated: when this was written, in seconds since 1970."""

    state: State = State.QUEUED
    iteration: int = 0
    iterations: int = 0
    seconds: float = 0.0  # since the fit began
    message: str = ""
    by: str = ""  # in whose hands it is while it waits
    updated: float = 0.0


@dataclass(frozen=True)
class Request:
    """Who asks for a map, and its settings."""

    token: str
    config: ProjectionConfig


def as_json(status: Status) -> dict:
    """With the time of writing."""
    return asdict(status) | {"updated": time.time()}


class ProjectionStore:
    """The maps beside the runs of a store."""

    def __init__(self, runs: RunStore) -> None:
        self.folder = runs.folder.child("projections")

    def get(self, key: str) -> "StoredProjection":
        """The map with this fingerprint, whether it is there, asked for, or neither."""
        return StoredProjection(key, RecordFolder(f"{self.folder.url}/{key}", MARKER))


class StoredProjection:
    """One map: its files, read anew at each call, so every reader sees the present state."""

    def __init__(self, key: str, folder: RecordFolder) -> None:
        self.key = key
        self.folder = folder

    def places(self) -> np.ndarray | None:
        """The finished map, float32 [N, 2]; None where there is none, or a damaged one."""
        if not self.folder.exists("map.npz"):
            return None
        try:
            return self.read_array("map.npz")
        except RunError:
            return None

    def ask(self, codes: np.ndarray, config: ProjectionConfig) -> None:
        """Asks for the map of codes [N, d]; whatever was asked before is void."""
        before = Folder(self.folder.url)  # no record before its marker, the last to be written
        before.write_arrays("codes.npz", **{ARRAY: codes})
        before.write_json("status.json", as_json(Status()))
        self.folder.write_json(MARKER, asdict(Request(secrets.token_hex(8), config)))

    def request(self) -> Request | None:
        """Of whoever asks last; None where nobody does that can be understood."""
        return self.folder.read_or(MARKER, Request, None)

    def exists(self) -> bool:
        """Whether somebody asks for it."""
        return self.request() is not None

    def cancel(self) -> None:
        """Nobody asks any more; the worker sees it and stops. A finished map stays."""
        for name in (MARKER, "codes.npz", "status.json"):
            self.folder.remove(name)

    def finish(self, places: np.ndarray) -> None:
        self.folder.write_arrays("map.npz", **{ARRAY: places})
        self.cancel()

    def status(self) -> Status:
        """As it was written; that it waits where status.json is damaged or missing."""
        return self.folder.read_or("status.json", Status, Status())

    def set_status(self, status: Status) -> None:
        """Raises RecordDeletedError where nobody asks for the map any more."""
        self.folder.write_json("status.json", as_json(status))

    def state(self) -> State:
        """The written state, or INTERRUPTED for a fit that fell silent."""
        status = self.status()
        is_silent = time.time() - status.updated > HEARTBEAT_SECONDS
        return State.INTERRUPTED if status.state is State.RUNNING and is_silent else status.state

    def set_state(self, state: State, message: str = "", by: str = "") -> None:
        self.set_status(Status(state, message=message, by=by))

    def read_array(self, name: str) -> np.ndarray:
        """Raises RunError for a file that is missing or damaged."""
        (array,) = self.folder.read_arrays(name, ARRAY)
        if not len(array):
            raise RunError(f"{name} of the map {self.key} is missing or damaged. Ask for the map again.")
        return array


def carry_out(projection: StoredProjection) -> None:
    """Fits the map that is asked for, until it is finished or nobody asks for it any more.

    Nothing is raised for what can go wrong: its state is FAILED then, with a message for the person.
    """
    request = projection.request()
    if request is None:  # cancelled while it waited
        return
    with contextlib.suppress(RecordDeletedError):  # nobody asks for it any more
        try_to_descend(projection, request)


def try_to_descend(projection: StoredProjection, request: Request) -> None:
    try:
        descend(projection, request)
    except RecordDeletedError:
        raise
    except LabError as error:
        projection.set_state(State.FAILED, str(error))
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        projection.set_state(State.FAILED, DISK_FULL)
    except Exception as error:
        log.exception("The map %s failed", projection.key)
        message = f"Something unexpected went wrong ({type(error).__name__}: {error})."
        projection.set_state(State.FAILED, message)


def descend(projection: StoredProjection, request: Request) -> None:
    config, began = request.config, time.monotonic()
    projection.set_status(Status(State.RUNNING, iterations=config.all_iterations))
    for step in fit(projection.read_array("codes.npz"), config, torch.get_num_threads()):
        if projection.request() != request:
            return
        seconds = time.monotonic() - began
        projection.set_status(Status(State.RUNNING, step.iteration, config.all_iterations, seconds))
    projection.finish(step.places)
