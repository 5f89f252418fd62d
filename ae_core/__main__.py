"""`python -m ae_core`."""

from ae_core.commands import app

app(prog_name="python -m ae_core")
