"""`export` and `import`: a run leaves one store and comes into another."""

import json

import pytest

from tests.commands.command_line import lab


@pytest.mark.usefixtures("own_folders")
def test_a_run_is_exported_and_imported(tmp_path):
    trained = lab("train", "--dataset", "embedded", "--epochs", 1, "--latent-dim", 2, "--hidden", 8, "--json")
    run = json.loads(trained.stdout.splitlines()[-1])["run"]
    for ending in ("zip", "onnx", "py"):
        assert lab("export", run, "--to", tmp_path / f"a.{ending}").exit_code == 0
    taken = lab(
        "import", tmp_path / "a.zip", "--name", "from there", "--json", AE_RUNS=str(tmp_path / "other")
    )
    assert json.loads(taken.stdout)["name"] == "from there"
    refused = lab("export", run, "--to", tmp_path / "a.exe")
    assert refused.exit_code == 2
    assert "one of .zip" in refused.stderr
    assert "cannot be read" in lab("import", tmp_path / "none.zip").stderr
