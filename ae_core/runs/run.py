"""A run on file: one folder, the only channel between whoever trains and whoever looks.

config.json        model, recipe, data set with its fingerprint, owner        written once: the marker
name.txt           what a person calls the run                                written by pages
tags.json          a person's words for it and others, to find them by        written by pages
control.json       what a person asks of the run (`Control`)                  written by pages
status.json        the state, a message where something went wrong, and a caution
                   where nothing was learned                                  written by the worker
progress.json      where the running epoch stands (`Progress`), the heartbeat written by the worker
metrics.csv        one row an epoch                                           written by the worker
film.npz           ten fixed test digits as the model drew them               written by the worker
codes.npz          where hundreds of them were on the map, for a code of two numbers: epochs [F],
                   codes float16 [F, N, 2], labels uint8 [N]                  written by the worker
checkpoint.safetensors   everything needed to go on                           written by the worker
model.safetensors, scores.parquet     at the end                              written by the worker
remedy.json        the learning rate that would have held where it came to nothing
                   (`Remedy`)                                                 written by the worker
summary.json       what a list shows of a run that is over (`Facts`)          written by the worker
events.out.tfevents.*    for TensorBoard where that is asked for (tensorboard.py)  made by pages
tracking.json      what an MLflow server has of it (mlflow.py)                written by the worker
"""

import io
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas

from ae_core.data.digits import DIGIT_CLASSES, name_of_class
from ae_core.data.own.record import spoken_name
from ae_core.errors import ConfigError, DamagedError, NewerError, NotFoundError, NotReadyError, RunError
from ae_core.jobs.record import Record
from ae_core.jobs.states import Action, State, Status
from ae_core.models.network import Network
from ae_core.models.weights import load_model
from ae_core.runs.config import WEIGHTS, Facts, Progress, RunConfig, RunControl
from ae_core.scores.metrics import plain_auroc
from ae_core.training.config import TrainConfig
from ae_core.training.steadier import Remedy
from ae_core.training.stopping import why_stopped
from ae_core.words import counted, visible

ID_PATTERN = re.compile(r"\d{8}-\d{6}-[a-z0-9]{4}")
MAX_NAME = 60
MAX_TAG, MAX_TAGS = 30, 12
TAG = re.compile(rf"[\w.+-]{{1,{MAX_TAG}}}")
MARKER = "config.json"
LISTED_FILES = (MARKER, "name.txt", "tags.json", "status.json", "summary.json")  # what lists read of a run
SCORES = {"label": "iu", "error": "f"}  # columns and the kinds of their numbers
METRICS = {"number": int} | dict.fromkeys(
    ("train_loss", "validation_loss", "learning_rate", "seconds", "images_per_second", "kl"), float
)


@dataclass(frozen=True)
class Listed:
    """A run in the few words that a list has of it."""

    id: str
    config: RunConfig
    name: str
    caution: str
    has_model: bool
    state: State  # as it was written: whether its worker fell silent since, only the run itself tells
    tags: tuple[str, ...] = ()

    @property
    def is_of_study(self) -> bool:
        """Whether a sweep or an experiment has made it."""
        return bool(self.config.sweep or self.config.part)


class Run(Record):
    """One run: its files, read anew at each call, so every reader sees the present state."""

    MARKER = MARKER

    def config(self) -> RunConfig:
        """Raises NotFoundError where there is no config.json, DamagedError where it is damaged."""
        try:
            found = self.folder.read_as(MARKER, RunConfig)
        except NewerError:
            raise
        except DamagedError as error:
            raise DamagedError(
                f"The run {self.id} has no readable config.json: it is damaged. Delete it."
            ) from error
        if found is None:
            raise NotFoundError(f"There is no run {self.id} any more.")
        return found

    @property
    def name(self) -> str:
        """What a person called it, else the recipe in a few words."""
        given = visible((self.folder.read("name.txt") or b"").decode("utf-8", "replace"))
        return given[:MAX_NAME] or describe(self.config())

    def rename(self, name: str) -> None:
        name = visible(name)
        if not 1 <= len(name) <= MAX_NAME:
            raise RunError(f"A run's name has 1 to {MAX_NAME} characters, got {len(name)}.")
        self.folder.write("name.txt", name.encode())

    @property
    def tags(self) -> tuple[str, ...]:
        """A person's words for this run and others like it, sorted."""
        found: tuple[str, ...] = self.folder.read_or("tags.json", tuple[str, ...], ())
        return tuple(sorted({each for each in found if TAG.fullmatch(each)}))[:MAX_TAGS]

    def set_tags(self, tags: Iterable[str]) -> None:
        """Raises RunError for more than MAX_TAGS, and for one that `tag_of` does not allow."""
        found = sorted(set(map(tag_of, tags)))
        if len(found) > MAX_TAGS:
            raise RunError(f"A run has at most {MAX_TAGS} tags, got {len(found)}: remove some first.")
        self.folder.write("tags.json", json.dumps(found).encode())

    def state_without_status(self) -> State:
        if not self.folder.exists("scores.parquet"):
            return State.QUEUED
        return State.STOPPED if self.has_checkpoint() else State.FINISHED

    def last_sign(self, status: Status) -> float:  # noqa: ARG002
        return self.progress().updated

    def progress(self) -> Progress:
        """As it stands; as if nothing were done where progress.json is damaged or missing."""
        return self.folder.read_or("progress.json", Progress, Progress())

    def set_progress(self, progress: Progress) -> None:
        self.folder.write_json("progress.json", asdict(progress))

    def control(self) -> RunControl:
        """What is asked of it; nothing where control.json is damaged or missing."""
        asked = self.folder.read_or("control.json", RunControl, RunControl())
        is_possible = TrainConfig.rule("peak_learning_rate").allows(asked.peak_learning_rate)
        return asked if is_possible else replace(asked, peak_learning_rate=None)

    def request(self, action: Action | None = None, peak_learning_rate: float | None = None) -> None:
        """Asks something of the run: an action, another peak learning rate, or both.

        Raises ConfigError for a learning rate that no recipe may have.
        """
        if peak_learning_rate is not None:
            TrainConfig(peak_learning_rate=peak_learning_rate)
        present = self.control()
        rate = present.peak_learning_rate if peak_learning_rate is None else peak_learning_rate
        self.folder.write_json("control.json", asdict(RunControl(action or present.action, rate)))

    def metrics(self) -> pandas.DataFrame:
        """One row an epoch, with the fields of EpochResult; empty before the first."""
        return metrics_in(self.folder.read("metrics.csv") or b"")

    def set_metrics(self, metrics: pandas.DataFrame) -> None:
        self.folder.write("metrics.csv", metrics.to_csv(index=False).encode())

    def why_stopped(self) -> str:
        """Why it stopped by itself before its last epoch, as a sentence; "" where it did not."""
        recipe, metrics = self.config().train, self.metrics()
        if len(metrics) >= recipe.epochs:
            return ""
        return why_stopped(recipe, metrics["validation_loss"].tolist(), float(metrics["seconds"].sum()))

    def remedy(self) -> Remedy | None:
        """The learning rate that would have held where it came to nothing, if one is known."""
        found = self.folder.read_or("remedy.json", Remedy, None)
        is_possible = found and TrainConfig.rule("peak_learning_rate").allows(found.peak_learning_rate)
        return found if is_possible else None

    def set_remedy(self, remedy: Remedy) -> None:
        self.folder.write_json("remedy.json", asdict(remedy))

    def film(self) -> tuple[np.ndarray, np.ndarray]:
        """How fixed test digits formed: epochs float [F] and frames uint8 [F, n, 28, 28], n at most 10."""
        epochs, frames = self.folder.read_arrays("film.npz", "epochs", "frames")
        if frames.shape[:1] + frames.shape[2:] != (epochs.size, 28, 28):
            return np.empty(0), np.empty((0, 10, 28, 28), np.uint8)
        return epochs, frames

    def set_film(self, epochs: np.ndarray, frames: np.ndarray) -> None:
        self.folder.write_arrays("film.npz", epochs=epochs, frames=frames)

    def codes(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """How the map of a two-number code formed: epochs float [F], codes float32 [F, N, 2], labels [N].

        Empty for other codes, and for runs from before there were maps.
        """
        epochs, codes, labels = self.folder.read_arrays("codes.npz", "epochs", "codes", "labels")
        if codes.shape != (epochs.size, labels.size, 2):
            return np.empty(0), np.empty((0, 0, 2), np.float32), np.empty(0, np.uint8)
        return epochs, codes.astype(np.float32), labels

    def set_codes(self, epochs: np.ndarray, codes: np.ndarray, labels: np.ndarray) -> None:
        self.folder.write_arrays("codes.npz", epochs=epochs, codes=codes, labels=labels)

    def has_checkpoint(self) -> bool:
        """Whether there is something to go on with."""
        return self.folder.exists("checkpoint.safetensors")

    def keeps_when_stopped(self) -> bool:
        """Whether a worker has to score what it learned and save its model."""
        return self.has_checkpoint()

    def has_model(self) -> bool:
        return self.folder.exists("model.safetensors")

    def model(self) -> Network:
        """The trained model on the CPU. Raises NotReadyError before there is one, WeightsError if damaged."""
        data = self.folder.read("model.safetensors")
        if data is None:
            raise NotReadyError(f"The run {self.id} has no model yet: it is {self.state()}.")
        return load_model(data, source=f"model.safetensors of the run {self.id}")

    def scores(self) -> pandas.DataFrame:
        """The scores of the test digits, as `evaluate` gives them. Raises NotReadyError before the end."""
        table = self.folder.read_table("scores.parquet", SCORES)
        if table is None:
            raise NotReadyError(f"The run {self.id} has no scores yet: it is {self.state()}.")
        return table

    def test_error(self) -> float | None:
        """Mean score of the test digits of the classes it is trained on; None before there are scores."""
        try:
            scores, classes = self.scores(), self.config().classes
            of_them = scores[scores["label"].isin(classes)] if classes else scores
            return float(of_them["error"].astype(float).mean())
        except RunError:
            return None

    def auroc(self) -> float | None:
        """How well the error tells test digits of other classes from those of the classes it is trained on.

        None for a run on all classes, and before there are scores.
        """
        try:
            scores, classes = self.scores(), self.config().classes
            is_own, errors = scores["label"].isin(classes), scores["error"].to_numpy(float)
            return plain_auroc(errors[is_own], errors[~is_own]) if classes else None
        except (RunError, ConfigError):  # no scores, none of one kind, or some that are not finite
            return None

    def listed(self) -> Listed:
        """Raises RunError where config.json is damaged or missing."""
        status = self.status()
        about = self.name, status.caution, self.has_model(), status.state, self.tags
        return Listed(self.id, self.config(), *about)

    # -- in figures

    def facts(self, state: State) -> Facts:
        """What lists show of it; read from what the worker summed up where `state` says that it is over."""
        is_over = state in (State.FINISHED, State.STOPPED)
        summary = self.folder.read_or("summary.json", Facts, None) if is_over else None
        return summary or self.measured()

    def measured(self) -> Facts:
        """The same, anew from all its files."""
        metrics, size = self.metrics(), int(self.folder.fs.du(self.folder.path))
        if metrics.empty:
            return Facts(bytes=size, test_error=self.test_error(), auroc=self.auroc())
        best, last = metrics.loc[metrics["validation_loss"].idxmin()], metrics.iloc[-1]
        return Facts(
            epochs=int(last["number"]),
            train_loss=float(last["train_loss"]),
            validation_loss=float(last["validation_loss"]),
            best_validation_loss=float(best["validation_loss"]),
            best_epoch=int(best["number"]),
            test_error=self.test_error(),
            auroc=self.auroc(),
            seconds=float(metrics["seconds"].sum()),
            images_per_second=float(metrics["images_per_second"].median()),
            bytes=size,
        )

    def sum_up(self) -> None:
        self.folder.write_json("summary.json", asdict(self.measured()))


def metrics_in(data: bytes) -> pandas.DataFrame:
    """The table in a metrics.csv; empty where it is damaged."""
    try:
        table = pandas.read_csv(io.BytesIO(data), dtype=METRICS).rename(columns={"divergence": "kl"})
        table["kl"] = table.get("kl", 0.0)  # the first version had no variational runs, the second this name
        return table[list(METRICS)].dropna()
    except (ValueError, KeyError):  # none yet, or damaged
        return pandas.DataFrame({name: pandas.Series(dtype=kind) for name, kind in METRICS.items()})


def tag_of(text: str) -> str:
    """A person's words as a tag: small letters, dashes for spaces. Raises RunError."""
    tag = "-".join(text.lower().split())
    if not TAG.fullmatch(tag):
        raise RunError(
            f"A tag has 1 to {MAX_TAG} letters, digits, dots, dashes, plus signs and underscores, "
            f"got {visible(text)[:MAX_NAME]!r}."
        )
    return tag


def describe(config: RunConfig) -> str:
    """A run in a few words, for lists: dense-32, 25 epochs on mnist, only 3."""
    if config.origin == WEIGHTS:
        return f"{config.model.architecture}-{config.model.latent_dim}, weights brought in"
    epochs = counted(config.train.epochs, "epoch")
    only = f", {spoken_classes(config.classes, config.class_names)}" if config.classes else ""
    data = f"{spoken_name(config.dataset)}{only}"
    return f"{config.model.architecture}-{config.model.latent_dim}, {epochs} on {data}"


def spoken_classes(classes: tuple[int, ...], class_names: tuple[str, ...] = ()) -> str:
    """The classes that a model is trained on: "only 3", "only 0, 1, 2", "without 3"; "all digits" for ().

    class_names: of an own data set, () for digits.
    """
    every = range(len(class_names) or DIGIT_CLASSES)
    missing = [label for label in every if label not in classes]
    if not classes or not missing:
        return "all classes" if class_names else "all digits"
    if len(missing) == 1:
        return f"without {name_of_class(class_names, missing[0])}"
    return f"only {', '.join(name_of_class(class_names, label) for label in classes)}"
