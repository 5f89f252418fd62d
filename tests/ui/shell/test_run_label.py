"""Labels of runs: the time first, each of them the only one."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ae_core.models.config import ModelConfig
from ae_core.training.config import TrainConfig
from ui.shell import run_label

ZONE = ZoneInfo("Asia/Tokyo")


@pytest.fixture(autouse=True)
def tokyo(monkeypatch):
    monkeypatch.setattr(run_label, "visitor_zone", lambda: ZONE)


@pytest.fixture
def make(store, monkeypatch):
    def make(made: datetime, **options):
        monkeypatch.setattr("ae_core.runs.store.time.time", made.timestamp)
        return store.create(ModelConfig(), TrainConfig(), dataset="mnist", fingerprint="f" * 16, **options)

    return make


def test_a_run_of_today_begins_with_the_visitors_time(make):
    now = datetime.now(ZONE)
    run = make(now, name="Mine")
    assert run_label.label(run.listed()) == f"{now:%H:%M:%S} · Mine · {run.id[-4:]}"


def test_an_earlier_run_begins_with_its_day(make):
    made = datetime.now(ZONE) - timedelta(days=40)
    assert run_label.label(make(made).listed()).startswith(
        f"{made:%d %b %H:%M:%S} · dense-32, 25 epochs on mnist"
    )


def test_runs_of_one_recipe_and_one_second_have_labels_of_their_own(make):
    now = datetime.now(ZONE)
    runs = [make(now) for _ in range(20)]
    assert len({run_label.label(run.listed()) for run in runs}) == len({run.id[-4:] for run in runs})


@pytest.mark.parametrize("zone", ["Nowhere/Land", "../etc", "", None])
def test_a_time_zone_that_nobody_knows_is_that_of_the_ids(monkeypatch, zone):
    monkeypatch.undo()
    monkeypatch.setattr(type(run_label.st.context), "timezone", zone)
    assert datetime.now(run_label.visitor_zone()).utcoffset() == timedelta(0)
