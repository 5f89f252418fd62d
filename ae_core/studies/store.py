"""Studies beside the runs: a small JSON file each; what their parts found is shared by all of them.

studies/ID.KIND.json          one study: what was asked for, and what a person wants of it
studies/parts/KEY/            what is on file of a part, see records.py
studies/uploads/NAME.npy      images of a person's own, see uploads.py
"""

import builtins
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import TypeVar

from ae_core.errors import NotFoundError, RunError, WrongStateError
from ae_core.jobs.states import Action, State
from ae_core.runs.run import ID_PATTERN
from ae_core.runs.store import RunStore
from ae_core.storage import RecordFolder, new_id
from ae_core.studies import earlier
from ae_core.studies.experiment import Experiment, ExperimentConfig
from ae_core.studies.parts import Part
from ae_core.studies.records import PartRecord
from ae_core.studies.study import Study
from ae_core.studies.sweep import Sweep, SweepConfig
from ae_core.studies.uploads import Uploads

KINDS: dict[str, type[Study]] = {each.KIND: each for each in (Sweep, Experiment)}
BY_CONFIG: dict[type, type[Study]] = {SweepConfig: Sweep, ExperimentConfig: Experiment}
S = TypeVar("S", bound=Study)


class StudyStore:
    """All studies of a run store, in its folder `studies`.

    >>> store = StudyStore(RunStore("memory://studies"))
    >>> sweep = store.create(SweepConfig(latent_dims=(2, 8), dataset="embedded"))
    >>> [part.name for part in sweep.parts], store.get(sweep.id, Sweep) == sweep
    (['dense-2', 'dense-8'], True)
    """

    def __init__(self, runs: RunStore) -> None:
        earlier.make_over(runs)
        self.runs = runs
        self.folder = runs.folder.child("studies")
        self.uploads = Uploads(runs)

    @classmethod
    def at(cls, root: str) -> "StudyStore":
        """root: of the run store."""
        return cls(RunStore(root))

    # -- studies

    def create(self, config: SweepConfig | ExperimentConfig, owner: str = "") -> Study:
        """A new study on file. Raises LabError for what cannot be had: data, a model, a score."""
        study = self.prepared(config, owner)
        self.save(study)
        return study

    def take_up(self, config: SweepConfig | ExperimentConfig, owner: str = "") -> Study:
        """The newest study that asks for the same, to go on with; a new one where there is none."""
        wanted = self.prepared(config, owner)
        same = (each for each in self.list(type(wanted)) if each.parts == wanted.parts)
        taken = replace(next(same, wanted), requested=Action.RUN)
        self.save(taken)
        return taken

    def prepared(self, config: SweepConfig | ExperimentConfig, owner: str) -> Study:
        """Checked against the data and the model that it names, which are fixed from here on."""
        kind, now = BY_CONFIG[type(config)], time.time()
        fields = kind.prepared(config, self.runs)
        taken = {name.partition(".")[0] for name in self.folder.names()}
        return kind(id=new_id(now, taken.__contains__), owner=owner, created=now, **fields)

    def save(self, study: Study) -> None:
        self.folder.write_json(f"{study.id}.{study.KIND}.json", asdict(study))

    def get(self, study_id: str, kind: type[S]) -> S:
        """The study called `study_id`.

        Raises NotFoundError for one that is not there, DamagedError for a damaged one.
        """
        is_id = ID_PATTERN.fullmatch(study_id)
        study = self.folder.read_as(f"{study_id}.{kind.KIND}.json", kind) if is_id else None
        if study is None:
            raise NotFoundError(f"There is no {kind.KIND} {study_id[:80]!r}.")
        return study

    def list(self, kind: type[S]) -> "builtins.list[S]":
        """All readable studies of a kind, newest first."""
        found = []
        for study_id in self.ids(kind.KIND):
            try:
                found.append(self.get(study_id, kind))
            except RunError:
                continue
        return found

    def ids(self, kind: str) -> "builtins.list[str]":
        """Newest first, the unreadable too."""
        ending = f".{kind}.json"
        names = sorted(self.folder.names(), reverse=True)
        return [name.removesuffix(ending) for name in names if name.endswith(ending)]

    def all(self) -> Iterator[Study]:
        """All readable studies of every kind that this version knows."""
        for kind in KINDS.values():
            yield from self.list(kind)

    def unknown(self) -> "builtins.list[str]":
        """Names of studies that only another version of the lab can read: they stay as they are."""
        names = (name.split(".") for name in self.folder.names() if name.endswith(".json"))
        return [study_id for study_id, *kind, _ in names if kind and ".".join(kind) not in KINDS]

    def delete(self, study: Study) -> None:
        """Forgets the study and what no other one needs: its parts and its upload, not their runs.

        Raises WrongStateError while a part of it that no other study has is under way.
        """
        others = [each for each in self.all() if each.id != study.id]
        own = study.keys.difference(*(each.keys for each in others))
        if any(self.record(key).state() is State.RUNNING for key in own):
            raise WrongStateError(f"The {study.KIND} {study.id} is running: stop it before deleting it.")
        self.folder.remove(f"{study.id}.{study.KIND}.json")
        for key in own:
            self.part_folder(key).delete()
        upload = upload_of(study)
        if upload and all(upload_of(each) != upload for each in others):
            self.uploads.remove(upload)

    def is_at_work_on(self, fingerprint: str) -> bool:
        """Whether a study of the data set with this fingerprint has a part that waits or goes on."""
        studies = (each for each in self.all() if each.fingerprint == fingerprint)
        return any(record.state().is_active for each in studies for _, record in self.records(each))

    def needing(self, run_id: str) -> "builtins.list[Study]":
        """The studies with a part whose training is this run's."""
        return [each for each in self.all() if run_id in self.run_ids(each)]

    def run_ids(self, study: Study) -> Iterator[str]:
        for _, record in self.records(study):
            if run := record.run():
                yield run.id

    # -- parts

    def record(self, key: str) -> PartRecord:
        return PartRecord(key, self.part_folder(key), self.runs)

    def part_folder(self, key: str) -> RecordFolder:
        return PartRecord.inside(f"{self.folder.url}/parts", key)

    def records(self, study: Study) -> Iterator[tuple[Part, PartRecord]]:
        """Every part with what is on file of it, in the study's order."""
        for part in study.parts:
            yield part, self.record(part.key())


def upload_of(study: Study) -> str:
    return study.config.upload if isinstance(study, Experiment) else ""
