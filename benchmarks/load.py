"""How a class of learners is served: times of reruns, errors, processor and memory, the queue of trainings.

Each learner (benchmarks/learner.py) is a tab on Streamlit's own websocket (benchmarks/tab.py). In turn, with
pauses between, it opens a page, moves a slider or another control, or draws; a small share starts a short
training first, of a seed that nobody else has, on the embedded digits. Parts of a page that refresh
themselves do so meanwhile. A rerun is timed from the message that asks for it to the one that says that the
script has finished. An exception on the page, no end within a minute and a lost connection are errors.

Each number of learners meets a server of its own, with an empty run store. First they open Home, a few at a
time, and rest: what memory has grown by is that of idle sessions. Then all pages are opened twice, for the
server to have at hand what it keeps, and the learners act. They choose no other model and no other score:
what those cost at first is another measurement. With several server processes (`--processes 1,2` measures one
and two in turn) memory is that of all of them, and "front" is what shares the learners out. The learners need
the processor too; "generator" says how much of it, in cores.
"""

import asyncio
import contextlib
import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import psutil
import typer

from ae_core.data.sources import data_status
from ae_core.jobs.states import State
from ae_core.runs.store import RunStore
from benchmarks.learner import PAGES, Findings, Learner, a_training, drawings
from benchmarks.report import AsJson, Target, report
from benchmarks.tab import LOST, Rerun, Tab, opened
from tools.lab_server import LabServer

MODEL = "model=zoo%3Adense-32"
TRAINERS_QUERY = f"data=embedded&{MODEL}"
ARRIVING = 4  # learners that open Home at the same time, before the load
SETTLING = 8  # seconds of rest before memory is read
TWO_MINUTES = 120  # in seconds: after these memory should grow no more
LOOKING = 0.25  # seconds between two looks at memory and queue


@dataclass(frozen=True)
class Plan:
    """What is the same for each number of learners."""

    seconds: float
    pause: float
    trainers: float
    seed: int
    query: str  # of everybody but those who train
    drawings: list[str]


# -- the server's side


@dataclass
class Watched:
    """What the server was like while the learners acted. memory: in MB, at each look."""

    memory: list[float] = field(default_factory=list)
    memory_at_two_minutes: float | None = None
    waits: dict[str, float] = field(default_factory=dict)  # run -> seconds until a worker took it

    def growth(self) -> dict[str, float]:
        """Since two minutes after the beginning, where it was that long ago."""
        if self.memory_at_two_minutes is None:
            return {}
        grown = self.memory[-1] - self.memory_at_two_minutes
        return {"mb_at_two_minutes": self.memory_at_two_minutes, "mb_grown_since": grown}

    async def look(self, servers: list[psutil.Process], runs: RunStore) -> None:
        """Until it is cancelled."""
        began = time.monotonic()
        while True:
            self.memory.append(megabytes(servers))
            if self.memory_at_two_minutes is None and time.monotonic() - began >= TWO_MINUTES:
                self.memory_at_two_minutes = self.memory[-1]
            for run in runs.list():
                if run.id not in self.waits and run.state() is not State.QUEUED:
                    self.waits[run.id] = time.time() - run.config().created
            await asyncio.sleep(LOOKING)


def megabytes(processes: Iterable[psutil.Process]) -> float:
    return over(processes, lambda each: each.memory_info().rss) / 2**20


def processor_seconds(processes: Iterable[psutil.Process]) -> float:
    return over(processes, lambda each: sum(each.cpu_times()[:2]))


def over(processes: Iterable[psutil.Process], ask: Callable[[psutil.Process], float]) -> float:
    """The sum; a process that has ended counts nothing."""
    total = 0.0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            total += ask(process)
    return total


# -- the learners' side


async def arrivals(url: str, queries: list[str], findings: Findings) -> list[Tab]:
    """A tab for each query, with Home open; those that do not come so far are errors."""
    few = asyncio.Semaphore(ARRIVING)

    async def arrive(query: str) -> Tab | None:
        async with few:
            try:
                tab = await opened(url, query)
                findings.complain(await tab.arrive())
            except LOST as error:
                findings.lose("arrival", error)
                return None
            return tab

    return [tab for tab in await asyncio.gather(*map(arrive, queries)) if tab]


async def look_round(scouts: list[Tab], findings: Findings) -> None:
    """Opens each page, for what the server then keeps in memory to be there, and leaves."""
    for tab in scouts:
        for page in PAGES[1:]:
            findings.complain(await tab.open(page))
        await tab.socket.close()


async def at_rest(servers: list[psutil.Process]) -> float:
    """Their memory in MB when nobody has acted for a while."""
    await asyncio.sleep(SETTLING)
    return megabytes(servers)


async def serve(lab: LabServer, runs: RunStore, count: int, plan: Plan) -> dict[str, Any]:
    """Lets so many learners come, rest and act; the figures of it."""
    servers, findings = lab.servers(), Findings()
    trainers = max(1, round(count * plan.trainers)) if plan.trainers else 0
    scouting = [plan.query] * len(servers) + [TRAINERS_QUERY] * len(servers)
    scouts = await arrivals(lab.url, scouting, findings)
    before = await at_rest(servers)  # of Home alone: other pages leave free memory that sessions would fill
    queries = [TRAINERS_QUERY] * trainers + [plan.query] * (count - trainers)
    tabs = await arrivals(lab.url, queries, findings)
    idle = (await at_rest(servers) - before) / count
    await look_round(scouts, findings)
    learners = [
        Learner(tab, random.Random(f"{plan.seed} {number}"), findings, plan.drawings)
        for number, tab in enumerate(tabs)
    ]
    for number, learner in enumerate(learners[:trainers], start=1):
        learner.steps = a_training(1000 * plan.seed + number)
    figures = await let_act(learners, lab, runs, plan)
    for learner in learners:
        await learner.tab.socket.close()
    return of_reruns(findings) | {"idle_session_mb": idle} | figures


async def let_act(learners: list[Learner], lab: LabServer, runs: RunStore, plan: Plan) -> dict[str, Any]:
    """What is asked for is finished, however long that takes."""
    assert lab.process is not None
    parts = {"server": lab.servers(), "workers": lab.others(), "generator": [psutil.Process()]}
    if lab.processes > 1:
        parts["front"] = [psutil.Process(lab.process.pid)]
    before = {name: processor_seconds(part) for name, part in parts.items()}
    watched, began = Watched(), time.monotonic()
    looking = asyncio.create_task(watched.look(parts["server"], runs))
    await asyncio.gather(*(each.stay(began + plan.seconds, plan.pause) for each in learners))
    took = time.monotonic() - began
    looking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await looking
    return {
        "mb_at_a_third": watched.memory[len(watched.memory) // 3],
        "mb_at_the_end": watched.memory[-1],
        **watched.growth(),
        "workers_mb": megabytes(parts["workers"]),
        "cores": {name: (processor_seconds(part) - before[name]) / took for name, part in parts.items()},
        "seconds": took,
        **of_queue(list(watched.waits.values())),
    }


# -- figures


def of_reruns(findings: Findings) -> dict[str, Any]:
    reruns = findings.reruns
    overall = percentiles(reruns)
    changed = {act: statistics.mean(each.changed > 0 for each in of) for act, of in grouped(reruns, "act")}
    return {
        "rerun_p95_ms": overall.get("p95"),
        "rerun_ms": overall,
        "page_ms": {page: percentiles(of) for page, of in grouped(reruns, "page")},
        "act_ms": {act: percentiles(of) for act, of in grouped(reruns, "act")},
        "acts_that_changed_the_page": changed,
        "errors": findings.errors.total(),
        "errors_named": dict(findings.errors.most_common(10)),
        "trainings_asked": sum(each.act == "start" for each in reruns),
    }


def grouped(reruns: list[Rerun], what: str) -> list[tuple[str, list[Rerun]]]:
    names = sorted({getattr(each, what) for each in reruns})
    return [(name, [each for each in reruns if getattr(each, what) == name]) for name in names]


def percentiles(reruns: list[Rerun]) -> dict[str, int]:
    """Of their times in ms, beside how many there are."""
    times = [each.milliseconds for each in reruns]
    shares = (50, 95, 99) if times else ()
    return {"n": len(times), **{f"p{each}": round(float(np.percentile(times, each))) for each in shares}}


def of_queue(waits: list[float]) -> dict[str, Any]:
    """Of the runs that a worker took; the longest wait over the median tells how fair the queue is."""
    if not waits:
        return {"trainings_begun": 0}
    median = statistics.median(waits)
    return {
        "trainings_begun": len(waits),
        "wait_seconds": median,
        "longest_over_median_wait": max(waits) / median,
    }


def counts(text: str) -> list[int]:
    try:
        found = [int(part) for part in text.split(",")]
    except ValueError:
        found = []
    if not found or min(found) < 1:
        raise typer.BadParameter(f"numbers between commas, such as 10,50,100; got {text!r}.")
    return found


def label(count: int, processes: int) -> str:
    """Of a measurement; one server process is what there is unless it is said."""
    return f"{count}" if processes == 1 else f"{count}_on_{processes}_processes"


def over_one(figures: dict[str, Any], numbers: list[int], many: list[int]) -> dict[str, float]:
    """The 95th percentile with several processes over that with one, where both were measured."""
    ratios = {}
    for count in numbers:
        alone = figures.get(f"rerun_p95_ms_at_{count}")
        for processes in many:
            with_many = figures.get(f"rerun_p95_ms_at_{label(count, processes)}")
            if processes > 1 and alone and with_many:
                ratios[f"rerun_p95_over_one_process_at_{label(count, processes)}"] = with_many / alone
    return ratios


def targets(labels: list[str]) -> dict[str, Target]:
    """Memory is judged where most have come: with few, the server's own breathing is larger."""
    speed = {f"rerun_p95_ms_at_{each}": Target(high=1500) for each in labels if each.startswith("100")}
    errors = {f"errors_at_{each}": Target(high=0) for each in labels}
    most = max(labels, key=lambda each: int(each.partition("_")[0]))
    return speed | errors | {f"idle_session_mb_at_{most}": Target(high=3)}


def main(
    learners: Annotated[
        str, typer.Option(help="How many at a time, each number a measurement.")
    ] = "10,50,100",
    seconds: Annotated[float, typer.Option(min=5, help="How long they act.")] = 60,
    processes: Annotated[
        str, typer.Option(help="Server processes behind one address; with 1,2 all is measured with each.")
    ] = "1",
    pause: Annotated[float, typer.Option(min=0.1, help="Seconds between a learner's acts, on average.")] = 8,
    trainers: Annotated[float, typer.Option(min=0, max=1, help="Share that starts a training.")] = 0.1,
    seed: Annotated[int, typer.Option(min=0, help="Of what they do, and when.")] = 0,
    as_json: AsJson = False,
) -> None:
    """On full MNIST if it is there; for each number the seconds, and half a minute or more besides."""
    numbers, many = counts(learners), counts(processes)
    dataset = "mnist" if data_status()["mnist"] else "embedded"
    plan = Plan(seconds, pause, trainers, seed, f"data={dataset}&{MODEL}", drawings())
    figures: dict[str, Any] = {"dataset": dataset}
    for count, of in itertools.product(numbers, many):
        with tempfile.TemporaryDirectory() as folder:
            lab = LabServer(Path(folder) / "runs", processes=of)
            lab.environment["STREAMLIT_CLIENT_SHOW_ERROR_DETAILS"] = "full"  # for errors to be named
            with lab:
                found = asyncio.run(serve(lab, RunStore(Path(folder) / "runs"), count, plan))
        figures |= {f"{name}_at_{label(count, of)}": figure for name, figure in found.items()}
    labels = [label(count, of) for count, of in itertools.product(numbers, many)]
    report(figures | over_one(figures, numbers, many), targets(labels), as_json)


if __name__ == "__main__":
    typer.run(main)
