"""Maps fitted on the workers of a training service, one for all who ask for the same."""

import numpy as np

from ae_core.jobs.service import JobService
from ae_core.jobs.states import Action, State
from ae_core.jobs.worker import Kind
from ae_core.latent.tsne import ProjectionConfig, check_codes
from ae_core.runs.store import RunStore
from ae_core.studies.maps import ProjectionStore, StoredProjection, carry_out

PRIORITY = 1  # a map takes less time than a training: it goes before the runs that wait
MAP = Kind(
    "ae_core.studies.map_service:MAP",
    lambda root, key: ProjectionStore(RunStore(root)).get(key),
    carry_out,
)


class ProjectionService:
    """Has maps fitted, and knows where each stands."""

    def __init__(self, service: JobService, runs: RunStore) -> None:
        self.service = service
        self.store = ProjectionStore(runs)

    def start(self, key: str, codes: np.ndarray, config: ProjectionConfig | None = None) -> None:
        """Has the map of codes [N, d] fitted, unless it is there or a worker has it or will have it.

        One that was paused, stopped or interrupted is fitted anew: `resume` goes on with it. key: the
        fingerprint of what the map is made of. Raises ConfigError for codes that have no map.
        """
        config = config or ProjectionConfig()
        check_codes(codes, config)
        projection = self.store.get(key)
        state = self.state(projection)
        if state is None or is_resumable(state):
            projection.ask(codes, config)
            self.service.submit(MAP, projection, PRIORITY)

    def pause(self, projection: StoredProjection) -> None:
        self.ask(projection, Action.PAUSE)

    def stop(self, projection: StoredProjection) -> None:
        """What is fitted so far is kept, to go on with."""
        self.ask(projection, Action.STOP)

    def ask(self, projection: StoredProjection, action: Action) -> None:
        state = self.state(projection)
        if state is not None and state.is_active:  # else it has just ended
            self.service.rest(MAP, projection, action)

    def resume(self, projection: StoredProjection) -> None:
        """Goes on from the last checkpoint, also with what failed or was interrupted."""
        state = self.state(projection)
        if state is not None and is_resumable(state):  # else another tab was quicker
            self.service.requeue(MAP, projection, priority=PRIORITY)

    def state(self, projection: StoredProjection) -> State | None:
        """Its state, INTERRUPTED where its worker is gone; None where nobody asks for it."""
        state = self.service.state(projection) if projection.exists() else None
        # Asked last: while the rest was read a worker may have written the map and cleared the rest away.
        return State.FINISHED if projection.places() is not None else state


def is_resumable(state: State) -> bool:
    return state.can_resume or state is State.FAILED
