"""What lists and live views cost where there are many runs: the Train page, and one refresh of a live view.

Makes a store of so many finished runs of one short training, then draws the Train page as the server does,
without a browser. Cold: a server that has just been started reads the index beside the runs; without one, and
the first time with every run's figures, it reads every run.
"""

import logging
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated
from unittest import mock

import typer
from streamlit.testing.v1 import AppTest

from ae_core.jobs.states import State
from ae_core.models.config import ModelConfig
from ae_core.runs.execution import execute
from ae_core.runs.overview import Overview
from ae_core.runs.run import Run
from ae_core.runs.store import RunStore
from ae_core.storage import Folder, new_id
from ae_core.training.config import TrainConfig
from benchmarks.report import AsJson, Target, report
from tools.lab_server import PROJECT
from ui.shell import browser, cached
from ui.train import live

PAGES = 5  # drawings, of which the median counts
REFRESHES = 20
TARGETS = {
    "list_cold_ms": Target(high=1000),
    "list_cold_processor_ms": Target(high=1000),
    "page_ms": Target(high=300),
    "lists_kb": Target(high=100),
    "refresh_reads_of_other_runs": Target(high=0),
    "viewer_percent": Target(high=4),
}


def filled(root: Path, count: int) -> RunStore:
    """A store with so many copies of one run, each with an id of its own."""
    store = RunStore(root)
    model = ModelConfig(latent_dim=2, hidden=(16,))
    recipe = TrainConfig(epochs=1)
    digits = cached.digits("embedded")
    run = store.create(model, recipe, dataset="embedded", fingerprint=digits.fingerprint)
    assert execute(run, device="cpu") is State.FINISHED
    taken = {run.id}
    for second in range(count - 1):
        copy = new_id(time.time() - 60 * (second + 1), taken.__contains__)
        taken.add(copy)
        shutil.copytree(run.folder.path, root / copy)
    return store


def milliseconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - began)


def lists_kb(lab: AppTest) -> float:
    """What the fields with a list of choices send of the page, all of them together."""
    fields = (*lab.selectbox, *lab.multiselect)
    assert {"Model in view", "Run in view"} <= {each.label for each in fields}
    return sum(each.proto.ByteSize() for each in fields) / 1000


def reads_of_others(run: Run, act: Callable[[], object]) -> int:
    """How many files of other runs `act` reads."""
    read, real = [], Folder.read

    def watched(folder: Folder, name: str) -> bytes | None:
        read.append(folder.path)
        return real(folder, name)

    with mock.patch.object(Folder, "read", watched):
        act()
    return sum(run.id not in path for path in read)


def refresh(run: Run) -> None:
    """One of the live view."""
    live.watch(run, run.state(), {}, 0.4)


def live_view(run_id: str) -> None:
    """A page with nothing but the part that refreshes itself."""
    from ui.shell import cached
    from ui.train import live

    run = cached.store().get(run_id)
    live.watch(run, run.state(), {}, 0.4)


def bare_page(run_id: str) -> None:
    import streamlit as st

    st.write(run_id)


def viewer_percent(run: Run) -> float:
    """Of a core, that one viewer of a run costs the server: what its refreshes take over an empty page's."""
    seconds = {}
    for page in (bare_page, live_view):
        lab = AppTest.from_function(page, args=(run.id,))
        lab.run()
        assert not lab.exception, lab.exception
        began = time.process_time()
        for _ in range(REFRESHES):
            lab.run()
        seconds[page] = (time.process_time() - began) / REFRESHES
    return 100 * (seconds[live_view] - seconds[bare_page]) / live.REFRESH_SECONDS


def main(
    count: Annotated[int, typer.Option(min=2, help="Runs in the store.")] = 10_000,
    as_json: AsJson = False,
) -> None:
    """Makes the runs and measures; a minute or two for 10,000. viewer_percent is of a run of one epoch."""
    logging.disable(logging.WARNING)  # Streamlit misses a session where a test draws
    with tempfile.TemporaryDirectory() as folder:
        store = filled(Path(folder) / "runs", count)
        with (
            mock.patch.object(cached, "store", return_value=store),
            mock.patch("ae_core.runs.service.TrainingService.warm_up"),
        ):
            unknown = milliseconds(lambda: Overview(store).rows(store.listed(), seconds=3600))
            started = RunStore(store.folder.url)
            before = time.process_time()
            cold = milliseconds(started.listed)
            cold_cpu = 1000 * (time.process_time() - before)
            figures_cold = milliseconds(lambda: Overview(started).rows(started.listed()))
            again = statistics.median(milliseconds(store.listed) for _ in range(PAGES))
            newest = store.list()[0]
            lab = AppTest.from_file(str(PROJECT / "ui" / "shell" / "lab.py"), default_timeout=120)
            lab.session_state[browser.READY] = True  # as a browser says
            lab.query_params["run"] = newest.id
            lab.switch_page("../../pages/train.py")
            first = milliseconds(lab.run)
            assert not lab.exception, lab.exception
            page = statistics.median(milliseconds(lab.run) for _ in range(PAGES))
            figures = {
                "runs": count,
                "list_without_index_ms": unknown,
                "list_cold_ms": cold,
                "list_cold_processor_ms": cold_cpu,
                "list_figures_cold_ms": figures_cold,
                "list_ms": again,
                "page_first_ms": first,
                "page_ms": page,
                "lists_kb": lists_kb(lab),
                "refresh_reads_of_other_runs": reads_of_others(newest, lambda: refresh(newest)),
                "viewer_percent": viewer_percent(newest),
            }
    report(figures, TARGETS, as_json)


if __name__ == "__main__":
    typer.run(main)
