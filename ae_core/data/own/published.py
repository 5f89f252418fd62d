"""Published data sets in MNIST's form, fetched by name: they are kept like one's own.

torchvision knows where their files are and what they must be; what has come whole is not fetched again.
"""

import shutil
import string
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from filelock import FileLock

from ae_core.data import mnist_files
from ae_core.data.fetch import (
    Download,
    bytes_of,
    from_first_mirror,
    impatient_network,
    reporting,
    start_download,
)
from ae_core.data.own.bundle import COMMAND_LINE, Bundle, bundle_at
from ae_core.data.own.collected import OnProgress
from ae_core.data.own.importing import Wanted, keep
from ae_core.data.own.record import OwnRecord, Way
from ae_core.data.own.store import OwnData
from ae_core.errors import DataError


@dataclass(frozen=True)
class Published:
    """kind: torchvision's class; megabytes: to download; class_names: in the order of the labels.

    content, source, licence: in words. members: what names of the files that count begin with.
    """

    title: str
    kind: str
    megabytes: int
    class_names: tuple[str, ...]
    content: str
    source: str
    licence: str
    members: str = ""


CLOTHES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
SYLLABLES = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
PUBLISHED = {
    "fashion-mnist": Published(
        "Fashion-MNIST",
        "FashionMNIST",
        31,
        CLOTHES,
        "70,000 clothes of 10 kinds",
        "Xiao, Rasul, Vollgraf, arXiv 1708.07747",
        "MIT",
    ),
    "kuzushiji-mnist": Published(
        "Kuzushiji-MNIST",
        "KMNIST",
        21,
        SYLLABLES,
        "70,000 Japanese characters in old handwriting, of 10 kinds",
        "Clanuwat et al., arXiv 1812.01718",
        "CC BY-SA 4.0",
    ),
    "emnist-letters": Published(
        "EMNIST's letters",
        "EMNIST",
        562,
        tuple(string.ascii_uppercase),
        "a sample of 70,000 handwritten letters, large and small ones of 26 classes",
        "Cohen et al., arXiv 1702.05373, from NIST Special Database 19",
        "none is stated",
        "emnist-letters-",
    ),
}


def fetch_published(name: str, on_progress: OnProgress = lambda _: None) -> OwnRecord:
    """Fetches a set of PUBLISHED and keeps it under its name, unless it is there; blocks until done.

    on_progress: told the share that is done, 0 to 1. Raises DataError for another name and where the network
    or the disk fails; calling again goes on from there.
    """
    if name not in PUBLISHED:
        raise DataError(
            f"There is no published data set {name[:60]!r}; choose one of {', '.join(PUBLISHED)}."
        )
    own, published = OwnData(), PUBLISHED[name]
    folder = mnist_files.default_data_dir() / f".{name}-partial"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_suffix(".lock")):
            if not own.has(name):
                with reporting(lambda: share_of(folder, published), lambda share: on_progress(0.7 * share)):
                    download(published, folder)
                wanted = Wanted(name, Way.RESIZED, published.class_names)
                keep(
                    lambda: files_in(folder, published),
                    wanted,
                    COMMAND_LINE,
                    lambda share: on_progress(0.7 + 0.3 * share),
                )
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise DataError(
            f"{published.title} could not be stored in {folder.parent} ({error.strerror or error}). "
            "AE_DATA_DIR names another folder."
        ) from error
    on_progress(1.0)
    return own.record(name)


def start_published(name: str) -> Download:
    """The same in the background, see `start_download`."""
    return start_download(name=name, work=lambda on_progress: fetch_published(name, on_progress))


def share_of(folder: Path, published: Published) -> float:
    """How much of it has come, by its bytes."""
    return bytes_of(folder.glob("*.*")) / (published.megabytes * 10**6)


def files_in(folder: Path, published: Published) -> Bundle:
    """The files that were downloaded: IDX files, or a ZIP archive that has them among others."""
    archives = list(folder.glob("*.zip"))
    bundle = bundle_at(archives[0] if archives else folder, COMMAND_LINE)
    members = [each for each in bundle.members if each.name.rsplit("/", 1)[-1].startswith(published.members)]
    return replace(bundle, name=published.title, members=members)


def download(published: Published, folder: Path) -> None:
    """All its files, from the first of torchvision's mirrors that has them. Raises DataError."""
    # Here, not above: the import takes seconds, and only who downloads should wait for it.
    from ae_core.data.torchvision_parts import torchvision

    files = sources_of(getattr(torchvision.datasets, published.kind))

    def get_from(mirror: str) -> None:
        with impatient_network:
            get_all(torchvision.datasets.utils.download_url, mirror, files[mirror], folder)

    by_hand = (
        "Files that you have can be imported with "
        "`python -m ae_core data import FOLDER --name NAME --as resized`."
    )
    from_first_mirror(published.title, files, get_from, by_hand)


def sources_of(kind: Any) -> dict[str, list[tuple[str, str]]]:
    """Each mirror with the names and MD5 sums of its files."""
    if hasattr(kind, "url"):  # a single archive
        mirror, _, file = kind.url.rpartition("/")
        return {f"{mirror}/": [(file, kind.md5)]}
    return {mirror: list(kind.resources) for mirror in kind.mirrors}


def get_all(get: Callable[..., None], mirror: str, files: list[tuple[str, str]], folder: Path) -> None:
    for file, md5 in files:
        get(mirror + file, str(folder), filename=file, md5=md5)
