"""Maps fitted on the workers of a training service, one for all who ask for the same."""

import time

import numpy as np

from ae_core.jobs.states import HEARTBEAT_SECONDS, State
from ae_core.latent.tsne import ProjectionConfig, check_codes
from ae_core.runs.service import TrainingService
from ae_core.runs.store import RunStore
from ae_core.studies.maps import ProjectionStore, StoredProjection, carry_out

PRIORITY = 1  # a map takes less time than a training: it goes before the runs that wait


def execute_projection(root: str, key: str) -> None:
    """What a worker does; its arguments are plain strings, the map stays in its folder."""
    carry_out(ProjectionStore(RunStore(root)).get(key))


class ProjectionService:
    """Has maps fitted, and knows where each stands."""

    def __init__(self, service: TrainingService) -> None:
        self.service = service
        self.store = ProjectionStore(service.store)

    def start(self, key: str, codes: np.ndarray, config: ProjectionConfig | None = None) -> None:
        """Has the map of codes [N, d] fitted, unless it is there or a worker has it or will have it.

        key: the fingerprint of what the map is made of. Raises ConfigError for codes that have no map.
        """
        config = config or ProjectionConfig()
        check_codes(codes, config)
        projection = self.store.get(key)
        state = self.state(projection)
        if state is None or state.can_go_on or state is State.FAILED:
            projection.ask(codes, config)
            self.service.enqueue(execute_projection, key, projection, priority=PRIORITY)

    def state(self, projection: StoredProjection) -> State | None:
        """Its state, INTERRUPTED where its worker is gone; None where nobody asks for it."""
        state = self.unfinished_state(projection)
        # Asked last: while the rest was read a worker may have written the map and cleared the rest away.
        return State.FINISHED if projection.places() is not None else state

    def unfinished_state(self, projection: StoredProjection) -> State | None:
        if projection.request() is None:
            return None
        state, jobs, queue = projection.state(), self.service.jobs, self.service.queue()
        if state is State.FAILED:
            return state
        if jobs.has(projection.key):
            return State.RUNNING if jobs.runs(projection.key) else State.QUEUED
        if queue is None:
            return projection.status().state
        is_late = time.time() - projection.status().updated > HEARTBEAT_SECONDS
        return State.INTERRUPTED if state is State.QUEUED and is_late else state
