"""What fitting has found comes back from disk to the same numbers, and nothing else is taken for it."""

import numpy as np
import pytest

from ae_core.scores.detector import Detector
from ae_core.scores.scorers import Nap
from ae_core.scores.table import SCORES, suited
from ae_core.storage import Folder

pytestmark = pytest.mark.slow


@pytest.fixture
def cache(tmp_path) -> Folder:
    return Folder(tmp_path / "detectors")


@pytest.fixture
def fitted(model, embedded, cache):
    def fitted(names=None, count=400) -> Detector:
        images = embedded.train.images[:count], embedded.validation.images[:200]
        return Detector(model, names).fit(*images, cache=cache)

    return fitted


def count_fits(monkeypatch) -> list[str]:
    """Names of the scores that are fitted from here on, but for those that keep the sample."""
    fits = []
    for name, score in SCORES.items():
        if score.scorer and not score.scorer.keeps_sample:

            def find(seen, name=name, find=score.scorer.find):
                fits.append(name)
                return find(seen)

            monkeypatch.setattr(score.scorer, "find", staticmethod(find))
    return fits


def test_what_was_fitted_is_not_fitted_again_and_scores_the_same(fitted, model, embedded, monkeypatch):
    first = fitted()
    fits = count_fits(monkeypatch)
    again = fitted()
    assert fits == []
    assert list(again.scorers) == list(first.scorers)
    images = embedded.test.images[:50]
    assert list(again.score_table(images)) == suited(model)
    assert np.array_equal(again.score_table(images), first.score_table(images))
    assert again.calibrators.keys() == first.calibrators.keys()


def test_other_digits_another_score_or_other_weights_are_fitted_anew(fitted, model, monkeypatch):
    fitted(["nap"])
    fits = count_fits(monkeypatch)
    fitted(["nap"], count=300)
    fitted(["mahalanobis"])
    first = next(model.parameters())
    first.data += 1e-3
    fitted(["nap"])
    first.data -= 1e-3
    assert fits == ["nap", "mahalanobis", "nap"]


DAMAGES = [lambda data: data[:-9], lambda data: data[:99] + b"x" + data[100:], lambda _: b""]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_found_out_and_replaced(fitted, cache, embedded, damage):
    images = embedded.test.images[:20]
    before = fitted(["nap"]).decision_function(images)
    (name,) = cache.names()
    data = cache.read(name)
    cache.write(name, damage(data))
    assert np.array_equal(fitted(["nap"]).decision_function(images), before)
    assert cache.read(name) == data


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(fitted, cache, monkeypatch):
    def full(*_):
        raise OSError("no room")

    monkeypatch.setattr(Folder, "write", full)
    assert isinstance(fitted(["nap"]).scorers["nap"], Nap)
    assert cache.names() == []
