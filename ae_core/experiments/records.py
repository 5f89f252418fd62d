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
from typing import Any

import pandas

from ae_core.errors import ConfigError, RunError
from ae_core.experiments.parts import Part
from ae_core.run_states import Action, State
from ae_core.runs import HEARTBEAT_SECONDS, Run, RunStore
from ae_core.storage import RecordFolder

MARKER = "part.json"


class PartRecord:
    """The files of one part, read anew at each call."""

    def __init__(self, key: str, folder: RecordFolder, runs: RunStore) -> None:
        self.key = key
        self.folder = folder
        self.runs = runs

    def part(self) -> Part:
        """Raises RunError where part.json is missing or damaged."""
        values = self.folder.read_json(MARKER)
        try:
            return Part.from_dict(values or {})
        except ConfigError as error:
            raise RunError(f"The part {self.key} of an experiment is damaged ({error})") from error

    def exists(self) -> bool:
        return self.folder.exists(MARKER)

    def ensure(self, part: Part) -> None:
        if not self.exists():
            self.folder.write_json(MARKER, part.to_dict())

    # -- state

    def state(self, now: float | None = None) -> State:
        """FINISHED where there is a result, else what was written; INTERRUPTED if running but silent."""
        if self.result() is not None:
            return State.FINISHED
        status = self.status()
        written = status.get("state")
        if written not in (State.RUNNING, State.PAUSED, State.STOPPED, State.FAILED):
            return State.QUEUED
        if written == State.RUNNING and self.silence(now) > HEARTBEAT_SECONDS:
            return State.INTERRUPTED
        return State(written)

    def status(self) -> dict[str, Any]:
        return self.folder.read_json("status.json") or {}

    def silence(self, now: float | None = None) -> float:
        """Seconds since the state was last written."""
        updated = self.status().get("updated")
        return (time.time() if now is None else now) - (updated if isinstance(updated, int | float) else 0)

    def message(self) -> str:
        return str(self.status().get("message", ""))

    def share(self) -> float:
        """How much of it is done, 0 to 1: of the training first, then of the fitting of scores."""
        share = self.status().get("share")
        return float(share) if isinstance(share, int | float) else 0.0

    def set_state(self, state: State, message: str = "", by: str = "", share: float = 0.0) -> None:
        """by: a name for whoever carries it out, so that nobody else does meanwhile."""
        status = {"state": state, "message": message, "by": by, "share": share, "updated": time.time()}
        self.folder.write_json("status.json", status)

    def is_with_another(self, by: str) -> bool:
        """Whether someone else carries it out and is alive."""
        return self.state() is State.RUNNING and self.status().get("by") != by

    # -- what a person asks

    def asked(self) -> Action:
        action = (self.folder.read_json("control.json") or {}).get("action")
        return Action(action) if action in list(Action) else Action.RUN

    def request(self, action: Action) -> None:
        """Asks it of the part, and of its training if that is under way."""
        self.folder.write_json("control.json", {"action": action})
        run = self.run()
        if run is not None and run.state() not in (State.FINISHED, State.FAILED):
            run.request(action)

    # -- the run that trains its model

    def run(self) -> Run | None:
        """None for a part that trains nothing, has not begun to, or whose run was deleted."""
        run_id = str((self.folder.read_json("run.json") or {}).get("run", ""))
        try:
            return self.runs.get(run_id)
        except RunError:
            return None

    def set_run(self, run: Run) -> None:
        self.folder.write_json("run.json", {"run": run.id})

    # -- results

    def result(self) -> dict[str, Any] | None:
        """What `measuring.measured` found, with `seconds` and `letters`; None before the end."""
        return self.folder.read_json("result.json")

    def scores(self) -> pandas.DataFrame:
        """One row an image: index, label (-1: no digit), is_anomaly, and a column a score.

        Raises RunError before the end.
        """
        return self.table("scores.parquet")

    def calibration(self) -> pandas.DataFrame:
        """The scores of held-out normal digits, for `Calibrator`. Raises RunError before the end."""
        return self.table("calibration.parquet")

    def table(self, name: str) -> pandas.DataFrame:
        data = self.folder.read(name)
        if data is None:
            raise RunError(f"The part {self.key} has no {name} yet: it is {self.state()}.")
        try:
            return pandas.read_parquet(io.BytesIO(data))
        except (ValueError, OSError) as error:
            raise RunError(f"{name} of the part {self.key} is damaged ({error}).") from error

    def finish(self, scores: pandas.DataFrame, calibration: pandas.DataFrame, result: dict[str, Any]) -> None:
        for name, table in (("scores", scores), ("calibration", calibration)):
            buffer = io.BytesIO()
            table.to_parquet(buffer, index=False)
            self.folder.write(f"{name}.parquet", buffer.getvalue())
        self.folder.write_json("result.json", result)
