"""A study: a list of parts with one life. A sweep and an anomaly experiment are studies."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from ae_core.jobs.states import Action
from ae_core.runs.store import RunStore
from ae_core.studies.parts import Part

MAX_PARTS = 120


@dataclass(frozen=True)
class Study:
    """A study as it is stored: what was asked for, and what a person wants of it now.

    fingerprint: of its data set; weights: of the model that it judges, if it judges a given one; requested:
    RUN, PAUSE or STOP; created: seconds since 1970; version: of what parts find when it was made, so that
    what an older one has found stays its own; class_names: of an own data set.
    """

    KIND: ClassVar[str]  # its name in messages, and in the names of its files

    id: str
    config: Any  # of a type of its own for each kind
    fingerprint: str
    weights: str = ""
    requested: Action = Action.RUN
    owner: str = ""
    created: float = 0.0
    version: int = 1
    class_names: tuple[str, ...] = ()

    @classmethod
    def prepared(cls, config: Any, runs: RunStore) -> dict[str, Any]:
        """The fields that the data and the models decide which the configuration names.

        Raises LabError for what is not there.
        """
        raise NotImplementedError

    @property
    def dataset(self) -> str:
        return self.config.dataset

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """In the order in which they are carried out."""
        return tuple(self.list_parts())

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(part.key() for part in self.parts)

    def list_parts(self) -> Iterator[Part]:
        raise NotImplementedError

    def title(self) -> str:
        """The study in a few words, for lists."""
        raise NotImplementedError
