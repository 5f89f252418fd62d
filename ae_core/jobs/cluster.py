"""What the queue knows of a cluster: what can be asked of it, and what it answers.

Dask itself, which takes a third of a second to import, comes with the first cluster.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from ae_core.errors import LabError

ANSWER_SECONDS = 2.0  # for a scheduler to answer in


class ClusterError(LabError):
    """The cluster cannot be started or reached; the text says why."""


class UnfitError(ClusterError):
    """The scheduler has another version of the lab, or none; the text says what to do."""


class SchedulerEndedError(ClusterError):
    """The scheduler's process is gone: there is no need to ask it again."""


@dataclass(frozen=True)
class Look:
    """What a scheduler said of its jobs, by the keys of their tasks, and of its workers, by address.

    Of the jobs those on a worker, and those waiting, first come first. workers: those that get jobs.
    refused: why others get none, in words.
    """

    running: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    workers: frozenset[str] = frozenset()
    refused: str = ""

    @property
    def present(self) -> frozenset[str]:
        return frozenset(self.running + self.waiting)


class Cluster(Protocol):
    """A scheduler that can be asked, and its workers; see `dask_cluster.DaskCluster`."""

    is_own: bool  # of this machine, so that it can be started again

    def look(self) -> Look: ...

    def submit(
        self, arguments: tuple[str, ...], key: str, priority: int, only: frozenset[str] = frozenset()
    ) -> Any: ...

    def mend(self) -> None: ...

    def close(self) -> None: ...


def own_cluster() -> Cluster:
    """One of this machine. Raises ClusterError."""
    from ae_core.jobs.dask_cluster import OwnCluster

    return OwnCluster()


def foreign_cluster(address: str) -> Cluster:
    """The one at an address. Raises ClusterError."""
    from ae_core.jobs.dask_cluster import ForeignCluster

    return ForeignCluster(address)
