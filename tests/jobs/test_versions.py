"""What is asked of another machine, which may be without the lab, and what is told of its answer."""

import pickle
import subprocess
import sys

import pytest

from ae_core import __version__
from ae_core.jobs import scheduling
from ae_core.jobs.scheduling import calling, checked_work
from ae_core.jobs.versions import VERSION, ask, is_fit, refusal


def test_this_version_is_fit():
    assert is_fit(ask(VERSION))


def test_a_machine_without_the_lab_answers_too(tmp_path):
    code = f"import {ask.__module__} as it; print(it.{ask.__name__}({VERSION!r}))"
    done = subprocess.run([sys.executable, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.strip() == "None", done.stderr
    assert not is_fit(None)


@pytest.mark.parametrize(
    ("found", "told"), [("0.3.0", "has version 0.3.0 of the lab"), (None, "has no autoenc")]
)
def test_a_refusal_says_what_was_found_what_is_needed_and_what_to_do(found, told):
    text = refusal("The worker at tcp://a:1", found, "worker tcp://b:2")
    assert text.startswith(f"The worker at tcp://a:1 {told}")
    assert f"{__version__} is needed. Install" in text
    assert "`autoencoder-lab worker tcp://b:2`" in text


def test_a_worker_of_another_version_does_not_begin(monkeypatch):
    with pytest.raises(RuntimeError, match=r"9\.9 is needed"):
        checked_work(("9.9", "any:KIND", "/runs", "id", "me"))
    done = []
    monkeypatch.setattr(scheduling, "work", lambda *arguments: done.append(arguments))
    function, *arguments = calling(("any:KIND", "/runs", "id", "me"))
    function(*arguments)
    assert done == [("any:KIND", "/runs", "id", "me")]


def test_a_worker_without_the_lab_reads_what_it_is_sent_and_fails_at_the_name(tmp_path):
    """It would end if it could not even read it, and take the job for one that kills its workers."""
    (tmp_path / "sent").write_bytes(pickle.dumps(calling(("any:KIND", "/runs", "id", "me"))))
    code = "import pickle; function, *rest = pickle.load(open('sent', 'rb')); print('read'); function(*rest)"
    done = subprocess.run([sys.executable, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.strip() == "read"
    assert "No module named 'ae_core'" in done.stderr
