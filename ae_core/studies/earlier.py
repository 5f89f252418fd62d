"""Stores of versions before 0.2, which kept sweeps and experiments in two ways: made over when first opened.

experiments/ID.json, parts, uploads   move to studies/
experiments/trainings                 moves to trainings/
sweeps/ID.json                        named the run of each point, which is a part now
"""

from dataclasses import asdict, dataclass, field

from ae_core.errors import RunError
from ae_core.jobs.states import Action, State
from ae_core.models.config import ModelConfig
from ae_core.runs.run import Run
from ae_core.runs.store import RunStore
from ae_core.runs.trainings import Trainings, counts, key_of
from ae_core.storage import Folder, digest
from ae_core.studies.experiment import Experiment, ExperimentConfig
from ae_core.studies.measuring import Result
from ae_core.studies.parts import Part
from ae_core.studies.records import PartRecord
from ae_core.studies.study import Study
from ae_core.studies.sweep import Sweep, SweepConfig
from ae_core.training.config import RECIPE_VERSION, TrainConfig


@dataclass(frozen=True)
class EarlierExperiment:
    """What experiments/ID.json holds."""

    id: str
    config: ExperimentConfig
    fingerprint: str
    weights: str = ""
    wish: Action = Action.RUN
    owner: str = ""
    created: float = 0.0
    version: int = 1


@dataclass(frozen=True)
class EarlierSweepConfig:
    latent_dims: tuple[int, ...]
    architectures: tuple[str, ...]
    seeds: tuple[int, ...]
    model: ModelConfig
    train: TrainConfig


@dataclass(frozen=True)
class EarlierSweep:
    """What sweeps/ID.json holds. runs: ids of runs by names made of what was trained."""

    id: str
    config: EarlierSweepConfig
    dataset: str
    fingerprint: str
    wish: Action = Action.RUN
    owner: str = ""
    created: float = 0.0
    runs: dict[str, str] = field(default_factory=dict)


BEFORE = ("experiments", "sweeps")
_made_over: set[str] = set()  # addresses of the stores that this process has seen to


def make_over(runs: RunStore) -> None:
    """Moves what an earlier version has left to where this one looks; what cannot be read stays there."""
    if runs.folder.url in _made_over:
        return
    studies = runs.folder.child("studies")
    if any(map(runs.folder.exists, BEFORE)):
        with studies.alone():
            move_experiments(runs, studies)
            move_sweeps(runs, studies)
            for name in BEFORE:
                remove_empty(runs.folder.child(name))
    _made_over.add(runs.folder.url)


def move_experiments(runs: RunStore, studies: Folder) -> None:
    before = runs.folder.child("experiments")
    for folder, now in (("parts", studies), ("uploads", studies), ("trainings", runs.folder)):
        move_all(before.child(folder), now.child(folder))
    for name in before.names():
        found = before.read_or(name, EarlierExperiment, None) if name.endswith(".json") else None
        if found is not None:
            values = vars(found) | {"requested": found.wish}
            write(studies, Experiment(**{key: value for key, value in values.items() if key != "wish"}))
            before.remove(name)


def move_all(before: Folder, now: Folder) -> None:
    for name in before.names():
        if not now.exists(name):
            now.fs.makedirs(now.path, exist_ok=True)
            now.fs.mv(f"{before.path}/{name}", f"{now.path}/{name}", recursive=True)


def remove_empty(folder: Folder) -> None:
    """With the empty folders in it; what holds a file stays."""
    if not any(folder.fs.find(folder.path)) and folder.fs.exists(folder.path):
        folder.fs.rm(folder.path, recursive=True)


def move_sweeps(runs: RunStore, studies: Folder) -> None:
    before = runs.folder.child("sweeps")
    for name in before.names():
        found = before.read_or(name, EarlierSweep, None)
        if found is not None:
            move_sweep(found, runs, studies)
            before.remove(name)


def move_sweep(found: EarlierSweep, runs: RunStore, studies: Folder) -> None:
    config = SweepConfig(**vars(found.config), dataset=found.dataset)
    of_points = [run_of(found, *point, runs) for point in config.points()]
    sweep = Sweep(
        found.id,
        config,
        found.fingerprint,
        requested=found.wish,
        owner=found.owner,
        created=found.created,
        version=max((run.config().recipe_version for run in of_points if run), default=RECIPE_VERSION),
    )
    for part, run in zip(sweep.parts, of_points, strict=True):
        if run is not None:
            record_part(part, run, runs, studies)
    write(studies, sweep)


def run_of(found: EarlierSweep, model: ModelConfig, train: TrainConfig, runs: RunStore) -> Run | None:
    key = digest([model.to_dict(), train.decisive(), found.fingerprint])
    try:
        run = runs.get(found.runs.get(key, ""))
        run.config()
    except RunError:  # deleted since, or damaged
        return None
    return run


def record_part(part: Part, run: Run, runs: RunStore, studies: Folder) -> None:
    key, state = part.key(), run.state()
    record = PartRecord(key, PartRecord.inside(f"{studies.url}/parts", key), runs)
    record.ensure(part)
    record.set_run(run)
    if state is State.FINISHED:
        record.finish(Result.of_run(run))
        if run.config().recipe_version == RECIPE_VERSION and counts(run):
            Trainings(runs).remember(key_of(*part.training, part.classes, part.fingerprint), run)
    elif state in (State.PAUSED, State.STOPPED, State.FAILED):
        record.set_state(state, run.message())


def write(studies: Folder, study: Study) -> None:
    studies.write_json(f"{study.id}.{study.KIND}.json", asdict(study))
