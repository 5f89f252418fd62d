"""Full MNIST and sets in its form fetched through torchvision: verified, then moved into place whole.

Everything happens in a hidden folder inside the data folder, under a lock that other threads and other
processes respect. What was fetched completely survives an interruption and is not fetched again.
"""

import errno
import logging
import shutil
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

from filelock import FileLock

from ae_core.data import mnist_files
from ae_core.data.mnist_files import COLLECTIONS
from ae_core.errors import DataError, LabError

PATIENCE_SECONDS = 20  # without a byte; torchvision itself would wait for ever
REPORT_SECONDS = 0.1

log = logging.getLogger(__name__)
OnProgress = Callable[[float], None]
Work = Callable[[OnProgress], object]


def fetch(
    data_dir: str | Path | None = None, on_progress: OnProgress | None = None, name: str = "mnist"
) -> Path:
    """Fetches full MNIST, or another of COLLECTIONS, unless it is there; returns the data folder.

    Blocks until done. on_progress: told the share of the bytes that has come, 0 to 1, a few times a second,
    from another thread. Raises DataError for another name and where the network or the disk fails; calling
    again goes on from there.
    """
    folder = Path(data_dir) if data_dir is not None else mnist_files.default_data_dir()
    if name not in COLLECTIONS:
        raise DataError(f"There is no data set {name!r} to fetch; choose one of {', '.join(COLLECTIONS)}.")
    if not is_there(folder, name):  # asked before anything is written: a shared folder may be read-only
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (
                reporting(lambda: share_of(folder, name), on_progress),
                FileLock(folder / f".{name}-fetch.lock"),
            ):
                if not is_there(folder, name):  # whoever held the lock may have fetched it
                    fetch_into(folder, name)
        except OSError as error:
            raise disk_trouble(folder, name, error) from error
    if on_progress:
        on_progress(1.0)
    return folder


def is_there(folder: Path, name: str = "mnist") -> bool:
    """Whether all files of this collection are in the data folder, and sound."""
    return all(mnist_files.file_state(folder, each) == "sound" for each in COLLECTIONS[name].files)


def partial_dir(folder: Path, name: str = "mnist") -> Path:
    """What a download has got so far, in torchvision's layout."""
    return folder / f".{name}-partial"


def fetch_into(folder: Path, name: str) -> None:
    partial, files = partial_dir(folder, name), COLLECTIONS[name].files
    for each in files:  # torchvision would take a half-extracted file for a whole one
        each.path_in(partial).unlink(missing_ok=True)
    with impatient_network:
        download(partial, name)
    for each in files:
        mnist_files.read_file(partial, each)
    move_into_place(partial, folder, name)
    shutil.rmtree(partial)


def download(partial: Path, name: str) -> None:
    """The collection's files in `partial`, from the first of torchvision's mirrors that has them all."""
    # Here, not above: the import takes seconds, and only who downloads should wait for it.
    from ae_core.data.torchvision_parts import torchvision

    collection = COLLECTIONS[name]
    raw = mnist_files.raw_dir(partial, collection.folder)
    published = getattr(torchvision.datasets, collection.folder)
    wanted = {f"{each.name}.gz" for each in collection.files}

    def get_from(mirror: str) -> None:
        for file, md5 in published.resources:
            if file in wanted:
                torchvision.datasets.utils.download_and_extract_archive(
                    mirror + file, str(raw), filename=file, md5=md5
                )

    by_hand = (
        f"{', '.join(each.name for each in collection.files)} can also be put into "
        f"{mnist_files.raw_dir(partial.parent, collection.folder)} by hand. {collection.meanwhile}"
    )
    from_first_mirror(collection.title, published.mirrors, get_from, by_hand)


def from_first_mirror(
    title: str, mirrors: Iterable[str], get_from: Callable[[str], None], otherwise: str
) -> None:
    """Gets all that is wanted from the first mirror that has it.

    otherwise: what a person can do where none has. Raises DataError then, and OSError where the disk fails.
    """
    reasons = []
    for mirror in mirrors:
        try:
            get_from(mirror)
        except (RuntimeError, OSError, HTTPException) as error:
            if is_about_the_disk(error):
                raise
            reasons.append(f"{mirror} ({cause(error)})")
        else:
            return
    raise DataError(
        f"{title} could not be downloaded. Tried {', '.join(reasons)}. Check the network connection (and a "
        f"proxy, if there is one) and try again: what has come is kept. {otherwise}"
    )


def cause(error: Exception) -> str:
    """The last line of torchvision's message, which holds what went wrong."""
    lines = str(error).strip().splitlines()
    return lines[-1].strip("<>. ") if lines else type(error).__name__


def is_about_the_disk(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno in (
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EACCES,
        errno.EROFS,
        errno.EIO,
    )


def disk_trouble(folder: Path, name: str, error: OSError) -> DataError:
    collection = COLLECTIONS[name]
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        most, in_the_end = collection.size + collection.download_bytes, collection.size
        advice = (
            f"The disk is full: {collection.title} needs {most / 1e6:.0f} MB for a moment "
            f"and {in_the_end / 1e6:.0f} MB in the end."
        )
    else:
        advice = f"The folder cannot be used ({error.strerror or error})."
    return DataError(
        f"{collection.title} could not be stored in {folder}. {advice} "
        f"AE_DATA_DIR names another folder. {collection.meanwhile}"
    )


class ImpatientNetwork:
    """While any download is under way, new sockets give up after PATIENCE_SECONDS.

    torchvision passes no time-out: the default of the whole process is the only way in.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.downloads = 0
        self.before: float | None = None

    def __enter__(self) -> None:
        with self.lock:
            if not self.downloads:
                self.before = socket.getdefaulttimeout()
                socket.setdefaulttimeout(PATIENCE_SECONDS)
            self.downloads += 1

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.downloads -= 1
            if not self.downloads:
                socket.setdefaulttimeout(self.before)


impatient_network = ImpatientNetwork()


def move_into_place(partial: Path, folder: Path, name: str) -> None:
    files, raw = COLLECTIONS[name].files, mnist_files.raw_dir(folder, COLLECTIONS[name].folder)
    whole = partial / "whole"
    whole.mkdir(exist_ok=True)
    for each in files:
        each.path_in(partial).replace(whole / each.name)
    if raw.exists():  # with damaged or missing files, which are replaced one by one
        for each in files:
            (whole / each.name).replace(raw / each.name)
    else:  # at once: nobody sees one file without the others
        raw.parent.mkdir(parents=True, exist_ok=True)
        whole.replace(raw)


@contextmanager
def reporting(share: Callable[[], float], on_progress: OnProgress | None) -> Iterator[None]:
    """Tells on_progress how much has come, by looking at what is there, whoever is downloading."""
    if on_progress is None:
        yield
        return
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(REPORT_SECONDS):
            on_progress(min(1.0, share()))

    watcher = threading.Thread(target=watch, daemon=True, name="watch-download")
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def share_of(folder: Path, name: str) -> float:
    raw = mnist_files.raw_dir(partial_dir(folder, name), COLLECTIONS[name].folder)
    return bytes_of(raw.glob("*.gz")) / COLLECTIONS[name].download_bytes


def bytes_of(files: Iterable[Path]) -> int:
    total = 0
    for path in files:
        try:
            total += path.stat().st_size
        except FileNotFoundError:  # the download ended between looking and asking
            continue
    return total


class Download:
    """A fetch in the background, for a page that must answer meanwhile; one for each name and data folder.

    work: does it, and tells how far it is. fraction: 0 to 1. done: it ended, well or not. error: what a
    person should read, empty if all went well.
    """

    def __init__(self, name: str, work: Work) -> None:
        self.name = name
        self.work = work
        self.fraction = 0.0
        self.error = ""
        self.done = False
        self.thread = threading.Thread(target=self.run, daemon=True, name=f"fetch-{name}")

    def run(self) -> None:
        try:
            self.work(self.advance)
        except LabError as error:
            self.error = str(error)
        except Exception as error:
            log.exception("Fetching %s failed", self.name)
            self.error = f"Something unexpected went wrong ({type(error).__name__}: {error})."
        finally:
            self.done = True

    def advance(self, fraction: float) -> None:
        self.fraction = max(
            self.fraction, fraction
        )  # a file that is fetched again must not turn the bar back


_downloads: dict[tuple[str, Path], Download] = {}
_downloads_lock = threading.Lock()


def start_download(
    data_dir: str | Path | None = None, name: str = "mnist", work: Work | None = None
) -> Download:
    """The download under way for this folder and name, or a new one; two users who click at once share it.

    work: what to do, in place of `fetch`.
    """
    folder = Path(data_dir) if data_dir is not None else mnist_files.default_data_dir()
    with _downloads_lock:
        present = _downloads.get((name, folder))
        if present is None or present.done:
            work = work or (lambda on_progress: fetch(folder, on_progress, name))
            present = _downloads[name, folder] = Download(name, work)
            present.thread.start()
        return present


def current_download(data_dir: str | Path | None = None, name: str = "mnist") -> Download | None:
    """The download last started for this folder and name, under way or ended; None before the first."""
    folder = Path(data_dir) if data_dir is not None else mnist_files.default_data_dir()
    with _downloads_lock:
        return _downloads.get((name, folder))
