"""A run as a ZIP file: for the lab, which takes it in again, and for those who have no lab.

NAME/README.md           the model card
NAME/config.json, name.txt         model, recipe, data set with its fingerprint; what a person called it
NAME/model.safetensors   weights
NAME/model.onnx          the same for other runtimes
NAME/metrics.csv, scores.parquet   a row an epoch; a row a test digit
NAME/train.py, train.ipynb         train the same without the lab
NAME/digits.npz          the digits for these, where they are not torchvision's MNIST
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ae_core.data.sources import load_recorded
from ae_core.errors import ConfigError, LabError, NotReadyError
from ae_core.models.weights import save_model
from ae_core.runs.catalogue import is_run, open_model
from ae_core.runs.exports.card import card_of
from ae_core.runs.exports.onnx_file import onnx_file
from ae_core.runs.exports.script import DIGITS_FILE, notebook_of, script_of
from ae_core.runs.run import Run
from ae_core.runs.store import RunStore

OWN_FILES = ("config.json", "name.txt", "metrics.csv", "model.safetensors", "scores.parquet")
OF_A_RUN: dict[str, Callable[[Run], bytes]] = {
    ".zip": lambda run: archive(run),
    ".py": lambda run: script_of(run).encode(),
    ".ipynb": lambda run: notebook_of(run).encode(),
    ".md": lambda run: card_of(run).encode(),
}
OF_A_MODEL = {".onnx": onnx_file, ".safetensors": save_model}
ENDINGS = (*OF_A_RUN, *OF_A_MODEL)


def exported(reference: str, ending: str, store: RunStore) -> bytes:
    """The run or model called `reference` as a file with one of ENDINGS.

    Raises ConfigError for another ending, and for one that only a run has; else as `open_model` does.
    """
    if ending not in ENDINGS:
        raise ConfigError(f"A run is exported as one of {', '.join(ENDINGS)}, got {ending[:20]!r}.")
    if ending in OF_A_MODEL:
        return OF_A_MODEL[ending](open_model(reference, store).model)
    if not is_run(reference):
        raise ConfigError(
            f"{reference} is no run, so it has no recipe here: choose {' or '.join(OF_A_MODEL)}, or a run."
        )
    return OF_A_RUN[ending](store.get(reference))


def archive(run: Run) -> bytes:
    """What is there of it: a run that is not over has no model yet."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in files_of(run):
            target.writestr(f"{run.id}/{name}", data)
    return buffer.getvalue()


def files_of(run: Run) -> Iterator[tuple[str, bytes]]:
    yield "README.md", card_of(run).encode()
    for name in OWN_FILES:
        data = run.folder.read(name)
        if data is not None:
            yield name, data
    try:
        yield "model.onnx", onnx_file(run.model())
    except NotReadyError:
        return
    yield "train.py", script_of(run).encode()
    yield "train.ipynb", notebook_of(run).encode()
    if (digits := digits_of(run)) is not None:
        yield DIGITS_FILE, digits


def digits_of(run: Run) -> bytes | None:
    """What the script trains on; None for MNIST, and where the digits are here no more."""
    config = run.config()
    if config.dataset == "mnist":
        return None
    try:
        digits = load_recorded(config.dataset, config.fingerprint)
    except LabError:
        return None
    if config.class_names and digits.fingerprint != config.fingerprint:  # of that name, but other images
        return None
    arrays: dict[str, Any] = {"train": digits.train.images, "train_labels": digits.train.labels}
    arrays |= {"validation": digits.validation.images, "validation_labels": digits.validation.labels}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()
