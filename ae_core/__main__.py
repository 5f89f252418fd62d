"""`python -m ae_core`."""

from ae_core.cli import app

app(prog_name="python -m ae_core")
