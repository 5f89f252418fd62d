"""Files brought in as runs: a ZIP that a lab has exported, or weights as safetensors.

Nothing of a file is believed: names lead nowhere, limits are on what is read and not on what a header says,
weights must fit their configuration, and what can be measured here is measured anew.
"""

import io
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from safetensors import SafetensorError

from ae_core.data.sources import load_digits, load_recorded
from ae_core.errors import ArchiveError, DamagedError, LabError, WeightsError
from ae_core.models.network import Network
from ae_core.models.weights import MAX_BYTES, load_model, read_metadata, read_tensors, save_model
from ae_core.reading import json_as, table_in
from ae_core.runs.config import ARCHIVE, WEIGHTS, RunConfig
from ae_core.runs.exports.state_dict import HOW, network_of
from ae_core.runs.run import SCORES, Run, metrics_in
from ae_core.runs.store import RunStore
from ae_core.scores.known import evaluation
from ae_core.training.config import TrainConfig
from ae_core.training.learned import nothing_learned

MOST_FILES = 64
# The files that are read, each with the most bytes that it may have; all others are left alone.
LIMITS = {
    "config.json": 2**20,
    "name.txt": 2**12,
    "metrics.csv": 2**20,
    "model.safetensors": MAX_BYTES,
    "scores.parquet": 2**24,
}
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    EOFError,
    RuntimeError,
    OSError,
    ValueError,
)


def import_file(
    data: bytes,
    store: RunStore,
    *,
    name: str = "",
    dataset: str = "auto",
    activation: str = "relu",
    owner: str = "",
) -> Run:
    """The file as a finished run of the store.

    dataset: what weights without a run are measured on; activation: theirs, which no file tells. Raises
    ArchiveError and WeightsError for what cannot be taken in, DamagedError for a damaged part of it.
    """
    if len(data) > MAX_BYTES:
        raise ArchiveError(f"The file has {len(data):,} bytes; at most {MAX_BYTES:,} are taken in.")
    if data[:2] == b"PK":
        return import_archive(data, store, name=name, owner=owner)
    return import_weights(data, store, name=name, dataset=dataset, activation=activation, owner=owner)


# -- a ZIP file of a run


def import_archive(data: bytes, store: RunStore, *, name: str = "", owner: str = "") -> Run:
    files = files_in(data)
    config = json_as(files["config.json"], RunConfig, "config.json in the ZIP file")
    model = load_model(files["model.safetensors"], "model.safetensors in the ZIP file")
    if model.config != config.model:
        raise ArchiveError("The ZIP file's config.json and its weights describe different networks.")
    config = replace(config, created=time.time(), owner=owner, sweep="", part="", origin=ARCHIVE)
    kept = {"model.safetensors": save_model(model)}
    metrics = metrics_in(files.get("metrics.csv", b""))
    if len(metrics):
        if metrics["number"].tolist() != list(range(1, len(metrics) + 1)):
            raise DamagedError("metrics.csv in the ZIP file does not count its epochs from 1 on.")
        kept["metrics.csv"] = metrics.to_csv(index=False).encode()
    kept["scores.parquet"], caution = measured(model, config, files.get("scores.parquet"))
    given = files.get("name.txt", b"").decode("utf-8", "replace")
    return store.add(config, kept, name or given, caution)


def files_in(data: bytes) -> dict[str, bytes]:
    """The files of LIMITS in a ZIP file, by name. Raises ArchiveError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = {name: read(archive, info) for name, info in wanted(archive)}
    except UNREADABLE as error:
        if isinstance(error, LabError):
            raise
        raise ArchiveError(f"The ZIP file is damaged or cut off ({error}): export it again.") from error
    if missing := {"config.json", "model.safetensors"} - found.keys():
        raise ArchiveError(
            f"The ZIP file has no {' and no '.join(sorted(missing))}: it is not the export of a run that has "
            "a model. Export a finished run."
        )
    return found


def wanted(archive: zipfile.ZipFile) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """Raises ArchiveError for too many files, for names that lead outside, and for two of one name."""
    entries, seen = archive.infolist(), set()
    if len(entries) > MOST_FILES:
        raise ArchiveError(f"The ZIP file holds {len(entries):,} files; the export of a run has a dozen.")
    for info in entries:
        path = PurePosixPath(info.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in info.filename or ":" in info.filename:
            raise ArchiveError(
                f"The ZIP file holds the name {info.filename[:80]!r}, which leads outside of it."
            )
        if path.name == "data.pkl":
            raise ArchiveError(
                f"This is a file of torch.save, which may run any program. Save {HOW} instead."
            )
        if path.name not in LIMITS or path.parts[0] == "__MACOSX" or info.is_dir():
            continue
        if path.name in seen:
            raise ArchiveError(f"The ZIP file holds {path.name} twice: one run at a time can be taken in.")
        seen.add(path.name)
        yield path.name, info


def read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    name = PurePosixPath(info.filename).name
    if info.flag_bits & 1:
        raise ArchiveError("The ZIP file is encrypted: pack it without a password.")
    with archive.open(info) as file:
        data = file.read(LIMITS[name] + 1)
    if len(data) > LIMITS[name]:
        raise ArchiveError(f"{name} in the ZIP file has more than the {LIMITS[name]:,} bytes allowed.")
    return data


def measured(model: Network, config: RunConfig, given: bytes | None) -> tuple[bytes, str]:
    """Scores of the test digits, and a caution where it has learned nothing: anew where the data set is here;
    else the scores that the file has, checked.
    """
    caution = ""
    try:
        digits = load_recorded(config.dataset, config.fingerprint)
        is_here = digits.fingerprint == config.fingerprint
    except LabError:
        is_here = False
    if is_here:
        table = evaluation(model, digits)
        caution = nothing_learned(model, digits.only(config.classes), config.classes, table)
    elif given is None:
        raise ArchiveError(
            f"The ZIP file has no scores, and its data set {config.dataset[:60]!r} is not here to measure."
        )
    else:
        table = table_in(given, SCORES, "scores.parquet in the ZIP file")
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue(), caution


# -- weights alone


def import_weights(
    data: bytes, store: RunStore, *, name: str, dataset: str, activation: str, owner: str
) -> Run:
    """Weights of the lab's own, or a state dict of a fully connected autoencoder, see `state_dict.py`."""
    model = model_in(data, activation)
    digits = load_digits(dataset)
    config = RunConfig(
        model.config,
        TrainConfig(),
        digits.name,
        digits.fingerprint,
        created=time.time(),
        owner=owner,
        class_names=digits.class_names,
        origin=WEIGHTS,
    )
    scores, caution = measured(model, config, None)
    kept = {"model.safetensors": save_model(model), "scores.parquet": scores}
    return store.add(config, kept, name, caution)


def model_in(data: bytes, activation: str) -> Network:
    """Raises WeightsError."""
    try:
        is_own = "model" in (read_metadata(data) or {})
        tensors = {} if is_own else read_tensors(data)
    except (SafetensorError, ValueError, AttributeError, RecursionError) as error:
        raise WeightsError(
            f"This is neither a ZIP file of the lab nor readable safetensors. Save weights by {HOW}."
        ) from error
    return load_model(data, "The file") if is_own else network_of(tensors, activation)
