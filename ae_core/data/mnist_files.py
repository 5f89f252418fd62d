"""The four original MNIST files in torchvision's layout: where they are, are they sound, what do they hold.

Checksums are those of the uncompressed files as first published (LeCun, Cortes, Burges).
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import platformdirs

from ae_core.errors import DataError

REMEDY = "Fetch it again with `python -m ae_core data fetch`, or with the button in the sidebar."
HEADER_BYTES = {"images": 16, "labels": 8}  # IDX: magic number and one 4-byte size a dimension


@dataclass(frozen=True)
class MnistFile:
    name: str
    kind: str
    count: int
    sha256: str

    @property
    def size(self) -> int:
        return HEADER_BYTES[self.kind] + self.count * (784 if self.kind == "images" else 1)


TRAIN_IMAGES = MnistFile(
    "train-images-idx3-ubyte",
    "images",
    60_000,
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
)
TRAIN_LABELS = MnistFile(
    "train-labels-idx1-ubyte",
    "labels",
    60_000,
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
)
TEST_IMAGES = MnistFile(
    "t10k-images-idx3-ubyte",
    "images",
    10_000,
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
)
TEST_LABELS = MnistFile(
    "t10k-labels-idx1-ubyte",
    "labels",
    10_000,
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
)
MNIST_FILES = (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)


def default_data_dir() -> Path:
    """`AE_DATA_DIR` where it is set, else the user's cache folder: the files can be fetched again."""
    given = os.environ.get("AE_DATA_DIR", "").strip()
    return Path(given).expanduser() if given else platformdirs.user_cache_path("autoencoder-lab")


def raw_dir(data_dir: Path) -> Path:
    return data_dir / "MNIST" / "raw"


def present_files(data_dir: Path) -> list[MnistFile]:
    return [each for each in MNIST_FILES if (raw_dir(data_dir) / each.name).is_file()]


def read_file(data_dir: Path, wanted: MnistFile) -> np.ndarray:
    """The images [N, 28, 28] or labels [N] of one file, uint8. Raises DataError saying what is wrong."""
    path = raw_dir(data_dir) / wanted.name
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path} is missing. {REMEDY}") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}. {REMEDY}") from error
    check_bytes(path, data, wanted)
    values = np.frombuffer(data, np.uint8, offset=HEADER_BYTES[wanted.kind])
    return values.reshape(-1, 28, 28) if wanted.kind == "images" else values


def check_bytes(path: Path, data: bytes, wanted: MnistFile) -> None:
    """Raises DataError unless `data` is, bit by bit, the file that was published as `wanted`."""
    found = hashlib.sha256(data).hexdigest()
    if found == wanted.sha256:
        return
    for other in MNIST_FILES:
        if found == other.sha256:
            raise DataError(f"{path} holds the contents of {other.name}: the files were swapped. {REMEDY}")
    if len(data) != wanted.size:
        short = "too short: the file was cut off" if len(data) < wanted.size else "too long"
        raise DataError(f"{path} has {len(data):,} bytes, {wanted.size:,} are right: {short}. {REMEDY}")
    raise DataError(
        f"{path} is damaged: it has the right size, but its SHA-256 begins {found[:12]} "
        f"instead of {wanted.sha256[:12]}. {REMEDY}"
    )
