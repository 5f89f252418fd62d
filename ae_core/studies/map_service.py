"""Maps fitted on the workers of a training service, one for all who ask for the same."""

import time

import numpy as np

from ae_core.errors import RecordDeletedError
from ae_core.jobs.states import HEARTBEAT_SECONDS, Action, State
from ae_core.latent.tsne import ProjectionConfig, check_codes
from ae_core.runs.service import TrainingService
from ae_core.runs.store import RunStore
from ae_core.studies.maps import ProjectionStore, StoredProjection, carry_out

PRIORITY = 1  # a map takes less time than a training: it goes before the runs that wait


def execute_projection(root: str, key: str, by: str) -> str:
    """What a worker does; its arguments are plain strings, the map stays in its folder."""
    try:
        return carry_out(ProjectionStore(RunStore(root)).get(key), by)
    except RecordDeletedError:
        return "deleted while it was carried out"


class ProjectionService:
    """Has maps fitted, and knows where each stands."""

    def __init__(self, service: TrainingService) -> None:
        self.service = service
        self.store = ProjectionStore(service.store)

    def start(self, key: str, codes: np.ndarray, config: ProjectionConfig | None = None) -> None:
        """Has the map of codes [N, d] fitted, unless it is there or a worker has it or will have it.

        One that was paused, stopped or interrupted is fitted anew: `go_on` goes on with it. key: the
        fingerprint of what the map is made of. Raises ConfigError for codes that have no map.
        """
        config = config or ProjectionConfig()
        check_codes(codes, config)
        projection = self.store.get(key)
        state = self.state(projection)
        if state is None or state.can_go_on or state is State.FAILED:
            projection.ask(codes, config)
            self.submit(projection)

    def pause(self, projection: StoredProjection) -> None:
        self.ask(projection, Action.PAUSE)

    def stop(self, projection: StoredProjection) -> None:
        """What is fitted so far is kept, to go on with."""
        self.ask(projection, Action.STOP)

    def ask(self, projection: StoredProjection, action: Action) -> None:
        was = self.state(projection)
        if was is None or not was.is_active:
            return  # it has just ended
        projection.request(action)
        if was is State.QUEUED:
            projection.set_state(action.rest)  # no need to wait for its turn

    def go_on(self, projection: StoredProjection) -> None:
        """Goes on from the last checkpoint, also with what failed or was interrupted."""
        state = self.state(projection)
        if state is None or not (state.can_go_on or state is State.FAILED):
            return  # another tab was quicker
        projection.request(Action.RUN)
        self.submit(projection)

    def submit(self, projection: StoredProjection) -> None:
        projection.set_state(State.QUEUED, by=self.service.name)
        self.service.enqueue(
            execute_projection, projection.id, projection, self.service.name, priority=PRIORITY
        )

    def state(self, projection: StoredProjection) -> State | None:
        """Its state, INTERRUPTED where its worker is gone; None where nobody asks for it."""
        state = self.unfinished_state(projection)
        # Asked last: while the rest was read a worker may have written the map and cleared the rest away.
        return State.FINISHED if projection.places() is not None else state

    def unfinished_state(self, projection: StoredProjection) -> State | None:
        if not projection.exists():
            return None
        state, jobs, queue = projection.state(), self.service.jobs, self.service.queue()
        if state in (State.FAILED, State.PAUSED, State.STOPPED):
            return state
        if jobs.has(projection.id):
            return State.RUNNING if jobs.runs(projection.id) else State.QUEUED
        if queue is None:
            return projection.status().state
        is_late = time.time() - projection.status_time() > HEARTBEAT_SECONDS
        return State.INTERRUPTED if state is State.QUEUED and is_late else state
