"""What the size of a code costs and buys: against scikit-learn and against the models themselves."""

import numpy as np
import pytest

from ae_core import zoo
from ae_core.lessons.code_size import (
    corrupted_digits,
    corruption_detection,
    cost_row,
    detection,
    errors_by_class,
    foreign_drawings,
    linear_errors,
    some_digits,
)
from ae_core.models.inference import reconstruction_errors
from ae_core.models.linear_baseline import LinearBaseline
from ae_core.scores.calibration import evaluate

pytestmark = pytest.mark.slow


def test_linear_errors_are_those_of_the_baseline_at_every_size(few):
    errors = linear_errors(few)
    assert errors.shape == (785,)
    assert (np.diff(errors) <= 1e-9).all()
    for dim in (1, 8, 64, 300):
        own = reconstruction_errors(LinearBaseline.fit(few, dim), few.test.images).mean(dtype=float)
        assert errors[dim] == pytest.approx(own, rel=1e-3)
    mean_image = few.train.images.mean(axis=0) / 255
    assert errors[0] == pytest.approx(np.square(few.test.images / 255 - mean_image).mean(), rel=1e-4)


def test_a_row_says_what_a_model_costs(few):
    model = zoo.load("dense-8")
    errors = reconstruction_errors(model, few.test.images)
    row = cost_row("a title", model, errors)
    assert (row["model"], row["architecture"], row["latent_dim"]) == ("a title", "dense", 8)
    assert row["test_error"] == pytest.approx(errors.mean(), rel=1e-6)
    assert (row["compression"], row["code_bytes"], row["parameters"]) == (98, 32, 472_088)
    assert 0.5 < row["detection"] <= 1


def test_detection_is_one_where_every_foreign_drawing_scores_higher_and_zero_where_none_does(few):
    model = zoo.load("dense-8")
    assert detection(model, np.zeros(len(few.test))) == 1
    assert detection(model, np.ones(len(few.test))) == 0


def test_foreign_drawings_are_images_and_not_all_alike():
    drawings = foreign_drawings()
    assert (drawings.dtype, drawings.shape[1:]) == (np.uint8, (28, 28))
    assert len({each.tobytes() for each in drawings}) == len(drawings)


def test_corrupted_digits_are_as_many_as_whole_ones_of_every_class_and_differ(embedded):
    whole = some_digits(embedded)
    step = len(embedded.test) // len(whole)
    assert set(embedded.test.labels[::step]) == set(range(10))
    assert all(each.shape == whole.shape and (each != whole).any() for each in corrupted_digits(embedded))


def test_corruptions_of_shape_and_ink_are_noticed_better_than_by_chance(embedded):
    assert 0.6 < corruption_detection(zoo.load("dense-8"), embedded) < 1


def test_errors_by_class_are_means_of_each_class(few):
    table = evaluate(zoo.load("dense-4"), few.test)
    found = errors_by_class({"a": table, "b": table.assign(error=2 * table["error"])})
    assert list(found.index) == list(range(10))
    for digit in range(10):
        assert found.loc[digit, "a"] == pytest.approx(table.loc[table["label"] == digit, "error"].mean())
    np.testing.assert_allclose(found["b"], 2 * found["a"], rtol=1e-6)
