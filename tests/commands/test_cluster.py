"""`scheduler` and `worker`: refusals in words, with exit status 2. tests/test_wheel.py has them at work."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.command_line import lab

PROJECT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["worker", "nowhere:::"], "'nowhere:::' is no address of a scheduler"),
        (["worker", "http://there:8786"], "is no address of a scheduler"),
        (["worker", "there", "--tls-cert", "missing.pem"], "There is no file missing.pem for --tls-cert."),
        (["scheduler", "--tls-ca-file", "missing.pem"], "There is no file missing.pem for --tls-ca-file."),
    ],
)
@pytest.mark.usefixtures("own_folders")
def test_what_cannot_be_is_refused(arguments, told):
    result = lab(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("command", ["scheduler", "worker"])
def test_their_help_loads_neither_dask_nor_pytorch(command):
    code = (
        f"import sys; from ae_core.commands import app; app([{command!r}, '--help'], standalone_mode=False); "
        "assert {'torch', 'distributed'}.isdisjoint(sys.modules), 'too much was loaded'"
    )
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
