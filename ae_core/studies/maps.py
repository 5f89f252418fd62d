"""Maps kept beside the runs, in the folder `projections`, each in a folder named by its fingerprint.

request.json     who asks, and the settings; without it nobody does         written by pages: the marker
codes.npz        what is to be mapped; gone with the request                written by pages
status.json, control.json     as of any work, see jobs/record.py
progress.json    how far the fit is (`Progress`)                            written by the worker
checkpoint.npz   all that the fit goes on from                              written by the worker
map.npz          the finished map, beside which there is nothing else       written by the worker
"""

import secrets
import time
from dataclasses import asdict, dataclass

import numpy as np
import torch

from ae_core.errors import DamagedError, RunError
from ae_core.jobs import worker
from ae_core.jobs.record import Record
from ae_core.jobs.states import Action, State, Status
from ae_core.jobs.worker import end, is_free
from ae_core.latent.tsne import Checkpoint, ProjectionConfig, Step, fit
from ae_core.runs.store import RunStore
from ae_core.storage import Folder

ARRAY = "array"  # the one in codes.npz and in map.npz
CHECKPOINT = ("iteration", "embedding", "gains", "update")
CHECKPOINT_SECONDS = 1.0
MARKER = "request.json"


@dataclass(frozen=True)
class Progress:
    """How far a fit is. seconds: that it has taken; updated: when this was written, in seconds since 1970."""

    iteration: int = 0
    iterations: int = 0
    seconds: float = 0.0
    updated: float = 0.0


@dataclass(frozen=True)
class Request:
    """Who asks for a map, and its settings."""

    token: str
    config: ProjectionConfig


class ProjectionStore:
    """The maps beside the runs of a store."""

    def __init__(self, runs: RunStore) -> None:
        self.folder = runs.folder.child("projections")

    def get(self, key: str) -> "StoredProjection":
        """The map with this fingerprint, whether it is there, asked for, or neither."""
        return StoredProjection(key, StoredProjection.inside(self.folder.url, key))


class StoredProjection(Record):
    """One map: its files, read anew at each call, so every reader sees the present state."""

    MARKER = MARKER

    # -- who asks for it

    def ask(self, codes: np.ndarray, config: ProjectionConfig) -> None:
        """Asks for the map of codes [N, d]; whatever was asked before is void."""
        before = Folder(self.folder.url)  # no record before its marker, the last to be written
        for name in ("control.json", "progress.json", "checkpoint.npz"):
            before.remove(name)
        before.write_arrays("codes.npz", **{ARRAY: codes})
        before.write_json("status.json", asdict(Status(State.QUEUED, updated=time.time())))
        self.folder.write_json(MARKER, asdict(Request(secrets.token_hex(8), config)))

    def asked_by(self) -> Request | None:
        """Whoever asks last; None where nobody does that can be understood."""
        return self.folder.read_or(MARKER, Request, None)

    def exists(self) -> bool:
        """Whether somebody asks for it."""
        return self.asked_by() is not None

    def delete(self) -> None:
        """Nobody asks any more; a worker that has it sees it and stops. A finished map stays."""
        self.folder.remove(MARKER)  # first: what a worker writes now it takes back
        for name in self.folder.names():
            if name != "map.npz":
                self.folder.remove(name)

    # -- how far it is

    def progress(self) -> Progress:
        """As it stands; as if nothing were done where progress.json is damaged or missing."""
        return self.folder.read_or("progress.json", Progress, Progress())

    def last_sign(self, status: Status) -> float:
        return max(status.updated, self.progress().updated)

    def checkpoint(self, codes: int) -> Checkpoint | None:
        """What the fit to so many codes goes on from; None where there is nothing, or it is damaged."""
        iteration, *arrays = self.folder.read_arrays("checkpoint.npz", *CHECKPOINT)
        if iteration.shape != () or any(each.shape != (codes, 2) for each in arrays):
            return None
        return Checkpoint(int(iteration), *arrays)

    def reach(self, step: Step, config: ProjectionConfig, seconds: float, *, checkpoint: bool) -> None:
        """Writes how far it is. Raises RecordDeletedError where nobody asks for the map any more."""
        self.folder.write_json(
            "progress.json", asdict(Progress(step.iteration, config.all_iterations, seconds, time.time()))
        )
        if checkpoint:
            self.folder.write_arrays("checkpoint.npz", **asdict(step.checkpoint))

    # -- what came of it

    def places(self) -> np.ndarray | None:
        """The finished map, float32 [N, 2]; None where there is none, or a damaged one."""
        if not self.folder.exists("map.npz"):
            return None
        try:
            return self.read_array("map.npz")
        except RunError:
            return None

    def finish(self, places: np.ndarray) -> None:
        self.folder.write_arrays("map.npz", **{ARRAY: places})
        self.delete()

    def read_array(self, name: str) -> np.ndarray:
        """Raises DamagedError for a file that is missing or damaged."""
        (array,) = self.folder.read_arrays(name, ARRAY)
        if not len(array):
            raise DamagedError(f"{name} of the map {self.id} is missing or damaged. Ask for the map again.")
        return array


def carry_out(projection: StoredProjection, by: str) -> State:
    """Fits the map that is asked for from where it stands, until it is finished or a person says otherwise.

    by: a name for whoever does it. Ends as `worker.carry_out` says; as whoever asks next wants it where the
    request was replaced.
    """
    request = projection.asked_by()

    def work() -> State:
        if request is None or not is_free(projection, by):
            return projection.state()
        return descend(projection, request, by)

    return worker.carry_out(projection, work)


def descend(projection: StoredProjection, request: Request, by: str) -> State:
    config, before, began = request.config, projection.progress().seconds, time.monotonic()
    projection.set_state(State.RUNNING, by=by)
    codes, kept = projection.read_array("codes.npz"), 0.0
    places = None
    for step in fit(codes, config, torch.get_num_threads(), projection.checkpoint(len(codes))):
        places, asked, now = step.places, projection.asked(), time.monotonic()
        if projection.asked_by() != request:
            return projection.state()
        keep = asked is not Action.RUN or now - kept > CHECKPOINT_SECONDS
        projection.reach(step, config, before + now - began, checkpoint=keep)
        kept = now if keep else kept
        if asked.rest and step.iteration < config.all_iterations:
            return end(projection, asked.rest)
    if places is None:  # the checkpoint was the last step's
        raise DamagedError(f"The checkpoint of the map {projection.id} is damaged. Ask for the map again.")
    projection.finish(places)
    return State.FINISHED
