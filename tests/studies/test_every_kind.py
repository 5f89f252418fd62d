"""What holds for every kind of long work: a run, the parts of both studies, a map. On one real worker."""

from dataclasses import replace

import numpy as np
import pytest

from ae_core.jobs.job import Queue
from ae_core.jobs.states import State
from ae_core.latent.tsne import ProjectionConfig
from ae_core.models.config import ModelConfig
from ae_core.runs.execution import execute
from ae_core.runs.service import TrainingService
from ae_core.runs.store import RunStore
from ae_core.studies.experiment import ExperimentConfig
from ae_core.studies.map_service import ProjectionService
from ae_core.studies.maps import carry_out
from ae_core.studies.service import StudyService
from ae_core.studies.sweep import SweepConfig
from ae_core.training.config import TrainConfig
from tests.worker_processes import worker

pytestmark = pytest.mark.processes
NET = ModelConfig(latent_dim=4, hidden=(16,))
RECIPE = TrainConfig(batch_size=32, schedule="constant", peak_learning_rate=1e-3)
EPOCHS, ITERATIONS = 8, 300  # long enough to be paused, and to be killed
ENDLESS = 10_000
CODES = np.random.default_rng(0).normal(size=(1500, 4)).astype(np.float32)


class RunWork:
    """seed: tells the training of one test from that of another, or they would share it."""

    def __init__(self, training: TrainingService, seed: int) -> None:
        self.training, self.service, self.seed = training, training, seed

    def start(self, is_long: bool) -> None:
        self.of = self.training.start(NET, self.recipe(is_long), dataset="embedded")

    def recipe(self, is_long: bool) -> TrainConfig:
        return RECIPE.with_changes(epochs=1000 if is_long else EPOCHS, seed=self.seed)

    def ask(self, what: str) -> None:
        getattr(self.service, what)(self.of)

    def run(self):
        return self.of

    def state(self) -> State:
        return self.training.state(self.of)

    def reached(self) -> int:
        return self.run().progress().epoch if self.run() else 0

    def is_kept(self) -> bool:
        """A stopped training is a scored model."""
        return self.run().has_model() and self.run().test_error() > 0

    def delete(self) -> None:
        self.run().folder.delete()

    def result(self) -> dict[str, np.ndarray]:
        return weights(self.run())

    def undisturbed(self, store: RunStore) -> dict[str, np.ndarray]:
        config = self.run().config()
        run = store.create(
            config.model,
            config.train,
            dataset=config.dataset,
            fingerprint=config.fingerprint,
            classes=config.classes,
        )
        execute(run)
        return weights(run)


class StudyWork(RunWork):
    CONFIG = SweepConfig((4,), ("dense",), (0,), NET, RECIPE, "embedded")

    def __init__(self, training: TrainingService, seed: int) -> None:
        super().__init__(training, seed)
        self.service = StudyService(training)

    def start(self, is_long: bool) -> None:
        recipe = self.recipe(is_long).with_changes(seed=0)
        self.of = self.service.start(replace(self.CONFIG, train=recipe, seeds=(self.seed,)))

    def ask(self, what: str) -> None:
        self.of = getattr(self.service, what)(self.of)

    def record(self):
        ((_, record),) = self.service.store.records(self.of)
        return record

    def run(self):
        return self.record().run()

    def state(self) -> State:
        return self.record().state()

    def delete(self) -> None:
        self.record().folder.delete()


class ExperimentWork(StudyWork):
    CONFIG = ExperimentConfig(
        kind="held-out", dataset="embedded", scores=("mse",), digits=(3,), model=NET, train=RECIPE
    )


class MapWork:
    def __init__(self, training: TrainingService, seed: int) -> None:
        self.service = ProjectionService(training, training.store)
        self.of = self.service.store.get(f"map {seed}")

    def config(self, is_long: bool) -> ProjectionConfig:
        return ProjectionConfig(perplexity=5, iterations=ENDLESS if is_long else ITERATIONS)

    def start(self, is_long: bool) -> None:
        self.service.start(self.of.id, CODES, self.config(is_long))

    def ask(self, what: str) -> None:
        getattr(self.service, what)(self.of)

    def state(self) -> State:
        return self.service.state(self.of)

    def reached(self) -> int:
        return self.of.progress().iteration

    def is_kept(self) -> bool:
        """It can be gone on with."""
        return "checkpoint.npz" in self.of.folder.names()

    def delete(self) -> None:
        self.of.folder.delete()

    def result(self) -> dict[str, np.ndarray]:
        return {"places": self.of.places()}

    def undisturbed(self, store: RunStore) -> dict[str, np.ndarray]:
        service = ProjectionService(TrainingService(store), store)
        same = service.store.get(self.of.id)
        same.ask(CODES, self.config(is_long=False))
        carry_out(same, "the test")
        return {"places": same.places()}


def weights(run) -> dict[str, np.ndarray]:
    return {name: value.numpy() for name, value in run.model().state_dict().items()}


KINDS = {"run": RunWork, "sweep": StudyWork, "experiment": ExperimentWork, "map": MapWork}
every_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(scope="module")
def training(tmp_path_factory):
    training = TrainingService(RunStore(tmp_path_factory.mktemp("kinds")))
    training.warm_up()
    yield training
    training.close()


@every_kind
def test_paused_and_its_worker_killed_it_ends_as_if_undisturbed(training, store, wait_until, kind):
    work = KINDS[kind](training, seed=1 + list(KINDS).index(kind))
    work.start(is_long=False)
    wait_until(lambda: work.reached() > 0)
    work.ask("pause")
    wait_until(lambda: work.state() is State.PAUSED and training.queue() == Queue())
    paused_at = work.reached()
    work.ask("resume")
    wait_until(lambda: work.reached() > paused_at)
    worker(training).kill()
    seen = []
    wait_until(lambda: seen.append(work.reached()) or work.state() is State.FINISHED, timeout=120)
    assert min(seen[:-1]) >= paused_at  # where it was saved last, at the least
    after, undisturbed = work.result(), work.undisturbed(store)
    assert after.keys() == undisturbed.keys()
    assert all(np.array_equal(after[name], undisturbed[name]) for name in after)


@every_kind
def test_stopped_it_keeps_what_it_has_and_goes_on_until_it_is_deleted(training, wait_until, kind):
    work = KINDS[kind](training, seed=11 + list(KINDS).index(kind))
    work.start(is_long=True)
    wait_until(lambda: work.reached() > 0)
    work.ask("stop")
    wait_until(lambda: work.state() is State.STOPPED and training.queue() == Queue())
    assert work.is_kept()
    stopped_at = work.reached()
    work.ask("resume")
    wait_until(lambda: work.state() is State.RUNNING and work.reached() > stopped_at)
    work.delete()
    wait_until(lambda: training.queue() == Queue())
