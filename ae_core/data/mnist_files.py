"""MNIST's files, and those of sets in its form, in torchvision's layout: are they sound, what do they hold.

Checksums are those of the uncompressed files as first published (MNIST: LeCun, Cortes, Burges).
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import platformdirs

from ae_core.errors import DataError

HEADER_BYTES = {"images": 16, "labels": 8}  # IDX: magic number and one 4-byte size a dimension
FORM = {"images": (28, 28), "labels": ()}  # of one of the things in the file


@dataclass(frozen=True)
class MnistFile:
    """One uncompressed IDX file of a set that is called `folder` by torchvision and on the disk.

    sha256: empty where the publisher only gives one for the compressed file, which the download compares.
    """

    name: str
    kind: str
    count: int
    sha256: str
    folder: str = "MNIST"

    @property
    def size(self) -> int:
        return HEADER_BYTES[self.kind] + self.count * (784 if self.kind == "images" else 1)

    @property
    def header(self) -> bytes:
        sizes = (self.count, *FORM[self.kind])
        magic = 0x800 + len(sizes)  # unsigned bytes, number of dimensions
        return b"".join(number.to_bytes(4, "big") for number in (magic, *sizes))

    @property
    def remedy(self) -> str:
        for name, collection in COLLECTIONS.items():
            if collection.folder == self.folder and name != "mnist":
                return f"Fetch it again with `python -m ae_core data fetch {name}`."
        return "Fetch it again with `python -m ae_core data fetch`, or with the button in the sidebar."

    def path_in(self, data_dir: Path) -> Path:
        return raw_dir(data_dir, self.folder) / self.name


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
FASHION_IMAGES = MnistFile(
    "t10k-images-idx3-ubyte",
    "images",
    10_000,
    "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    folder="FashionMNIST",
)
KUZUSHIJI_IMAGES = MnistFile("t10k-images-idx3-ubyte", "images", 10_000, "", folder="KMNIST")


@dataclass(frozen=True)
class Collection:
    """What can be fetched under one name: a data set of torchvision, or the part of it that the lab uses."""

    title: str
    folder: str  # torchvision's class, and where it keeps its files
    files: tuple[MnistFile, ...]
    download_bytes: int  # of the compressed files together
    meanwhile: str  # what a person has without it

    @property
    def size(self) -> int:
        return sum(each.size for each in self.files)


EMBEDDED_MEANWHILE = "The embedded 5,000 digits work meanwhile."
LETTERS_MEANWHILE = "Letters and scikit-learn's digits work meanwhile."
COLLECTIONS = {
    "mnist": Collection("MNIST", "MNIST", MNIST_FILES, 11_594_722, EMBEDDED_MEANWHILE),
    "fashion": Collection("Fashion-MNIST", "FashionMNIST", (FASHION_IMAGES,), 4_422_102, LETTERS_MEANWHILE),
    "kmnist": Collection("Kuzushiji-MNIST", "KMNIST", (KUZUSHIJI_IMAGES,), 3_041_136, LETTERS_MEANWHILE),
}


def default_data_dir() -> Path:
    """`AE_DATA_DIR` where it is set, else the user's cache folder: the files can be fetched again."""
    given = os.environ.get("AE_DATA_DIR", "").strip()
    return Path(given).expanduser() if given else platformdirs.user_cache_path("autoencoder-lab")


def raw_dir(data_dir: Path, folder: str = "MNIST") -> Path:
    return data_dir / folder / "raw"


def present_files(data_dir: Path) -> list[MnistFile]:
    return [each for each in MNIST_FILES if each.path_in(data_dir).is_file()]


def read_file(data_dir: Path, wanted: MnistFile) -> np.ndarray:
    """The images [N, 28, 28] or labels [N] of one file, uint8. Raises DataError saying what is wrong."""
    path = wanted.path_in(data_dir)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path} is missing. {wanted.remedy}") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}. {wanted.remedy}") from error
    check_bytes(path, data, wanted)
    values = np.frombuffer(data, np.uint8, offset=HEADER_BYTES[wanted.kind])
    return values.reshape(-1, 28, 28) if wanted.kind == "images" else values


def file_state(data_dir: Path, wanted: MnistFile) -> str:
    """ "sound", "missing" or what is wrong."""
    if not wanted.path_in(data_dir).is_file():
        return "missing"
    try:
        read_file(data_dir, wanted)
    except DataError as error:
        return str(error)
    return "sound"


def check_bytes(path: Path, data: bytes, wanted: MnistFile) -> None:
    """Raises DataError unless `data` is, bit by bit, the file that was published as `wanted`.

    Where its checksum is not known, size and header decide.
    """
    found = hashlib.sha256(data).hexdigest()
    if found == wanted.sha256:
        return
    for other in (*MNIST_FILES, FASHION_IMAGES):
        if found == other.sha256:
            origin = "" if other.folder == wanted.folder else f" of {other.folder}"
            raise DataError(
                f"{path} holds the contents of {other.name}{origin}: the files were swapped. {wanted.remedy}"
            )
    if len(data) != wanted.size:
        short = "too short: the file was cut off" if len(data) < wanted.size else "too long"
        raise DataError(
            f"{path} has {len(data):,} bytes, {wanted.size:,} are right: {short}. {wanted.remedy}"
        )
    if wanted.sha256:
        raise DataError(
            f"{path} is damaged: it has the right size, but its SHA-256 begins {found[:12]} "
            f"instead of {wanted.sha256[:12]}. {wanted.remedy}"
        )
    if not data.startswith(wanted.header):
        raise DataError(
            f"{path} is damaged: it has the right size, but begins with {data[:16].hex(' ', 4)} "
            f"instead of {wanted.header.hex(' ', 4)}. {wanted.remedy}"
        )
