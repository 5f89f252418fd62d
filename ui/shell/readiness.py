"""What a first visitor would wait for, begun as the server starts: imports, data, a model, then workers."""

import importlib

from ae_core.errors import LabError
from ae_core.runs.service import shared_service
from ui.shell import cached, shell, turns

# By their names: pages import them, nothing in here does.
MODULES = (
    "plotly.graph_objects",
    "ae_core.latent.geometry",
    "ae_core.lessons.trials",
    "ae_core.lessons.code_size",
)


QUIET, PATIENCE = 1.0, 10.0  # seconds


def start_workers() -> None:
    """Last of all: as they start they take all cores, which the first page needs."""
    turns.wait_for_quiet(QUIET, PATIENCE)
    shared_service().warm_up()


def prepare() -> None:
    """What a first page needs, if there is a model to show."""
    try:
        cached.evaluation(shell.DEFAULT_MODEL, shell.available_datasets()[0])
    except (LabError, OSError):  # told to who opens a page
        return
    for name in MODULES:
        importlib.import_module(name)
