"""A run for TensorBoard: an event file in its folder. `tensorboard --logdir` on the run store shows them all.

Whoever asks for it has the file made of the epochs that are known; as long as it is there a worker adds each
further one. So it can be asked for at any time. An event file is a row of records (TFRecord): length, its
checksum, data, its checksum. The data is a protocol buffer, `Event` of tensorflow/core/util/event.proto, of
which five fields are used: they are written here, without a library.
"""

import contextlib
import os
import struct
from collections.abc import Iterator

import pandas

from ae_core.runs.run import Run

SETTING = "AE_TENSORBOARD"  # of the environment: every run has an event file then
TAGS = {
    "train_loss": "loss/train",
    "validation_loss": "loss/validation",
    "learning_rate": "learning_rate",
    "images_per_second": "images_per_second",
    "kl": "kl",
}
CASTAGNOLI = 0x82F63B78  # the polynomial of CRC-32C, reversed
MASK = 0xA282EAD8  # so that a checksum of data with checksums in it is none of these


def file_name(run: Run) -> str:
    """TensorBoard knows its files by how they begin."""
    return f"events.out.tfevents.{int(run.config().created)}.{run.id}"


def is_logged(run: Run) -> bool:
    return run.folder.exists(file_name(run))


def log(run: Run) -> None:
    """Makes the event file, of all epochs so far. Raises RecordDeletedError."""
    run.folder.write(file_name(run), header(run) + events(run, run.metrics()))


class EventLog:
    """Of a run that is being carried out: adds its epochs to the event file, if there is one."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.name = file_name(run)
        self.length = self.epochs = 0  # of the file as this log has left it
        if os.environ.get(SETTING, "") not in ("", "0") and not is_logged(run):
            log(run)

    def note(self, metrics: pandas.DataFrame) -> None:
        """metrics: of all epochs, as `Run.metrics` has them."""
        if not self.run.folder.exists(self.name):
            self.length = self.epochs = 0
            return
        data = events(self.run, metrics, self.epochs)
        if not self.length:  # what is there is not known: another has made it, or an earlier worker
            data = header(self.run) + data
        with contextlib.suppress(FileNotFoundError):  # taken away just now
            self.run.folder.write_on(self.name, self.length, data)
            self.length, self.epochs = self.length + len(data), len(metrics)


def header(run: Run) -> bytes:
    version = b"brain.Event:2"
    return record(double(1, run.config().created) + framed(3, version))


def events(run: Run, metrics: pandas.DataFrame, since: int = 0) -> bytes:
    """A record an epoch, but for the first `since`."""
    times = run.config().created + metrics["seconds"].cumsum()
    columns = [*TAGS] if run.config().model.is_variational else [name for name in TAGS if name != "kl"]
    return b"".join(
        record(double(1, time) + varint(2 << 3) + varint(row["number"]) + framed(5, b"".join(values(row))))
        for time, row in zip(
            times[since:], metrics[["number", *columns]][since:].to_dict("records"), strict=True
        )
    )


def values(row: dict[str, float]) -> Iterator[bytes]:
    """One `Summary.Value` each: a tag and a float."""
    for name, tag in TAGS.items():
        if name in row:
            yield framed(1, framed(1, tag.encode()) + varint(2 << 3 | 5) + struct.pack("<f", row[name]))


# -- protocol buffers


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def framed(field: int, data: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(data)) + data


def double(field: int, value: float) -> bytes:
    return varint(field << 3 | 1) + struct.pack("<d", value)


# -- records


def record(data: bytes) -> bytes:
    length = struct.pack("<Q", len(data))
    return length + checksum(length) + data + checksum(data)


def checksum(data: bytes) -> bytes:
    """Masked CRC-32C."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", ((crc >> 15 | crc << 17) + MASK) & 0xFFFFFFFF)


def table_entry(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (CASTAGNOLI if byte & 1 else 0)
    return byte


TABLE = tuple(map(table_entry, range(256)))
