"""What all sessions share: computed once for each model, and any further image judged as the digits were."""

import numpy as np
import pytest

from ae_core import zoo
from ae_core.errors import ConfigError
from ae_core.models.inference import reconstruction_errors
from ae_core.scores.calibration import Calibrator
from ae_core.scores.table import SCORES
from ui.shell import cached

MODEL, DATASET = "zoo:dense-8", "embedded"
OTHERS = ["error_per_ink", "local_outlier_factor", "pca_residual", "combined"]


# -- what belongs to a model


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


# -- evaluations


def test_by_default_the_score_is_the_error(embedded):
    network = zoo.load("dense-8")
    evaluation = cached.evaluation(MODEL, DATASET)
    errors = reconstruction_errors(network, embedded.test.images)
    assert evaluation.score is SCORES["mse"]
    assert list(evaluation.test.columns) == ["index", "label", "error", "ink", "score"]
    assert np.array_equal(evaluation.test["error"], errors)
    assert np.array_equal(evaluation.test["score"], errors)
    assert np.array_equal(evaluation.calibrator.scores, Calibrator.fit(network, embedded.validation).scores)


@pytest.mark.parametrize("name", OTHERS)
def test_another_score_keeps_the_error_beside_it(name):
    usual, evaluation = cached.evaluation(MODEL, DATASET), cached.evaluation(MODEL, DATASET, name)
    assert evaluation.score is SCORES[name]
    assert evaluation.detector.names == (name,)
    assert evaluation.test.drop(columns="score").equals(usual.test.drop(columns="score"))
    assert not np.allclose(evaluation.test["score"], usual.test["score"])
    assert "score" in usual.test.columns


@pytest.mark.parametrize("name", ["mse", *OTHERS])
def test_one_image_is_judged_as_it_was_among_all(embedded, name):
    evaluation = cached.evaluation(MODEL, DATASET, name)
    for number in (0, 500, 999):
        assert evaluation.score_of(embedded.test.images[number]) == pytest.approx(
            evaluation.test["score"][number], rel=1e-4
        )


@pytest.mark.parametrize("name", ["mse", *OTHERS])
def test_about_as_many_are_flagged_as_were_allowed(name):
    evaluation = cached.evaluation(MODEL, DATASET, name)
    assert 0.06 < evaluation.calibrator.flags(evaluation.test["score"], 0.1).mean() < 0.14


def test_a_score_is_computed_once_for_all():
    assert cached.evaluation(MODEL, DATASET, "sap") is cached.evaluation(MODEL, DATASET, "sap")
    assert cached.evaluation(MODEL, DATASET) is cached.evaluation(MODEL, DATASET, "mse")


@pytest.mark.parametrize("name", ["negative_elbo", "best"])
def test_a_score_that_does_not_suit_is_refused(name):
    with pytest.raises(ConfigError):
        cached.evaluation(MODEL, DATASET, name)
