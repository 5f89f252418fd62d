"""What a first visitor would wait for, begun as the server starts: workers, imports, data and a model."""

import importlib

from ae_core.errors import LabError
from ae_core.runs.service import shared_service
from ui.shell import cached, shell

# By their names: pages import them, nothing in here does.
MODULES = (
    "plotly.graph_objects",
    "ae_core.latent.geometry",
    "ae_core.lessons.trials",
    "ae_core.lessons.code_size",
)


def get_ready() -> None:
    shared_service().warm_up()
    try:
        cached.evaluation(shell.DEFAULT_MODEL, shell.available_datasets()[0])
    except (LabError, OSError):  # told to who opens a page
        return
    for name in MODULES:
        importlib.import_module(name)
