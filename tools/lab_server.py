"""The lab as a process of its own, for tests, pictures and measurements in a real browser."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from tools.ports import answers, free_port

PROJECT = Path(__file__).resolve().parent.parent
FIRST_PORT = 8700
PATIENCE = 60  # seconds until it answers, on a busy machine


class LabServer:
    """`streamlit run app.py` on a free port; `with LabServer(runs) as lab: ... lab.url`.

    processes: with more than one, as `make run` starts so many behind the port.
    """

    def __init__(
        self, runs: Path, *, data: Path | None = None, port: int | None = None, processes: int = 1
    ) -> None:
        self.processes = processes
        self.port = port or free_port(FIRST_PORT)
        self.url = f"http://localhost:{self.port}"
        self.log = runs.parent / f"lab-{self.port}.log"
        self.environment = {**os.environ, "AE_RUNS": str(runs)}
        if data is not None:
            self.environment["AE_DATA_DIR"] = str(data)
        self.process: subprocess.Popen | None = None

    def start(self) -> "LabServer":
        command = ["streamlit", "run", "app.py", "--server.port", str(self.port)]
        if self.processes > 1:
            command = ["tools.serve", str(self.port), "--processes", str(self.processes)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=PROJECT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE
        while not answers(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The lab did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.05)
        return self

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def servers(self) -> list[psutil.Process]:
        """The processes that answer browsers."""
        assert self.process is not None
        first = psutil.Process(self.process.pid)
        if self.processes == 1:
            return [first]
        return [each for each in first.children() if "streamlit" in each.cmdline()]

    def others(self) -> list[psutil.Process]:
        """The processes that these need: scheduler, nannies, workers."""
        assert self.process is not None
        family = psutil.Process(self.process.pid).children(recursive=True)
        return [each for each in family if each not in self.servers()]

    def __enter__(self) -> "LabServer":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
