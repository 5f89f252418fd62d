"""What is on file of a part: a folder like a run's, shared by all studies that contain the part.

part.json           what it is (`Part`)                         the marker: written when it is first wanted
control.json        what a person asks of it                                written by pages
status.json         state, message, heartbeat and who has it                written by the worker
run.json            the run that trains its model, if it trains one         written by the worker
scores.parquet      of a detector: one row an image: index, label, is_anomaly, and a column a score (float32)
calibration.parquet of a detector: scores of held-out normal digits, each column sorted by itself: from these
                    come p-values
result.json         what was measured, written last: with it the part is finished
"""

import io
from dataclasses import asdict

import pandas

from ae_core.errors import NotFoundError, NotReadyError
from ae_core.jobs.record import Record
from ae_core.jobs.states import Action, State
from ae_core.runs.run import Run
from ae_core.runs.store import RunStore
from ae_core.storage import Folder
from ae_core.studies.measuring import Result
from ae_core.studies.parts import Part

MARKER = "part.json"


class PartRecord(Record):
    """The files of one part, read anew at each call."""

    MARKER = MARKER

    def __init__(self, key: str, folder: Folder, runs: RunStore) -> None:
        super().__init__(key, folder)
        self.runs = runs

    def part(self) -> Part:
        """Raises NotFoundError where part.json is missing and DamagedError where it is damaged."""
        part = self.folder.read_as(MARKER, Part)
        if part is None:
            raise NotFoundError(f"There is no part {self.id} of a study any more.")
        return part

    def ensure(self, part: Part) -> None:
        if not self.exists():
            self.folder.write_json(MARKER, asdict(part))

    def state(self, now: float | None = None) -> State:
        """FINISHED where there is a result; QUEUED where that was damaged or taken away."""
        if self.result() is not None:
            return State.FINISHED
        state = super().state(now)
        return State.QUEUED if state is State.FINISHED else state

    def request(self, action: Action) -> None:
        """Asks it of the part, and of its own training if that is under way."""
        super().request(action)
        run = self.own_run()
        if run is not None and run.state() not in (State.FINISHED, State.FAILED):
            run.request(action)

    def keeps_when_stopped(self) -> bool:
        """Whether a worker has to score what its own run has learned and save the model."""
        run = self.own_run()
        return run is not None and run.has_checkpoint() and run.state() is not State.STOPPED

    # -- the run that trains its model

    def run(self) -> Run | None:
        """None for a part that trains nothing, has not begun to, or whose run was deleted."""
        return self.runs.named_in(self.folder, "run.json")

    def own_run(self) -> Run | None:
        """The run if it was made for this part: another's is its owner's to pause, stop and delete."""
        run = self.run()
        return run if run is not None and self.has_made(run) else None

    def has_made(self, run: Run) -> bool:
        config = run.config()
        return config.part == self.id or bool(config.sweep)

    def set_run(self, run: Run) -> None:
        self.runs.name_in(self.folder, "run.json", run)

    # -- results

    def result(self) -> Result | None:
        """What was found; None before the end, and where result.json is damaged."""
        return self.folder.read_or("result.json", Result, None)

    def scores(self) -> pandas.DataFrame:
        """One row an image: index, label (-1: no digit), is_anomaly, and a column a score.

        Raises NotReadyError before the end.
        """
        return self.table("scores.parquet", {"index": "iu", "label": "iu", "is_anomaly": "b"})

    def calibration(self) -> pandas.DataFrame:
        """The scores of held-out normal digits, for `Calibrator`. Raises NotReadyError before the end."""
        return self.table("calibration.parquet", {})

    def table(self, name: str, columns: dict[str, str]) -> pandas.DataFrame:
        table = self.folder.read_table(name, columns)
        if table is None:
            raise NotReadyError(f"The part {self.id} has no {name} yet: it is {self.state()}.")
        return table

    def finish(self, result: Result, **tables: pandas.DataFrame) -> None:
        """tables: scores and calibration, of a detector."""
        for name, table in tables.items():
            buffer = io.BytesIO()
            table.to_parquet(buffer, index=False)
            self.folder.write(f"{name}.parquet", buffer.getvalue())
        self.folder.write_json("result.json", asdict(result))
