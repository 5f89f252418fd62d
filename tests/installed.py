"""Environments that have the wheel, or not, and programs that run in them, beyond reach of the checkout."""

import os
import re
import signal
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DASK = "from distributed.cli.dask_{part} import main; main()"


def built(folder: Path) -> Path:
    """The wheel, made from the source distribution as `python -m build` makes both."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, PROJECT]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    assert list(folder.glob("*.tar.gz"))
    return wheel


class Environment:
    """A Python with what is installed in it, and with this environment's packages: they are gigabytes."""

    def __init__(self, folder: Path) -> None:
        venv.EnvBuilder(symlinks=True).create(folder)
        self.programs = folder / "bin"
        (self.packages,) = folder.glob("lib/python*/site-packages")
        (self.packages / "outside.pth").write_text(sysconfig.get_path("purelib"))

    def install(self, wheel: Path) -> "Environment":
        command = [sys.executable, "-m", "pip", "--python", self.programs / "python", "install", "-q"]
        # Not compiled: what is rewritten within a second would still count as what it was.
        options = ["--no-deps", "--no-index", "--no-compile"]
        subprocess.run([*command, *options, wheel], check=True, capture_output=True)
        return self

    def call_itself(self, version: str) -> "Environment":
        """Lets the installed lab have another version."""
        module = self.packages / "ae_core" / "__init__.py"
        text = re.sub(r'(?m)^__version__ = ".*?"', f'__version__ = "{version}"', module.read_text())
        module.write_text(text)
        return self

    def lab(self, *arguments: object) -> list[str]:
        return [str(self.programs / "autoencoder-lab"), *map(str, arguments)]

    def dask(self, part: str, *arguments: object) -> list[str]:
        """Dask's own scheduler or worker."""
        return [str(self.programs / "python"), "-c", DASK.format(part=part), *map(str, arguments)]


def names_in(wheel: Path) -> list[str]:
    return zipfile.ZipFile(wheel).namelist()


def surroundings() -> dict[str, str]:
    """Environment variables without those that lead to the checkout."""
    others = ("PYTHONPATH", "AE_SCHEDULER", "DASK_")
    return {name: value for name, value in os.environ.items() if not name.startswith(others)}


def ended(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=surroundings(), capture_output=True, text=True, timeout=120
    )


class Program:
    """One that runs, and what it has said on stderr."""

    def __init__(self, process: subprocess.Popen, log: Path) -> None:
        self.process = process
        self.log = log

    def said(self, pattern: str) -> str:
        """The first group of what it said; empty where it has not."""
        found = re.search(pattern, self.log.read_text())
        return found[1] if found else ""


@contextmanager
def programs(folder: Path) -> Iterator[Callable[[list[str]], Program]]:
    """Starts programs, each in a session of its own, and ends them all."""
    started: list[Program] = []

    def start(command: list[str]) -> Program:
        log = folder / f"{len(started)}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                command, cwd=folder, env=surroundings(), stdout=file, stderr=file, start_new_session=True
            )
        started.append(Program(process, log))
        return started[-1]

    yield start
    for program in started:
        if program.process.poll() is None:
            os.killpg(program.process.pid, signal.SIGKILL)
            program.process.wait()
