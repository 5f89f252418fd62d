"""What is on file of a long work: a folder with its state, and with what a person asks of it.

status.json    the state, a message where something went wrong, in whose hands it is (`Status`)
control.json   what a person asks of it (`Control`)                              written by pages

A kind of work adds its own files, and may say by another of them that it is alive.
"""

import time
from dataclasses import asdict
from typing import ClassVar

from ae_core.jobs.states import HEARTBEAT_SECONDS, Action, Control, State, Status
from ae_core.storage import Folder, RecordFolder


class Record:
    """The files of one work, read anew at each call, so every reader sees the present state."""

    MARKER: ClassVar[str]  # the file without which it is not there

    def __init__(self, record_id: str, folder: Folder) -> None:
        self.id = record_id
        self.folder = folder

    @classmethod
    def inside(cls, url: str, record_id: str) -> RecordFolder:
        """The folder of the record with this id, in the folder at `url`."""
        return RecordFolder(f"{url}/{record_id}", cls.MARKER)

    def exists(self) -> bool:
        return self.folder.exists(self.MARKER)

    # -- how it stands

    def status(self) -> Status:
        """As it was written; what the other files say where status.json is damaged or missing."""
        return self.folder.read_or("status.json", Status, None) or Status(self.state_without_status())

    def state_without_status(self) -> State:
        return State.QUEUED

    def state(self, now: float | None = None) -> State:
        """The written state, or INTERRUPTED for what should be running and fell silent."""
        status = self.status()
        if status.state is State.RUNNING and self.silence(status, now) > HEARTBEAT_SECONDS:
            return State.INTERRUPTED
        return status.state

    def silence(self, status: Status, now: float | None = None) -> float:
        """Seconds since whoever carries it out last said so."""
        return (time.time() if now is None else now) - self.last_sign(status)

    def last_sign(self, status: Status) -> float:
        """When whoever carries it out last said so, in seconds since 1970."""
        return status.updated

    def message(self) -> str:
        return self.status().message

    def caution(self) -> str:
        """What a person must know of what it made, as of a model that has learned nothing."""
        return self.status().caution

    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        return self.status().share

    def status_time(self) -> float:
        """When the state was last written, in seconds since 1970."""
        return self.status().updated

    def set_state(
        self, state: State, message: str = "", *, caution: str = "", by: str = "", share: float = 0.0
    ) -> None:
        """by: in whose hands it is; what is over is in nobody's. Raises RecordDeletedError."""
        status = Status(state, message, caution, by, share, updated=time.time())
        self.folder.write_json("status.json", asdict(status))

    def is_in_hands(self) -> bool:
        """Whether somebody who is alive carries it out, or will."""
        status = self.status()
        waits = status.state is State.QUEUED and time.time() - status.updated < HEARTBEAT_SECONDS
        return waits or self.state() is State.RUNNING

    def is_with_another(self, by: str) -> bool:
        """Whether somebody else carries it out and is alive."""
        return self.state() is State.RUNNING and self.status().by != by

    def keeps_when_stopped(self) -> bool:
        """Whether a worker has to save what it has come to, for a stop to keep that."""
        return False

    # -- what a person asks

    def control(self) -> Control:
        """What is asked of it; nothing where control.json is damaged or missing."""
        return self.folder.read_or("control.json", Control, Control())

    def asked(self) -> Action:
        return self.control().action

    def request(self, action: Action) -> None:
        self.folder.write_json("control.json", asdict(Control(action)))
