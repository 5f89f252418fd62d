"""Workers step back behind other processes, as far as the settings say."""

import os
import subprocess
import sys

import pytest

STEP_BACK = (
    "import os; from ae_core.jobs.nanny_setup import dask_setup; dask_setup(None); "
    "print(os.getpriority(os.PRIO_PROCESS, 0))"
)


@pytest.mark.parametrize(("given", "niceness"), [("7", 7), ("", 10), ("much", 10), ("0", 0)])
def test_the_niceness_is_what_the_setting_says(given, niceness):
    own = os.getpriority(os.PRIO_PROCESS, 0)
    told = subprocess.run(
        [sys.executable, "-c", STEP_BACK],
        env={**os.environ, "AE_NICENESS": given},
        capture_output=True,
        check=True,
        text=True,
    )
    assert int(told.stdout) == max(niceness, own)
