"""The run store: a folder with all runs, each in a folder of its own (see run.py)."""

import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TypeAlias

from ae_core.errors import NotFoundError, RunError, WrongStateError
from ae_core.jobs.states import State
from ae_core.models.config import ModelConfig
from ae_core.runs.config import Reference, RunConfig
from ae_core.runs.index import Index
from ae_core.runs.run import ID_PATTERN, MARKER, MAX_NAME, Listed, Run
from ae_core.runs.trash import Trash
from ae_core.storage import Folder, default_root, new_id
from ae_core.training.config import RECIPE_VERSION, TrainConfig
from ae_core.words import visible

# Named here, for in the class below `list` is its own.
Runs: TypeAlias = list[Run]
Listing: TypeAlias = list[Listed]


class RunStore:
    """All runs under one root: `AE_RUNS` (a path or an fsspec address), else the user's data folder.

    >>> store = RunStore("memory://example")
    >>> run = store.create(ModelConfig(), TrainConfig(), dataset="embedded", fingerprint="", name="first")
    >>> store.get(run.id).name, [each.id for each in store.list()] == [run.id]
    ('first', True)
    """

    def __init__(self, root: str | Path | None = None) -> None:
        self.folder = Folder(root or default_root())
        self.index = Index(self.folder, self.read)
        self.trash = Trash(self)

    def create(
        self,
        model: ModelConfig,
        train: TrainConfig,
        *,
        dataset: str,
        fingerprint: str,
        name: str = "",
        owner: str = "",
        sweep: str = "",
        classes: tuple[int, ...] = (),
        part: str = "",
        class_names: tuple[str, ...] = (),
    ) -> Run:
        """A new run, queued.

        owner: whose cap it counts against; sweep: the sweep it belongs to; classes: the digits it is trained
        on, () for all; part: the part of an experiment that it is trained for; class_names: of an own data
        set.
        """
        now = time.time()
        run_id = new_id(now, self.folder.exists)
        run = Run(run_id, self.folder.child(run_id))  # no record before its marker, the last to be written
        if name:
            run.rename(name)
        run.set_state(State.QUEUED)
        config: dict[str, object] = {"model": model.to_dict(), "train": train.to_dict(), "dataset": dataset}
        config |= {"fingerprint": fingerprint, "created": now, "owner": owner, "sweep": sweep}
        config |= {"classes": sorted(classes), "part": part, "recipe_version": RECIPE_VERSION}
        if class_names:
            config["class_names"] = class_names
        run.folder.write_json(MARKER, config)
        return self.at(run_id)

    def add(self, config: RunConfig, files: Mapping[str, bytes], name: str = "", caution: str = "") -> Run:
        """A finished run of these files, brought from elsewhere; a name too long is cut off.

        caution: where it has learned nothing.
        """
        run_id = new_id(config.created, self.folder.exists)
        run = Run(run_id, self.folder.child(run_id))  # no record before its marker, the last to be written
        for file, data in files.items():
            run.folder.write(file, data)
        if called := visible(name)[:MAX_NAME]:
            run.rename(called)
        run.set_state(State.FINISHED, caution=caution)
        run.folder.write_json(MARKER, asdict(config))
        self.at(run_id).sum_up()
        return self.at(run_id)

    def at(self, run_id: str) -> Run:
        """The run that has this id, whether it is there or not."""
        return Run(run_id, Run.inside(self.folder.url, run_id))

    def get(self, run_id: str) -> Run:
        """The run called `run_id`. Raises NotFoundError for one that is not there."""
        if ID_PATTERN.fullmatch(run_id):  # also keeps paths such as ../ out
            run = self.at(run_id)
            if run.exists():
                return run
        raise NotFoundError(
            f"There is no run {run_id[:80]!r}. `python -m ae_core runs list` and the Train page list them."
        )

    def named_in(self, folder: Folder, name: str) -> Run | None:
        """The run that `name_in` wrote into a file; None where none is named, or it was deleted."""
        try:
            named = folder.read_as(name, Reference)
            return self.get(named.run) if named else None
        except RunError:
            return None

    def name_in(self, folder: Folder, name: str, run: Run) -> None:
        folder.write_json(name, asdict(Reference(run.id)))

    def list(self, *, of_studies: bool = False) -> Runs:
        """All runs, newest first; unreadable folders are left out.

        of_studies: those of sweeps and experiments as well.
        """
        return [self.at(each.id) for each in self.listed(of_studies=of_studies)]

    def listed(self, *, of_studies: bool = False) -> Listing:
        """The same in a few words each. A run is read again only when its folder has changed."""
        return [each for each in self.index.listed() if of_studies or not each.is_of_study]

    def read(self, run_id: str) -> Listed | None:
        try:
            return self.at(run_id).listed()
        except RunError:
            return None

    def delete(self, run_id: str) -> None:
        """Removes a run for good. Raises WrongStateError while a worker has it."""
        self.deletable(run_id)
        Run.inside(self.folder.url, run_id).delete()

    def deletable(self, run_id: str) -> Run:
        """Raises WrongStateError while a worker has it."""
        run = self.get(run_id)
        if run.state() is State.RUNNING:
            raise WrongStateError(f"The run {run_id} is running: stop it before deleting it.")
        return run
