"""Whatever happens to a file: a value of the right type, or an error that names it. Never anything else."""

import json
import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ae_core.errors import DamagedError, LabError
from ae_core.jobs.states import Action, Control, State, Status
from ae_core.latent.tsne import ProjectionConfig, fit
from ae_core.models.config import ModelConfig
from ae_core.reading import array_in, arrays_in, json_as, table_in
from ae_core.runs.catalogue import open_model, references
from ae_core.runs.config import Progress, RunConfig
from ae_core.runs.exports.archive import archive
from ae_core.runs.store import RunStore
from ae_core.runs.trainings import Trainings
from ae_core.studies import execution
from ae_core.studies.experiment import Experiment, ExperimentConfig
from ae_core.studies.maps import ProjectionStore
from ae_core.studies.results import progress, results, summary
from ae_core.studies.store import StudyStore
from ae_core.studies.sweep import Sweep, SweepConfig
from ae_core.studies.sweep_results import sweep_table
from ae_core.training.config import TrainConfig

NET, RECIPE = ModelConfig(latent_dim=2, hidden=(16,)), TrainConfig(epochs=1, batch_size=256, precision="fp32")
CODES = np.zeros((60, 2), np.float32)
KINDS = (
    "config.json",
    "status.json",
    "progress.json",
    "control.json",
    "metrics.csv",
    "film.npz",
    "codes.npz",
    "model.safetensors",
    "scores.parquet",
    "studies/*.sweep.json",
    "studies/*.experiment.json",
    "studies/parts/*/part.json",
    "studies/parts/*/status.json",
    "studies/parts/*/control.json",
    "studies/parts/*/run.json",
    "studies/parts/*/result.json",
    "studies/parts/*/scores.parquet",
    "studies/parts/*/calibration.parquet",
    "trainings/*.json",
    "studies/uploads/*.npy",
    "projections/asked/request.json",
    "projections/asked/codes.npz",
    "projections/asked/status.json",
    "projections/asked/control.json",
    "projections/asked/progress.json",
    "projections/asked/checkpoint.npz",
    "projections/finished/map.npz",
)
VALUES = (
    None,
    True,
    -1,
    3.5,
    10**400,
    float("nan"),
    float("inf"),
    "text",
    "",
    [],
    [[1, 2, 3]],
    {},
    {"a": {}},
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Path:
    """A store with a record of each kind, made by the lab itself."""
    store = RunStore(tmp_path_factory.mktemp("filled") / "runs")
    studies = StudyStore(store)
    sweep = studies.create(SweepConfig((2,), ("dense",), (0,), NET, RECIPE, "embedded"))
    carried_out(studies, sweep)
    runs = [record.run() for _, record in studies.records(sweep)]
    runs[0].request(Action.PAUSE, 1e-3)
    own = store.create(NET, RECIPE, dataset="embedded", fingerprint=sweep.fingerprint)
    for name in runs[0].folder.names():
        if name not in ("config.json", "checkpoint.safetensors"):
            own.folder.write(name, runs[0].folder.read(name))
    images = np.random.default_rng(0).integers(0, 255, (20, 28, 28), np.uint8)
    for asked in (
        ExperimentConfig.of(
            "foreign", dataset="embedded", scores=("mse",), images=20, sources=("upload",),
            upload=studies.uploads.keep(images),
        ),
        ExperimentConfig.of(
            "held-out", dataset="embedded", scores=("mse",), digits=(1,), model=NET, train=RECIPE
        ),
    ):  # fmt: skip
        carried_out(studies, studies.create(asked))
    maps = ProjectionStore(store)
    maps.get("asked").ask(CODES, ProjectionConfig())
    step = next(fit(np.eye(len(CODES), 2, dtype=np.float32), ProjectionConfig(perplexity=5)))
    maps.get("asked").reach(step, ProjectionConfig(), 1.0, checkpoint=True)
    maps.get("asked").request(Action.PAUSE)
    maps.get("finished").ask(CODES, ProjectionConfig())
    maps.get("finished").finish(CODES)
    return Path(store.folder.path)


def carried_out(studies, study):
    for part, record in studies.records(study):
        record.ensure(part)
        record.request(Action.RUN)
        execution.carry_out(record, "me", device="cpu")


@pytest.fixture(scope="module")
def scratch(filled) -> Path:
    return Path(shutil.copytree(filled, filled.parent / "scratch"))


def every_reader(root: Path) -> list[Callable]:
    """All that reads what is on file, each of which may raise a LabError."""
    store = RunStore(root)
    studies, trainings, maps = StudyStore(store), Trainings(store), ProjectionStore(store)
    readers = [store.list, lambda: references(store.listed(), has_mnist=False), studies.unknown]
    readers += [lambda: [each.parts for each in studies.all()]]
    readers += [lambda name=name: trainings.find(name[:-5]) for name in trainings.folder.names()]
    for run_id in filter(lambda name: name[0] == "2", store.folder.names()):
        run = store.at(run_id)
        readers += [
            *(run.config, run.state, run.message, run.caution, run.status_time, run.progress, run.control),
            *(run.metrics, run.film, run.codes, run.model, run.scores, run.test_error),
            lambda run=run: archive(run),
            lambda run=run: (run.name, run.config(), run.state()),
            lambda run=run: open_model(run.id, store),
            lambda run=run: run.request(Action.STOP),
        ]
    for sweep in studies.list(Sweep):
        readers += [lambda sweep=sweep: sweep_table(studies, sweep)]
    for experiment in studies.list(Experiment):
        readers += [
            lambda each=experiment: progress(studies, each),
            lambda each=experiment: summary(results(studies, each)),
            lambda each=experiment: each.config.upload and studies.uploads.get(each.config.upload),
        ]
    for study in studies.all():
        for _, record in studies.records(study):
            readers += [record.part, record.state, record.share, record.message, record.asked, record.run]
            readers += [record.result, record.scores, record.calibration]
    for key in ("asked", "finished"):
        found = maps.get(key)
        readers += [found.places, found.asked_by, found.exists, found.status, found.state, found.control]
        readers += [found.progress, lambda found=found: found.checkpoint(len(CODES))]
        readers += [lambda found=found: found.read_array("codes.npz")]
    return readers


def attempt(reader: Callable) -> object:
    """What it gives, None where it refuses in words; anything else fails the test."""
    with suppress(LabError):
        return reader()


def test_a_whole_store_is_read_without_a_refusal(filled):
    refusals = []
    for reader in every_reader(filled):
        try:
            reader()
        except LabError as error:
            refusals.append(str(error))
    expected = ("no model yet", "missing or damaged", "no scores yet")
    expected += ("parquet yet: it is finished",)  # of a sweep, whose parts have none
    assert not [each for each in refusals if not any(part in each for part in expected)]
    assert len(KINDS) == len([each for each in KINDS if list(files_of(filled, each))])


def files_of(root: Path, kind: str) -> list[Path]:
    return sorted(root.glob(kind if "/" in kind else f"2*/{kind}"))


def damaged(data: bytes, name: str, chance: random.Random) -> bytes:
    """Cut off, with bits flipped, emptied, or, if JSON, with another value somewhere."""
    way = chance.choice(["cut", "bits", "other", *(["value"] * 6 if name.endswith("json") else [])])
    if way == "value":
        values = json.loads(data)
        at, key = values, None
        while True:
            keys = list(at) if isinstance(at, dict) else list(range(len(at)))
            if not keys:
                return json.dumps(chance.choice(VALUES)).encode()
            key = chance.choice(keys)
            if not isinstance(at[key], dict | list) or chance.random() < 0.4:
                break
            at = at[key]
        if chance.random() < 0.2:
            del at[key]
        else:
            at[key] = chance.choice(VALUES)
        return json.dumps(values).encode()
    if way == "cut":
        return data[: chance.randrange(len(data))]
    if way == "other":
        return chance.choice(
            [b"", b"null", b"[]", b"{}", b"\xff\xfe", b"[" * 10_000, b"PK\x03\x04", b"\x93NUMPY"]
        )
    changed = bytearray(data)
    for _ in range(chance.choice([1, 3, 30])):
        changed[chance.randrange(min(len(data), chance.choice([64, 400, len(data)])))] ^= (
            1 << chance.randrange(8)
        )
    return bytes(changed)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_told_of_in_words(filled, scratch, kind):
    names = files_of(filled, kind)
    for seed in range(6):
        chance = random.Random(f"{kind} {seed}")
        original = chance.choice(names)
        place = scratch / original.relative_to(filled)
        place.write_bytes(damaged(original.read_bytes(), place.name, chance))
        try:
            for reader in every_reader(scratch):
                attempt(reader)
        finally:
            place.write_bytes(original.read_bytes())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = ["state", "message", "share", "updated", "epoch", "curve", "remaining_seconds", "action"]


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(NAMES), JSON | st.sampled_from([*State, *Action])) | JSON)
@pytest.mark.parametrize("kind", [Status, Progress, Control])
def test_any_json_is_a_record_or_damage(kind, values):
    with suppress(DamagedError):
        assert isinstance(json_as(json.dumps(values).encode(), kind, "status.json"), kind)


@settings(max_examples=200)
@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda data: b"\x93NUMPY\x01\x00" + data))
def test_any_bytes_are_an_array_or_damage(data):
    for read in (
        lambda: array_in(data, "a"),
        lambda: arrays_in(data, ("a",), "a"),
        lambda: table_in(data, {}, "a"),
    ):
        with suppress(DamagedError):
            read()


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"state": "unheard of"}, "state"),
        ({"updated": {}}, "updated"),
        ({"share": "0.5"}, "share"),
        ({"message": None}, "message"),
        ({"state": "queued", "later": 1}, "written by a newer version of the lab .it has later."),
        ([], "object"),
    ],
)
def test_the_message_names_the_file_and_the_field(values, complaint):
    with pytest.raises(DamagedError, match=complaint) as error:
        json_as(json.dumps(values).encode(), Status, "run/status.json")
    assert "run/status.json" in str(error.value)


def test_a_field_left_out_has_its_default_and_an_inner_unknown_one_is_damage():
    assert json_as(b'{"epoch": 3}', Progress, "a") == Progress(epoch=3)
    stored = {
        "model": {"latent_dim": 2, "later": 1},
        "train": {},
        "dataset": "",
        "fingerprint": "",
        "created": 0,
    }
    with pytest.raises(DamagedError, match="later"):
        json_as(json.dumps(stored).encode(), RunConfig, "config.json")
