"""`data import`, `list`, `show`, `delete`, and training on what was imported, as in a terminal."""

import numpy as np
import pytest

from tests.commands.command_line import lab, lines

pytestmark = pytest.mark.usefixtures("own_folders")


def test_an_own_data_set_is_imported_trained_on_and_deleted(embedded, tmp_path):
    images, labels = embedded.test.images[::10], embedded.test.labels[::10] % 3
    np.savez(tmp_path / "things.npz", images=images, labels=labels)
    given = ("data", "import", tmp_path / "things.npz", "--name", "things", "--as", "resized", "--json")
    (tmp_path / "names.txt").write_text("0=boot\n1=sandal\n2=bag\n")
    result = lab(*given, "--classes", tmp_path / "names.txt")
    (record,) = lines(result.stdout)
    assert record["images_of_each_class"] == {"boot": 40, "sandal": 30, "bag": 30}
    assert "100 images of 3 classes read from things.npz" in result.stderr
    assert "is a data set things already" in lab(*given).stderr
    (row,) = lines(lab("data", "list", "--json").stdout)
    assert (row["name"], row["classes"], row["fingerprint"]) == ("things", 3, record["fingerprint"])
    run = lines(lab("train", "--dataset", "things", "--epochs", 1, "--name", "first", "--json").stdout)[-1]
    assert run["state"] == "finished"
    deleted = lab("data", "delete", "things", "--yes")
    assert "Trained on it: first" in deleted.stderr
    assert lab("data", "show", "things").exit_code == 2
