"""Full MNIST fetched through torchvision: verified, then moved into the data folder whole.

Everything happens in a hidden folder inside the data folder, under a lock that other threads and other
processes respect. What was fetched completely survives an interruption and is not fetched again.
"""

import errno
import logging
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

from filelock import FileLock

from ae_core.data import mnist_files
from ae_core.data.sources import data_status
from ae_core.errors import DataError, LabError

DOWNLOAD_BYTES = 11_594_722  # the four compressed files together
PATIENCE_SECONDS = 20  # without a byte; torchvision itself would wait for ever
PARTIAL = ".mnist-partial"
LOCK = ".mnist-fetch.lock"
REPORT_SECONDS = 0.1

log = logging.getLogger(__name__)
OnProgress = Callable[[float], None]


def fetch(data_dir: str | Path | None = None, on_progress: OnProgress | None = None) -> Path:
    """Fetches full MNIST unless it is there, and returns the data folder. Blocks until done.

    on_progress: told the share of the bytes that has come, 0 to 1, a few times a second, from another
    thread. Raises DataError where the network or the disk fails; calling again goes on from there.
    """
    folder = Path(data_dir) if data_dir is not None else mnist_files.default_data_dir()
    if not is_there(folder):  # asked before anything is written: a shared folder may be read-only
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with reporting(folder / PARTIAL, on_progress), FileLock(folder / LOCK):
                if not is_there(folder):  # whoever held the lock may have fetched it
                    fetch_into(folder)
        except OSError as error:
            raise disk_trouble(folder, error) from error
    if on_progress:
        on_progress(1.0)
    return folder


def is_there(folder: Path) -> bool:
    return data_status(folder)["mnist"]


def fetch_into(folder: Path) -> None:
    partial = folder / PARTIAL
    for each in mnist_files.MNIST_FILES:  # torchvision would take a half-extracted file for a whole one
        (mnist_files.raw_dir(partial) / each.name).unlink(missing_ok=True)
    with impatient_network():
        download(partial)
    for each in mnist_files.MNIST_FILES:
        mnist_files.read_file(partial, each)
    move_into_place(partial, mnist_files.raw_dir(folder))
    shutil.rmtree(partial)


def download(partial: Path) -> None:
    """The four files in `partial`, from the first of torchvision's mirrors that has them all."""
    # Here, not above: the import takes seconds, and only who downloads should wait for it.
    from ae_core.data.torchvision_parts import torchvision

    reasons = []
    for mirror in torchvision.datasets.MNIST.mirrors:

        class MNIST(torchvision.datasets.MNIST):  # torchvision makes the folder's name from the class's
            mirrors = (mirror,)

        try:
            MNIST(str(partial), download=True)
        except (RuntimeError, OSError, HTTPException) as error:
            if is_about_the_disk(error):
                raise
            reasons.append(f"{mirror} ({cause(error)})")
        else:
            return
    raise DataError(
        f"MNIST could not be downloaded. Tried {', '.join(reasons)}. Check the network connection (and a "
        "proxy, if there is one) and try again: what has come is kept. The four files of MNIST can also be "
        f"put into {mnist_files.raw_dir(partial.parent)} by hand. The embedded 5,000 digits work meanwhile."
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


def disk_trouble(folder: Path, error: OSError) -> DataError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        advice = "The disk is full: MNIST needs 70 MB for a moment and 55 MB in the end."
    else:
        advice = f"The folder cannot be used ({error.strerror or error})."
    return DataError(
        f"MNIST could not be stored in {folder}. {advice} "
        "AE_DATA_DIR names another folder. The embedded 5,000 digits work meanwhile."
    )


@contextmanager
def impatient_network() -> Iterator[None]:
    """New sockets give up after PATIENCE_SECONDS: torchvision passes no time-out, this is the only way in."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE_SECONDS)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def move_into_place(partial: Path, raw: Path) -> None:
    whole = partial / "whole"
    whole.mkdir(exist_ok=True)
    for each in mnist_files.MNIST_FILES:
        (mnist_files.raw_dir(partial) / each.name).replace(whole / each.name)
    if raw.exists():  # with damaged or missing files, which are replaced one by one
        for each in mnist_files.MNIST_FILES:
            (whole / each.name).replace(raw / each.name)
    else:  # at once: nobody sees one file without the others
        raw.parent.mkdir(parents=True, exist_ok=True)
        whole.replace(raw)


@contextmanager
def reporting(partial: Path, on_progress: OnProgress | None) -> Iterator[None]:
    """Tells on_progress how much has come, by looking into the folder, whoever is downloading."""
    if on_progress is None:
        yield
        return
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(REPORT_SECONDS):
            on_progress(min(1.0, fetched_bytes(partial) / DOWNLOAD_BYTES))

    watcher = threading.Thread(target=watch, daemon=True, name="watch-download")
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def fetched_bytes(partial: Path) -> int:
    total = 0
    for path in mnist_files.raw_dir(partial).glob("*.gz"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:  # the download ended between looking and asking
            continue
    return total


class Download:
    """A fetch in the background, for a page that must answer meanwhile; one for each data folder.

    fraction: 0 to 1. done: it ended, well or not. error: what a person should read, empty if all went well.
    """

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.fraction = 0.0
        self.error = ""
        self.done = False
        self.thread = threading.Thread(target=self.run, daemon=True, name="fetch-mnist")

    def run(self) -> None:
        try:
            fetch(self.data_dir, self.advance)
        except LabError as error:
            self.error = str(error)
        except Exception as error:
            log.exception("Fetching MNIST failed")
            self.error = f"Something unexpected went wrong ({type(error).__name__}: {error})."
        finally:
            self.done = True

    def advance(self, fraction: float) -> None:
        self.fraction = max(
            self.fraction, fraction
        )  # a file that is fetched again must not turn the bar back


_downloads: dict[Path, Download] = {}
_downloads_lock = threading.Lock()


def start_download(data_dir: str | Path | None = None) -> Download:
    """The download under way for this folder, or a new one; two users who click at once share it."""
    folder = Path(data_dir) if data_dir is not None else mnist_files.default_data_dir()
    with _downloads_lock:
        present = _downloads.get(folder)
        if present is None or present.done:
            present = _downloads[folder] = Download(folder)
            present.thread.start()
        return present


def current_download(data_dir: str | Path | None = None) -> Download | None:
    """The download last started for this folder, under way or ended; None before the first."""
    folder = Path(data_dir) if data_dir is not None else mnist_files.default_data_dir()
    with _downloads_lock:
        return _downloads.get(folder)
