"""The script and the notebook of a run: without the lab, they come to the run's losses.

Tolerance: 1 % of the validation loss, or in a steady recipe of few steps far less.
"""

import ast
import json
import re
import runpy
import subprocess
import sys

import numpy as np
import pytest

from ae_core.data import sources
from ae_core.jobs.states import State
from ae_core.models.config import ModelConfig
from ae_core.runs.execution import execute
from ae_core.runs.exports.script import DIGITS_FILE, notebook_of, script_of
from ae_core.training.config import TrainConfig

RECIPE = TrainConfig(epochs=3, batch_size=64, precision="fp32", peak_learning_rate=5e-3)
SMALL = ModelConfig(latent_dim=4, hidden=(32,), channels=(4, 8))
CASES = {
    "muon, augmented": (SMALL, RECIPE.with_changes(augmentation=0.5)),
    "adam, denoising, only two digits": (
        SMALL.with_changes(activation="silu"),
        RECIPE.with_changes(optimizer="adam", denoising=0.3, noise="masked_squares", schedule="cosine"),
    ),
    "convolutional, sgd, bce": (
        SMALL.with_changes(architecture="convolutional", activation="gelu"),
        RECIPE.with_changes(optimizer="sgd", loss="bce", peak_learning_rate=0.1),
    ),
    "variational": (
        SMALL.with_changes(architecture="variational", beta=0.5),
        RECIPE.with_changes(optimizer="adamw", loss="l1", schedule="constant"),
    ),
}


@pytest.fixture
def trained(few, store, monkeypatch, tmp_path):
    """The run of a case, and a folder with its digits to run a script in."""
    monkeypatch.setattr(sources, "load_digits", lambda _: few)
    monkeypatch.chdir(tmp_path)
    parts = {"train": few.train, "validation": few.validation}
    arrays = {name: part.images for name, part in parts.items()}
    arrays |= {f"{name}_labels": part.labels for name, part in parts.items()}
    np.savez(tmp_path / DIGITS_FILE, **arrays)

    def trained(case: str):
        model, recipe = CASES[case]
        classes = (3, 8) if "only" in case else ()
        run = store.create(model, recipe, dataset="few", fingerprint=few.fingerprint, classes=classes)
        assert execute(run, device="cpu") is State.FINISHED, run.message()
        return run

    return trained


@pytest.mark.parametrize("case", CASES)
def test_the_script_comes_to_the_losses_of_the_run(trained, case, tmp_path, capsys):
    run = trained(case)
    (tmp_path / "train.py").write_text(script_of(run))
    runpy.run_path("train.py")
    said = [float(each) for each in re.findall(r"validation loss ([\d.]+)", capsys.readouterr().out)]
    assert said == pytest.approx(run.metrics()["validation_loss"].tolist(), rel=0.01)


def test_script_and_notebook_need_nothing_of_the_lab_and_hold_the_same_code(trained):
    run = trained("muon, augmented")
    script, notebook = script_of(run), json.loads(notebook_of(run))
    tree = [each for each in ast.walk(ast.parse(script)) if isinstance(each, ast.Import | ast.ImportFrom)]
    used = {each.module if isinstance(each, ast.ImportFrom) else each.names[0].name for each in tree}
    allowed = {*sys.stdlib_module_names, "numpy", "torch", "torchvision"}
    assert {each.split(".")[0] for each in used} <= allowed
    code = ["".join(each["source"]) for each in notebook["cells"] if each["cell_type"] == "code"]
    _, *parts = script.split("# %% ")
    assert code == [part.partition("\n")[2].strip("\n") for part in parts]


JUPYTER = """
import codeop, json, sys
compiler, place = codeop.Compile(), {"__name__": "__main__"}  # as IPython: a __future__ import holds on
for number, cell in enumerate(json.load(open(sys.argv[1]))["cells"]):
    if cell["cell_type"] == "code":
        exec(compiler("".join(cell["source"]), f"cell {number}", "exec"), place)
"""


def test_the_notebook_run_cell_by_cell_comes_to_the_losses_of_the_run(trained, tmp_path):
    """In a process of its own, which knows nothing of the lab."""
    run = trained("muon, augmented")
    (tmp_path / "train.ipynb").write_text(notebook_of(run))
    done = subprocess.run(
        [sys.executable, "-I", "-c", JUPYTER, "train.ipynb"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = [float(each) for each in re.findall(r"validation loss ([\d.]+)", done.stdout)]
    assert said == pytest.approx(run.metrics()["validation_loss"].tolist(), rel=0.01)
