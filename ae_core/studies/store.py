"""Experiments beside the runs: a small JSON file each; what their parts found is shared by all of them.

experiments/ID.json           one experiment: what was asked for, and what a person wants of it
experiments/parts/KEY/        what is on file of a part, see records.py
experiments/trainings/KEY.json  the finished run of a training, whatever was then measured of it
experiments/uploads/NAME.npy  images of a person's own, uint8 [N, 28, 28]
"""

import hashlib
import io
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import cached_property

import numpy as np

from ae_core import zoo
from ae_core.data.digits import check_images
from ae_core.data.overlap import ZOO
from ae_core.data.sources import load_digits
from ae_core.errors import ConfigError, DamagedError, ImageShapeError, RunError
from ae_core.jobs.states import State, Wish
from ae_core.models.build import build_model
from ae_core.reading import array_in
from ae_core.runs.catalogue import BASELINE_PREFIX, ZOO_PREFIX, open_model
from ae_core.runs.run import Run
from ae_core.runs.store import ID_PATTERN, RunStore
from ae_core.scores.table import SCORES
from ae_core.storage import new_id
from ae_core.studies.experiment import ExperimentConfig
from ae_core.studies.parts import RESULTS_VERSION, Part, parts_of
from ae_core.studies.records import PartRecord


@dataclass(frozen=True)
class Experiment:
    """An experiment as it is stored. fingerprint: of its data set; weights: of the model that it judges."""

    id: str
    config: ExperimentConfig
    fingerprint: str
    weights: str = ""
    wish: Wish = Wish.RUN
    owner: str = ""
    created: float = 0.0
    version: int = 1  # RESULTS_VERSION when it was made: what an older one has found stays its own

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        return tuple(parts_of(self.config, self.fingerprint, self.weights, self.version))

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(part.key() for part in self.parts)

    def title(self) -> str:
        return self.config.title()


class ExperimentStore:
    """All experiments of a run store, in its folder `experiments`."""

    def __init__(self, runs: RunStore) -> None:
        self.runs = runs
        self.folder = runs.folder.child("experiments")

    @classmethod
    def at(cls, root: str) -> "ExperimentStore":
        """root: of the run store."""
        return cls(RunStore(root))

    # -- experiments

    def create(self, config: ExperimentConfig, owner: str = "") -> Experiment:
        """A new experiment on file. Raises LabError for what cannot be had: data, a model, a score."""
        experiment = self.prepared(config, owner)
        self.save(experiment)
        return experiment

    def take_up(self, config: ExperimentConfig, owner: str = "") -> Experiment:
        """The newest experiment that asks for the same, to go on with; a new one where there is none."""
        wanted = self.prepared(config, owner)
        earlier = next((each for each in self.list() if each.parts == wanted.parts), wanted)
        taken = replace(earlier, wish=Wish.RUN)
        self.save(taken)
        return taken

    def prepared(self, config: ExperimentConfig, owner: str) -> Experiment:
        """Checked against the data and the model that it names, which are fixed from here on."""
        if config.trains:
            digits, model, weights = load_digits(config.dataset), build_model(config.model), ""
        else:
            trained = open_model(config.reference, self.runs)
            own = config.dataset if trained.trained_on == ZOO else trained.trained_on
            digits = load_digits(own if config.dataset == "auto" else config.dataset)
            model, weights = trained.model, weights_of(config.reference, self.runs)
            if config.upload:
                self.upload(config.upload)
        for name in config.scores:
            if not SCORES[name].suits(model):
                raise ConfigError(f"{SCORES[name].title} needs {SCORES[name].needs}.")
        now = time.time()
        experiment_id = new_id(now, lambda name: self.folder.exists(f"{name}.json"))
        return Experiment(
            experiment_id,
            config.with_changes(dataset=digits.name),
            digits.fingerprint,
            weights,
            owner=owner,
            created=now,
            version=RESULTS_VERSION,
        )

    def save(self, experiment: Experiment) -> None:
        self.folder.write_json(f"{experiment.id}.json", asdict(experiment))

    def get(self, experiment_id: str) -> Experiment:
        """The experiment called `experiment_id`. Raises RunError for one that is not there or damaged."""
        name = f"{experiment_id}.json"
        if not ID_PATTERN.fullmatch(experiment_id) or not self.folder.exists(name):
            raise RunError(f"There is no experiment {experiment_id[:80]!r}.")
        experiment = self.folder.read_as(name, Experiment)
        if experiment is None:
            raise RunError(f"There is no experiment {experiment_id!r}.")
        return experiment

    def list(self) -> "list[Experiment]":
        """All readable experiments, newest first."""
        found = []
        for name in sorted(self.folder.names(), reverse=True):
            try:
                found.append(self.get(name.removesuffix(".json")))
            except RunError:  # also the folders beside them
                continue
        return found

    def delete(self, experiment_id: str) -> None:
        """Forgets the experiment and what no other one needs: its parts and its upload, not their runs.

        Raises RunError while a part of it that no other experiment has is under way.
        """
        experiment = self.get(experiment_id)
        others = [each for each in self.list() if each.id != experiment_id]
        own = experiment.keys.difference(*(each.keys for each in others))
        if any(self.record(key).state() is State.RUNNING for key in own):
            raise RunError(f"The experiment {experiment_id} is running: stop it before deleting it.")
        self.folder.remove(f"{experiment_id}.json")
        for key in own:
            self.record(key).folder.delete()
        upload = experiment.config.upload
        if upload and all(each.config.upload != upload for each in others):
            self.folder.remove(f"uploads/{upload}.npy")

    # -- parts

    def record(self, key: str) -> PartRecord:
        return PartRecord(key, PartRecord.inside(f"{self.folder.url}/parts", key), self.runs)

    def records(self, experiment: Experiment) -> Iterator[tuple[Part, PartRecord]]:
        """Every part with what is on file of it, in the experiment's order."""
        for part in experiment.parts:
            yield part, self.record(part.key())

    def finished_training(self, part: Part) -> Run | None:
        """The run that has trained what `part` trains, for whatever experiment."""
        run = self.runs.named_in(self.folder, training_file(part))
        return run if run and run.state() is State.FINISHED and run.has_model() else None

    def remember_training(self, part: Part, run: Run) -> None:
        self.runs.name_in(self.folder, training_file(part), run)

    # -- uploads

    def keep_upload(self, images: np.ndarray) -> str:
        """Stores images uint8 [N, 28, 28]; returns the name for `ExperimentConfig.upload`.

        The same images have the same name. Raises ImageShapeError.
        """
        check_images(images)
        buffer = io.BytesIO()
        np.save(buffer, np.ascontiguousarray(images), allow_pickle=False)
        name = hashlib.sha256(buffer.getvalue()).hexdigest()[:16]
        self.folder.write(f"uploads/{name}.npy", buffer.getvalue())
        return name

    def upload(self, name: str) -> np.ndarray:
        """The images that `keep_upload` stored. Raises RunError where they are gone or damaged."""
        data = self.folder.read(f"uploads/{name}.npy") if name.isalnum() else None
        if data is None:
            raise RunError(f"The uploaded images {name[:40]!r} are not here: upload them again.")
        try:
            images = array_in(data, f"uploads/{name}.npy")
            check_images(images)
        except (DamagedError, ImageShapeError) as error:
            raise DamagedError(f"{str(error).rstrip('.')}: upload these images again.") from error
        return images


def weights_of(reference: str, runs: RunStore) -> str:
    """What changes when the model called `reference` does: a run that goes on, a zoo that is built again.

    Raises RunError for a model that is not there.
    """
    if reference.startswith(ZOO_PREFIX):
        return zoo.card(reference.removeprefix(ZOO_PREFIX))["file"]["sha256"][:16]
    if reference.startswith(BASELINE_PREFIX):
        return ""  # fixed by its name and the data set
    data = runs.get(reference).folder.read("model.safetensors")
    if data is None:
        raise RunError(f"The run {reference} has no model yet.")
    return hashlib.sha256(data).hexdigest()[:16]


def training_file(part: Part) -> str:
    return f"trainings/{part.training_key()}.json"
