"""Runs that a person has deleted and may want back: each folder as it was, aside from the store's lists.

trash/ID/   a run's files; who throws away another run removes those that lie here for more than a day
"""

import builtins
import time
from typing import TYPE_CHECKING

from ae_core.errors import NotFoundError, RunError
from ae_core.runs.run import ID_PATTERN, MARKER, Run
from ae_core.storage import Folder

if TYPE_CHECKING:
    from ae_core.runs.store import RunStore

KEPT_SECONDS = 24 * 3600
THROWN = "thrown_away"  # a file whose content says when, in seconds since 1970


class Trash:
    """Of a run store. Ids stay, so studies and links find a run again that is taken out.

    >>> from ae_core import ModelConfig, RunStore, TrainConfig
    >>> store = RunStore("memory://trash")
    >>> run = store.create(ModelConfig(), TrainConfig(), dataset="embedded", fingerprint="", name="first")
    >>> store.trash.throw(run.id)
    >>> store.list(), store.trash.take_out(run.id).name
    ([], 'first')
    """

    def __init__(self, store: "RunStore") -> None:
        self.store = store
        self.url = f"{store.folder.url}/trash"

    def folder(self, run_id: str) -> Folder:
        return Folder(f"{self.url}/{run_id}")

    def throw(self, run_id: str) -> None:
        """Takes a run out of the store. Raises NotFoundError, and WrongStateError while a worker has it."""
        run = self.store.deletable(run_id)
        self.remove_old()
        aside = self.folder(run_id)
        for name in run.folder.names():
            if (data := run.folder.read(name)) is not None:
                aside.write(name, data)
        aside.write(THROWN, str(time.time()).encode())
        Run.inside(self.store.folder.url, run_id).delete()

    def take_out(self, run_id: str) -> Run:
        """Back where it was. Raises NotFoundError where it is no longer there, RunError where one is."""
        if not ID_PATTERN.fullmatch(run_id):  # also keeps paths such as ../ out
            raise NotFoundError(f"There is no run {run_id[:80]!r} in the trash.")
        aside = self.folder(run_id)
        files = {name: aside.read(name) for name in aside.names() if name not in (MARKER, THROWN)}
        marker = aside.read(MARKER)
        if marker is None:
            raise NotFoundError(f"The run {run_id} was deleted for good: train it again.")
        if self.store.at(run_id).exists():
            raise RunError(f"The run {run_id} is there already.")
        place = self.store.folder.child(run_id)  # no record before its marker, the last to be written
        for name, data in files.items():
            place.write(name, data or b"")
        place.write(MARKER, marker)
        self.remove(run_id)
        return self.store.at(run_id)

    def list(self) -> "builtins.list[Run]":
        """What can be taken out, the newest first."""
        found = (Run(run_id, self.folder(run_id)) for run_id in reversed(Folder(self.url).names()))
        return [run for run in found if ID_PATTERN.fullmatch(run.id) and run.exists()]

    def remove_old(self) -> None:
        """Removes for good what was thrown away more than a day ago."""
        for run_id in Folder(self.url).names():
            thrown = self.folder(run_id).read(THROWN)
            if thrown and time.time() - float(thrown) > KEPT_SECONDS:
                self.remove(run_id)

    def remove(self, run_id: str) -> None:
        Folder(self.url).remove(run_id)
