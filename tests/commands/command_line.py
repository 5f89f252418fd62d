"""The command line in the tests' own process."""

import json
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from ae_core.commands import app


def lab(*arguments: object, **environment: str) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)), env=environment, catch_exceptions=False)


def lines(text: str) -> list[dict[str, Any]]:
    """Every line of `text` as JSON that any reader takes: fails for anything else, and for NaN."""
    return [json.loads(line, parse_constant=pytest.fail) for line in text.splitlines()]
