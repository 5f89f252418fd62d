"""What a visitor keeps for the session alone: seen by nobody else, gone some time after the visitor."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from ae_core.data.own import access, importing, store
from ae_core.data.own.importing import Wanted, import_files
from ae_core.data.own.record import OwnRecord, is_of_session, spoken_name
from ae_core.data.own.store import OwnData
from ae_core.data.sources import load_digits, load_recorded
from ae_core.errors import DataError
from ae_core.scores.detector_file import cache_for
from tests.data.made_files import npz

As = Callable[[str | None], None]


@pytest.fixture(autouse=True)
def own_root(tmp_path, monkeypatch):
    monkeypatch.setenv("AE_RUNS", str(tmp_path / "runs"))


@pytest.fixture
def act_as(monkeypatch) -> As:
    """Has that visitor ask from now on; None: the machine."""

    def act_as(visitor: str | None) -> None:
        monkeypatch.setattr(access, "_asking", lambda: visitor)

    return act_as


@pytest.fixture
def bring(embedded) -> Callable[..., OwnRecord]:
    """Brings 100 digits, others for another `shift`."""

    def bring(title: str = "shoes", visitor: str = "ann", shift: int = 0) -> OwnRecord:
        images, labels = embedded.test.images[shift::10], embedded.test.labels[shift::10]
        return import_files([("a.npz", npz(images=images, labels=labels))], Wanted(title, visitor=visitor))

    return bring


@pytest.fixture
def an_hour_later(monkeypatch) -> None:
    now = time.time()
    monkeypatch.setattr(store.time, "time", lambda: now + store.SESSION_SECONDS + 1)


def test_nobody_else_sees_it_and_the_machine_does(bring, act_as):
    name = bring().name
    act_as("bob")
    assert OwnData().names() == []
    assert not OwnData().has(name)
    assert OwnData().find(bring(shift=1, visitor="bob").fingerprint).visitor == "bob"
    with pytest.raises(DataError, match="The data set shoes was kept for one session only"):
        load_digits(name)
    with pytest.raises(DataError, match="kept for one session only"):
        OwnData().delete(name)
    for asking in ("ann", None):
        act_as(asking)
        assert load_digits(name).name == name
    assert name in OwnData().names()


def test_its_name_cannot_be_guessed_and_is_nobody_elses(bring):
    first, second = bring().name, bring().name
    assert first != second
    assert is_of_session(first)
    assert not is_of_session("shoes")
    assert spoken_name(first) == "shoes of one session"
    with pytest.raises(DataError, match="cannot be called"):
        import_files([("a.npz", npz(images=np.zeros((20, 28, 28), np.uint8)))], Wanted(first))


@pytest.mark.usefixtures("an_hour_later")
def test_it_goes_an_hour_after_its_visitor_and_no_sooner(monkeypatch, bring):
    later = store.time.time
    with monkeypatch.context() as now:
        now.setattr(store.time, "time", lambda: later() - store.SESSION_SECONDS - 1)
        gone, here, learned, kept = bring(), bring(visitor="bob"), bring(shift=1), bring("kept", visitor="")
        OwnData().end_sessions()
        assert len(OwnData().names()) == 4
    OwnData().see({"bob"})
    OwnData().end_sessions(lambda record: record.fingerprint == learned.fingerprint)
    assert set(OwnData().names()) == {here.name, learned.name, kept.name}
    assert not OwnData().folder.exists(gone.name)
    with pytest.raises(DataError):  # nor is it in memory
        load_digits(gone.name)


def test_what_a_crash_has_left_goes_too(bring, request):
    name = bring().name
    OwnData().folder.child(name).remove("dataset.json")
    OwnData().end_sessions()
    assert OwnData().folder.exists(name)  # it may be about to be written
    request.getfixturevalue("an_hour_later")
    OwnData().end_sessions()
    assert not OwnData().folder.exists(name)


def test_what_is_fitted_to_its_pixels_goes_with_it(bring, embedded):
    digits = load_digits(bring().name)
    cache_for(digits).write("knn", b"pixels")
    assert OwnData().folder.exists(f"{digits.name}/detectors/knn")
    OwnData().delete(digits.name)
    assert not OwnData().folder.exists(digits.name)
    assert "detectors" in cache_for(embedded).url


def test_kept_with_a_name_it_is_everybodys_and_runs_find_it(bring, act_as):
    act_as("ann")
    record = bring()
    bring("taken", visitor="")
    with pytest.raises(DataError, match="There is a data set taken already"):
        OwnData().keep(record.name, "taken")
    assert OwnData().keep(record.name, "boots").fingerprint == record.fingerprint
    act_as("bob")
    assert OwnData().names() == ["boots", "taken"]
    assert load_recorded(record.name, record.fingerprint).name == "boots"


def test_a_visitor_has_so_many_at_most_and_all_together_too(bring, monkeypatch):
    monkeypatch.setattr(importing, "MOST_OF_VISITOR", 1)
    monkeypatch.setattr(importing, "MOST_OF_SESSIONS", 2)
    bring()
    with pytest.raises(DataError, match="Your session has 1 data sets already"):
        bring()
    bring(visitor="bob")
    with pytest.raises(DataError, match="The sessions that are open have 2"):
        bring(visitor="eve")
    bring(visitor="")
