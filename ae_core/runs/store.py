"""The run store: one folder a run, the only channel between whoever trains and whoever looks.

config.json        model, recipe, data set with its fingerprint, owner        written once: the marker
name.txt           what a person calls the run                                written by pages
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
"""

import io
import os
import re
import time
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas
import platformdirs
import torch

from ae_core.errors import DamagedError, RunError
from ae_core.jobs.record import Record
from ae_core.jobs.states import Action, State, Status
from ae_core.models.config import ModelConfig
from ae_core.models.weights import load_model
from ae_core.runs.config import Progress, Reference, RunConfig, RunControl
from ae_core.storage import Folder, new_id
from ae_core.training.config import RECIPE_VERSION, TrainConfig
from ae_core.words import counted, visible

ID_PATTERN = re.compile(r"\d{8}-\d{6}-[a-z0-9]{4}")
MAX_NAME = 60
MARKER = "config.json"
SCORES = {"label": "iu", "error": "f"}  # columns and the kinds of their numbers
METRICS = {"number": int} | dict.fromkeys(
    ("train_loss", "validation_loss", "learning_rate", "seconds", "images_per_second", "divergence"), float
)


class Run(Record):
    """One run: its files, read anew at each call, so every reader sees the present state."""

    MARKER = MARKER

    def config(self) -> RunConfig:
        """Raises RunError where config.json is damaged."""
        try:
            found = self.folder.read_as(MARKER, RunConfig)
        except DamagedError as error:
            raise DamagedError(
                f"The run {self.id} has no readable config.json: it is damaged. Delete it."
            ) from error
        if found is None:
            raise RunError(f"There is no run {self.id} any more.")
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
        data = self.folder.read("metrics.csv") or b""
        try:
            table = pandas.read_csv(io.BytesIO(data), dtype=METRICS)
            table["divergence"] = table.get("divergence", 0.0)  # runs from before there were variational ones
            return table[list(METRICS)].dropna()
        except (ValueError, KeyError):  # none yet, or damaged
            return pandas.DataFrame({name: pandas.Series(dtype=kind) for name, kind in METRICS.items()})

    def set_metrics(self, metrics: pandas.DataFrame) -> None:
        self.folder.write("metrics.csv", metrics.to_csv(index=False).encode())

    def film(self) -> tuple[np.ndarray, np.ndarray]:
        """How ten fixed test digits formed: epochs float [F] and frames uint8 [F, 10, 28, 28]."""
        epochs, frames = self.folder.read_arrays("film.npz", "epochs", "frames")
        if frames.shape != (epochs.size, 10, 28, 28):
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

    def has_model(self) -> bool:
        return self.folder.exists("model.safetensors")

    def model(self) -> torch.nn.Module:
        """The trained model on the CPU. Raises RunError before there is one, WeightsError if damaged."""
        data = self.folder.read("model.safetensors")
        if data is None:
            raise RunError(f"The run {self.id} has no model yet: it is {self.state()}.")
        return load_model(data, source=f"model.safetensors of the run {self.id}")

    def scores(self) -> pandas.DataFrame:
        """The scores of the test digits, as `evaluate` gives them. Raises RunError before the end."""
        table = self.folder.read_table("scores.parquet", SCORES)
        if table is None:
            raise RunError(f"The run {self.id} has no scores yet: it is {self.state()}.")
        return table

    def test_error(self) -> float | None:
        """Mean score of the test digits of the classes it is trained on; None before there are scores."""
        try:
            scores, classes = self.scores(), self.config().classes
            of_them = scores[scores["label"].isin(classes)] if classes else scores
            return float(of_them["error"].astype(float).mean())
        except RunError:
            return None

    def export(self) -> bytes:
        """A ZIP file of weights, metrics, scores and configuration."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in ("config.json", "metrics.csv", "model.safetensors", "scores.parquet"):
                data = self.folder.read(name)
                if data is not None:
                    archive.writestr(f"{self.id}/{name}", data)
        return buffer.getvalue()


class RunStore:
    """All runs under one root: `AE_RUNS` (a path or an fsspec address), else the user's data folder."""

    def __init__(self, root: str | Path | None = None) -> None:
        self.folder = Folder(root or default_root())

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
    ) -> Run:
        """A new run, queued.

        owner: whose cap it counts against; sweep: the sweep it belongs to; classes: the digits it is trained
        on, () for all; part: the part of an experiment that it is trained for.
        """
        now = time.time()
        run_id = new_id(now, self.folder.exists)
        run = Run(run_id, self.folder.child(run_id))  # no record before its marker, the last to be written
        if name:
            run.rename(name)
        run.set_state(State.QUEUED)
        config = {"model": model.to_dict(), "train": train.to_dict(), "dataset": dataset}
        config |= {"fingerprint": fingerprint, "created": now, "owner": owner, "sweep": sweep}
        config |= {"classes": sorted(classes), "part": part, "recipe_version": RECIPE_VERSION}
        run.folder.write_json(MARKER, config)
        return self.at(run_id)

    def at(self, run_id: str) -> Run:
        """The run that has this id, whether it is there or not."""
        return Run(run_id, Run.inside(self.folder.url, run_id))

    def get(self, run_id: str) -> Run:
        """The run called `run_id`. Raises RunError for one that is not there."""
        if ID_PATTERN.fullmatch(run_id):  # also keeps paths such as ../ out
            run = self.at(run_id)
            if run.exists():
                return run
        raise RunError(
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

    def list(self) -> "list[Run]":
        """All runs but those of sweeps and experiments, newest first; unreadable folders are left out."""
        configs = ((run, run.config()) for run in self.readable())
        return [run for run, config in configs if not (config.sweep or config.part)]

    def readable(self) -> Iterator[Run]:
        for run_id in reversed(self.folder.names()):
            if not ID_PATTERN.fullmatch(run_id):
                continue
            run = self.at(run_id)
            try:
                run.config()
            except RunError:
                continue
            yield run

    def delete(self, run_id: str) -> None:
        """Removes a run for good. Raises RunError while a worker has it."""
        run = self.get(run_id)
        if run.state() is State.RUNNING:
            raise RunError(f"The run {run_id} is running: stop it before deleting it.")
        run.folder.delete()


def default_root() -> str:
    given = os.environ.get("AE_RUNS", "").strip()
    return given or str(platformdirs.user_data_path("autoencoder-lab") / "runs")


def describe(config: RunConfig) -> str:
    """A run in a few words, for lists: dense-32, 25 epochs on mnist, only 3."""
    epochs = counted(config.train.epochs, "epoch")
    data = f"{config.dataset}, {spoken_classes(config.classes)}" if config.classes else config.dataset
    return f"{config.model.architecture}-{config.model.latent_dim}, {epochs} on {data}"


def spoken_classes(classes: tuple[int, ...]) -> str:
    """The digits that a model is trained on: "only 3", "only 0, 1, 2", "without 3"; "all digits" for ()."""
    missing = [digit for digit in range(10) if digit not in classes]
    if not classes or not missing:
        return "all digits"
    return f"without {missing[0]}" if len(missing) == 1 else f"only {', '.join(map(str, classes))}"
