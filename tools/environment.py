"""Makes or mends the virtual environment `.venv`: `environment.py lab`, or `dev` for the tests' parts too.

Run by the Makefile with the system's Python, so this file needs nothing but the standard library.
A stamp in `.venv` says what is complete; the Makefile compares it with the requirements files.
"""

import contextlib
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"
LOG = VENV / "install.log"
# There while something is being installed: pip does not notice a package that was left half-copied.
UNFINISHED = VENV / ".unfinished"
STAMPS = {"lab": VENV / ".lab-ready", "dev": VENV / ".dev-ready"}
PIP = "pip==26.3"  # the system's may be years old, and takes twice as long
REQUIREMENTS = {"lab": ["requirements.txt"], "dev": ["requirements.txt", "requirements-dev.txt"]}


def main(part: str) -> None:
    with one_at_a_time():
        if is_fresh(part):  # another make did it while this one waited
            return
        if not is_sound():
            create()
        install(part)


@contextlib.contextmanager
def one_at_a_time():
    """Lets a second `make` in this folder wait for the first, with no lock file left behind."""
    import fcntl

    folder = os.open(".", os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network shares know no locks
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def is_fresh(part: str) -> bool:
    stamp = STAMPS[part]
    if not (PYTHON.exists() and stamp.exists()):
        return False
    made = stamp.stat().st_mtime
    return all(Path(name).stat().st_mtime <= made for name in REQUIREMENTS[part])


def is_sound() -> bool:
    if UNFINISHED.exists() or not PYTHON.exists():
        return False
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([PYTHON, "-c", probe], capture_output=True).returncode == 0


def create() -> None:
    try:
        import ensurepip  # noqa: F401  Debian and Ubuntu ship it apart
        import venv
    except ImportError:
        name = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        sys.exit(
            f"{sys.executable} cannot make virtual environments: install its venv module "
            f"(Debian, Ubuntu: apt install {name}), then run make again."
        )
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    elif VENV.exists():
        shutil.rmtree(VENV)
    VENV.mkdir()
    UNFINISHED.touch()
    print(f"Making {VENV} with Python {platform.python_version()} ({sys.executable}).", file=sys.stderr)
    try:
        venv.EnvBuilder(with_pip=True, symlinks=True).create(VENV)
    except subprocess.CalledProcessError as failure:
        output = (failure.output or b"").decode(errors="replace").strip()
        sys.exit(f"{sys.executable} could not make a virtual environment:\n{output}")


def install(part: str) -> None:
    """Brings `.venv` to what `part` needs, and says so with a stamp."""
    for stamp in STAMPS.values():
        stamp.unlink(missing_ok=True)
    UNFINISHED.touch()
    print("Installing what the lab needs, a few minutes the first time ...", file=sys.stderr)
    started = time.monotonic()
    run_pip([PIP], started)  # if it cannot be had, the one that is there will do
    if run_pip(["-r", REQUIREMENTS[part][-1]], started) != 0:
        sys.exit(why_it_failed())
    compile_packages()
    UNFINISHED.unlink()
    STAMPS["lab"].touch()
    if part == "dev":
        STAMPS["dev"].touch()
    print(f"Installed in {time.monotonic() - started:.0f} s.", file=sys.stderr)


def run_pip(what: list[str], started: float) -> int:
    """pip's exit code. It runs with the user's own settings; its long output goes to a log."""
    command = [PYTHON, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    command += ["--no-compile", "--progress-bar", "off", *what]
    # PIP_USER would make pip refuse: a virtual environment has no user packages.
    surroundings = {**os.environ, "PIP_USER": "0"}
    with LOG.open("w", encoding="utf-8") as log:
        pip = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=surroundings
        )
        try:
            wait_and_tell(pip, started)
        except BaseException:
            pip.terminate()
            pip.wait()
            raise
    return pip.returncode


def compile_packages() -> None:
    """What pip would do by itself, but on every core. Without it the first start is slower, nothing worse."""
    command = [PYTHON, "-m", "compileall", "-q", "-j", "0", "-x", "/tests?/", VENV / "lib"]
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)


def why_it_failed() -> str:
    """The telling lines of pip's log. Without a network its error names no version, its warning says why."""
    lines = LOG.read_text(encoding="utf-8", errors="replace").splitlines()
    telling = [line for line in lines if line.startswith(("ERROR", "error", "WARNING: Retrying"))]
    heading, footing = "pip could not install the lab's requirements:", f"Its whole output: {LOG}"
    return "\n".join([heading, *(telling or lines)[-6:], footing])


def wait_and_tell(pip: subprocess.Popen, started: float) -> None:
    """Waits for pip and shows what it is at: each second on a terminal's one line, else each half minute."""
    terminal = sys.stderr.isatty()
    while True:
        try:
            pip.wait(timeout=1 if terminal else 30)
            break
        except subprocess.TimeoutExpired:
            lines = LOG.read_text(encoding="utf-8", errors="replace").split("\n")
            steps = ("Collecting", "Downloading", "Installing")
            step = next((line.strip() for line in reversed(lines) if line.strip().startswith(steps)), "")
            now = step.split(" (")[0].split(":")[0]
            message = f"  {time.monotonic() - started:4.0f} s  {now}"
            line = f"\r\033[K{message[:78]}" if terminal else f"{message[:110]}\n"
            print(line, end="", file=sys.stderr, flush=True)
    if terminal:
        print("\r\033[K", end="", file=sys.stderr)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next make begins the set-up again.")
    except OSError as error:  # a full disk, a folder that may not be written
        sys.exit(f"The set-up of {VENV} failed: {error}.")
