"""What is on file of a part: a folder like a run's, shared by all experiments that contain the part.

part.json           what it is (`Part`)                         the marker: written when it is first wanted
control.json        what a person asks of it                                written by pages
status.json         state, message, heartbeat and who has it                written by the worker
run.json            the run that trains its model, if it trains one         written by the worker
scores.parquet      one row an image: index, label, is_anomaly, and a column a score (float32)
calibration.parquet scores of held-out normal digits, each column sorted by itself: from these come p-values
result.json         measures of every score, written last: with it the part is finished
"""

import io
import time
from dataclasses import asdict
from typing import Any

import pandas

from ae_core.errors import RunError
from ae_core.jobs.states import HEARTBEAT_SECONDS, Action, Control, State, Status
from ae_core.runs.store import Run, RunStore
from ae_core.storage import RecordFolder
from ae_core.studies.measuring import Result
from ae_core.studies.parts import Part

MARKER = "part.json"


class PartRecord:
    """The files of one part, read anew at each call."""

    def __init__(self, key: str, folder: RecordFolder, runs: RunStore) -> None:
        self.key = key
        self.folder = folder
        self.runs = runs

    def part(self) -> Part:
        """Raises RunError where part.json is missing or damaged."""
        part = self.folder.read_as(MARKER, Part)
        if part is None:
            raise RunError(f"There is no part {self.key} of an experiment any more.")
        return part

    def exists(self) -> bool:
        return self.folder.exists(MARKER)

    def ensure(self, part: Part) -> None:
        if not self.exists():
            self.folder.write_json(MARKER, asdict(part))

    # -- state

    def state(self, now: float | None = None) -> State:
        """FINISHED where there is a result, else what was written; INTERRUPTED if running but silent."""
        if self.result() is not None:
            return State.FINISHED
        written = self.status().state
        if written is State.FINISHED:  # and its result was damaged or taken away
            return State.QUEUED
        if written is State.RUNNING and self.silence(now) > HEARTBEAT_SECONDS:
            return State.INTERRUPTED
        return written

    def status(self) -> Status:
        """What was written; that it waits where status.json is damaged or missing."""
        return self.folder.read_or("status.json", Status, Status(State.QUEUED))

    def silence(self, now: float | None = None) -> float:
        """Seconds since the state was last written."""
        return (time.time() if now is None else now) - self.status().updated

    def message(self) -> str:
        return self.status().message

    def share(self) -> float:
        """How much of it is done, 0 to 1: of the training first, then of the fitting of scores."""
        return self.status().share

    def set_state(self, state: State, message: str = "", by: str = "", share: float = 0.0) -> None:
        """by: a name for whoever carries it out, so that nobody else does meanwhile."""
        status = Status(state, message, by=by, share=share, updated=time.time())
        self.folder.write_json("status.json", asdict(status))

    def is_with_another(self, by: str) -> bool:
        """Whether someone else carries it out and is alive."""
        return self.state() is State.RUNNING and self.status().by != by

    # -- what a person asks

    def asked(self) -> Action:
        return self.folder.read_or("control.json", Control, Control()).action

    def request(self, action: Action) -> None:
        """Asks it of the part, and of its training if that is under way."""
        self.folder.write_json("control.json", asdict(Control(action)))
        run = self.run()
        if run is not None and run.state() not in (State.FINISHED, State.FAILED):
            run.request(action)

    # -- the run that trains its model

    def run(self) -> Run | None:
        """None for a part that trains nothing, has not begun to, or whose run was deleted."""
        return self.runs.named_in(self.folder, "run.json")

    def set_run(self, run: Run) -> None:
        self.runs.name_in(self.folder, "run.json", run)

    # -- results

    def result(self) -> Result | None:
        """What was found; None before the end, and where result.json is damaged."""
        return self.folder.read_or("result.json", Result, None)

    def scores(self) -> pandas.DataFrame:
        """One row an image: index, label (-1: no digit), is_anomaly, and a column a score.

        Raises RunError before the end.
        """
        return self.table("scores.parquet", {"index": "iu", "label": "iu", "is_anomaly": "b"})

    def calibration(self) -> pandas.DataFrame:
        """The scores of held-out normal digits, for `Calibrator`. Raises RunError before the end."""
        return self.table("calibration.parquet", {})

    def table(self, name: str, columns: dict[str, str]) -> pandas.DataFrame:
        table = self.folder.read_table(name, columns)
        if table is None:
            raise RunError(f"The part {self.key} has no {name} yet: it is {self.state()}.")
        return table

    def finish(self, scores: pandas.DataFrame, calibration: pandas.DataFrame, result: dict[str, Any]) -> None:
        for name, table in (("scores", scores), ("calibration", calibration)):
            buffer = io.BytesIO()
            table.to_parquet(buffer, index=False)
            self.folder.write(f"{name}.parquet", buffer.getvalue())
        self.folder.write_json("result.json", result)
