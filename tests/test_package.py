"""The library as a whole: light to import, and without a screen."""

import ast
import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import ae_core

PROJECT = Path(__file__).resolve().parent.parent


def python(code: str, **environment: str) -> str:
    """What a fresh interpreter prints."""
    kept = {
        name: value for name, value in os.environ.items() if name not in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, env=kept | environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_it_loads_neither_pytorch_nor_a_screen():
    code = "import sys, ae_core, ae_core.jobs.parent_watch; print({'torch', 'streamlit'} & set(sys.modules))"
    assert python(code) == "set()"


def test_idle_threads_spin_for_a_moment_only_unless_the_user_says_otherwise():
    code = "import os, ae_core; print(os.environ.get('OMP_WAIT_POLICY'), os.environ.get('GOMP_SPINCOUNT'))"
    assert python(code) == "None 3000"
    assert python(code, OMP_WAIT_POLICY="ACTIVE") == "ACTIVE None"
    assert python(code, GOMP_SPINCOUNT="7") == "None 7"


def test_every_public_name_is_there():
    for name in ae_core.__all__:
        assert getattr(ae_core, name) is getattr(importlib.import_module(ae_core.HOMES[name]), name)


def test_the_public_names_are_those_promised():
    promised = {"load_digits", "Digits", "ModelConfig", "TrainConfig", "build_model", "train", "EpochResult"}
    promised |= {
        "reconstruction_errors",
        "reconstruct",
        "evaluate",
        "Calibrator",
        "RunStore",
        "TrainingService",
    }
    assert promised <= set(dir(ae_core))


def test_editors_and_type_checkers_are_told_the_same_names():
    found: dict[str, tuple[str, ...]] = {}
    for node in ast.parse((PROJECT / "ae_core" / "__init__.pyi").read_text()).body:
        if isinstance(node, ast.ImportFrom):
            assert all(alias.asname == alias.name for alias in node.names), "as itself: else it is not public"
            found[node.module] = (*found.get(node.module, ()), *(alias.name for alias in node.names))
    assert found == ae_core.PUBLIC


def test_an_unknown_name_is_told_with_the_known_ones():
    with pytest.raises(AttributeError, match=r"ae_core has no 'trian'; it has .*train"):
        ae_core.trian  # noqa: B018
