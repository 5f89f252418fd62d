"""What lists know of the runs of a store, kept in one file beside them: a server that starts reads it alone.

index.json   of each run what was read of it, and when its folder had changed last

Nothing depends on the file. What it says of a run counts as long as the run's folder is as it was, and what
it does not say is read of the run. Where it is damaged, or of a lab whose records have other fields, it is as
if there were none. Of two who write it the later wins; what the other knew is read again.
"""

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import msgspec

from ae_core.errors import DamagedError
from ae_core.reading import records_as
from ae_core.runs.config import Facts
from ae_core.runs.run import ID_PATTERN, LISTED_FILES, Listed
from ae_core.storage import Folder, digest

NAME = "index.json"
# A folder that changes twice within one tick of its file system's clock looks as if it had changed once.
TICK = 100_000_000  # nanoseconds
# The file is written anew when it lacks so many runs: to read them takes a twentieth of a second.
MOST_UNSAVED = 100


@dataclass(frozen=True)
class Entry:
    """stamp: of the folder as it was read, see `Folder.stamps`. facts: None where they are not read yet."""

    stamp: int
    listed: Listed
    facts: Facts | None = None


Stamps: TypeAlias = dict[str, int | None]
SHAPE = digest([msgspec.json.schema(Entry)])


class Index:
    """Of the runs in `folder`. read: what lists say of a run, None where it cannot be read.

    Safe to share by threads.
    """

    def __init__(self, folder: Folder, read: Callable[[str], Listed | None]) -> None:
        self.folder = folder
        self.read = read
        self.lock = threading.RLock()
        self.entries: dict[str, Entry] | None = None  # None before the first look
        self.settled: Stamps = {}  # of the folders that do not have to be read again as long as these stay
        self.saved: dict[str, Entry] = {}
        self.newest: list[Listed] = []

    def listed(self) -> list[Listed]:
        """All readable runs, newest first. A run is read again only when its folder has changed."""
        stamps, now = self.folder.stamps(), time.time_ns()
        with self.lock:
            if self.entries is None:
                self.entries = self.load(stamps)
                self.saved = dict(self.entries)
                self.settled = {run_id: entry.stamp for run_id, entry in self.entries.items()}
            if stamps != self.settled or not self.newest:
                self.entries = self.taken_in(stamps, self.entries)
                # One that changed just now may change once more within a tick, and one without a stamp ever.
                self.settled = {name: stamp for name, stamp in stamps.items() if stamp and now - stamp > TICK}
                found = (entry.listed for entry in self.entries.values())
                self.newest = sorted(found, key=lambda each: each.id, reverse=True)
                self.save()
            return self.newest

    def taken_in(self, stamps: Stamps, known: dict[str, Entry]) -> dict[str, Entry]:
        """An entry for each run; those whose stamps are others than they were are read."""
        entries = {}
        for run_id, stamp in stamps.items():
            if stamp and self.settled.get(run_id) == stamp:
                if run_id in known:
                    entries[run_id] = known[run_id]
            elif ID_PATTERN.fullmatch(run_id) and (listed := self.read(run_id)):
                entries[run_id] = Entry(stamp or 0, listed)
        return entries

    # -- figures

    def facts(self, listed: Listed) -> Facts | None:
        """Those of a run as `listed` gives it; None where they have to be read."""
        entry = (self.entries or {}).get(listed.id)
        return entry.facts if entry and entry.listed is listed else None

    def learn(self, facts: dict[str, Facts], listed: dict[str, Listed]) -> None:
        """Figures that were read of runs that are still as they were listed, both by the ids."""
        with self.lock:
            entries = self.entries or {}
            for run_id, found in facts.items():
                entry = entries.get(run_id)
                if entry and entry.listed is listed[run_id]:
                    entries[run_id] = replace(entry, facts=found)
            self.save()

    # -- on file

    def load(self, stamps: Stamps) -> dict[str, Entry]:
        """What the file says of runs whose folders are as they were."""
        if not self.folder.is_local:  # elsewhere no folder tells whether it has changed
            return {}
        try:
            found = records_as(self.folder.read(NAME) or b"", Entry, SHAPE, NAME)
        except DamagedError:
            return {}
        return {
            entry.listed.id: entry
            for entry in found
            if stamps.get(entry.listed.id) == entry.stamp
            and not self.folder.is_younger(entry.listed.id, LISTED_FILES, entry.stamp)
        }

    def save(self) -> None:
        """Writes the file where it lacks many runs."""
        entries = self.entries or {}
        if not self.folder.is_local:
            return
        known = {run_id: entry for run_id, entry in entries.items() if self.settled.get(run_id)}
        if sum(self.saved.get(run_id) is not entry for run_id, entry in known.items()) < MOST_UNSAVED:
            return
        with contextlib.suppress(OSError):  # no room, or a store that may only be read
            self.folder.write(NAME, msgspec.json.encode({"shape": SHAPE, "records": list(known.values())}))
            self.saved = known
