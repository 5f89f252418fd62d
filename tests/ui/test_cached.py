"""What all sessions share: computed once for each model, and again when a run has another model."""

import pytest

from ui import cached


@pytest.fixture
def counted(monkeypatch):
    """A function of model and data set that counts its calls, and the present version of each model."""
    versions, calls = {"zoo:a": 1.0, "zoo:b": 1.0}, []
    monkeypatch.setattr(cached, "version", versions.__getitem__)

    @cached.of_model()
    def squared(reference: str, dataset: str) -> tuple[str, str]:
        calls.append((reference, dataset))
        return reference, dataset

    squared.clear()
    return squared, calls, versions


def test_it_is_computed_once_for_each_model_and_data_set(counted):
    look, calls, _ = counted
    for reference in ("zoo:a", "zoo:b"):
        for dataset in ("mnist", "embedded"):
            assert look(reference, dataset) == look(reference, dataset) == (reference, dataset)
    assert len(calls) == 4


def test_it_is_computed_anew_when_the_model_is_another(counted):
    look, calls, versions = counted
    look("zoo:a", "mnist")
    versions["zoo:a"] = 2.0
    look("zoo:a", "mnist")
    assert len(calls) == 2


def test_two_functions_do_not_share_what_they_keep(counted):
    look, _, _ = counted

    @cached.of_model()
    def other(reference: str, dataset: str) -> str:
        return f"{reference} {dataset}"

    other.clear()
    assert look("zoo:a", "mnist") == ("zoo:a", "mnist")
    assert other("zoo:a", "mnist") == "zoo:a mnist"
