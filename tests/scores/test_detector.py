"""Detectors of every kind of model: the same whatever stands beside an image, calibrated, in words."""

import numpy as np
import pytest
from scipy.stats import combine_pvalues, kstest, spearmanr

from ae_core.config import DEFAULT_SCORE
from ae_core.errors import ConfigError, ImageShapeError, NotFittedError
from ae_core.models.inference import BATCH, encode, reconstruct, reconstruction_errors
from ae_core.scores.detector import Detector
from ae_core.scores.table import COMBINED, SCORES, suited

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def fitted(model, embedded):
    return Detector(model, None).fit(embedded.train.images[::4], embedded.validation.images)


@pytest.fixture(scope="module")
def dense_scores(dense, embedded):
    return Detector(dense, None).fit(embedded.train.images, embedded.validation.images)


def test_every_image_has_a_finite_number_from_each_score_that_suits(fitted, model, embedded):
    table = fitted.score_table(embedded.test.images[:200])
    assert list(table.columns) == suited(model)
    assert table.shape[0] == 200
    assert np.isfinite(table).all(axis=None)


def test_an_image_s_scores_do_not_depend_on_the_images_beside_it(fitted, embedded):
    images = embedded.test.images[:120]
    together = fitted.score_table(images)
    order = np.random.default_rng(0).permutation(len(images))
    assert np.allclose(fitted.score_table(images[order]), together.iloc[order], rtol=1e-3, atol=1e-6)
    alone = fitted.score_table(images[7:8])
    assert np.allclose(alone.iloc[0], together.iloc[7], rtol=1e-3, atol=1e-6)


def test_more_images_than_a_batch_give_the_same_numbers(dense_scores, embedded):
    images = np.concatenate([embedded.train.images[:BATCH], embedded.test.images[:10]])
    assert np.allclose(
        dense_scores.score_table(images).iloc[BATCH:],
        dense_scores.score_table(images[BATCH:]),
        rtol=1e-3,
        atol=1e-6,
    )


def test_mse_is_the_mean_square_of_what_a_reconstruction_lacks(dense_scores, dense, embedded):
    images = embedded.test.images[:50]
    errors = np.square(reconstruct(dense, images) - images / 255).mean(axis=(1, 2))
    assert np.allclose(dense_scores.score_table(images)["mse"], errors, rtol=1e-4)


@pytest.mark.parametrize("name", [name for name in SCORES if name != "negative_elbo"])
def test_p_values_of_normal_digits_that_were_held_out_are_uniform(dense_scores, embedded, name):
    # The test digits come from other hands than the calibration digits, so a little deviation is real.
    p_values = dense_scores.calibrators[name].p_values(dense_scores.score_table(embedded.test.images)[name])
    assert kstest(p_values, "uniform").statistic < 0.12


def test_other_normal_images_calibrate_the_same_measures(dense_scores, embedded):
    others = embedded.validation.images[:300]
    again = dense_scores.calibrated_on(others)
    assert again.scorers is dense_scores.scorers
    assert again.names == dense_scores.names
    assert {len(each.scores) for each in again.calibrators.values()} == {300}
    assert np.array_equal(again.calibrators["mse"].scores, np.sort(dense_scores.score_table(others)["mse"]))


def p_value(detector, name, scores):
    """Of one image, by counting the calibration digits that score as high."""
    calibration = detector.calibrators[name].scores
    return (1 + sum(calibration >= scores[name])) / (1 + len(calibration))


def test_the_combined_score_is_half_of_fishers_statistic(dense_scores, embedded):
    for _, scores in dense_scores.score_table(embedded.test.images[:50]).iterrows():
        p_values = [p_value(dense_scores, part, scores) for part in SCORES[COMBINED].parts]
        assert scores[COMBINED] == pytest.approx(combine_pvalues(p_values, "fisher").statistic / 2)


def test_the_default_score_orders_by_the_smaller_p_value_the_outlines_counting_a_quarter(
    dense_scores, embedded
):
    table = dense_scores.score_table(embedded.test.images[:200])
    smaller = [
        min(p_value(dense_scores, "error_per_ink", scores), 4 * p_value(dense_scores, "outline", scores))
        for _, scores in table.iterrows()
    ]
    assert spearmanr(table[DEFAULT_SCORE], smaller).statistic == pytest.approx(-1)


@pytest.mark.parametrize("name", [COMBINED, DEFAULT_SCORE])
def test_a_score_made_of_others_can_be_had_without_them(dense, embedded, name):
    alone = Detector(dense, [name]).fit(embedded.train.images[:500], embedded.validation.images)
    assert list(alone.score_table(embedded.test.images[:5]).columns) == [name]


# All its places are alike and full of ink; a network that was trained for a moment may give it a usual code.
BLIND_TO_NOISE = ("error_per_ink", "local_error_per_ink", "negative_elbo", "mahalanobis")


@pytest.mark.parametrize("name", [name for name in SCORES if name not in BLIND_TO_NOISE])
def test_uniform_noise_is_stranger_than_digits(dense_scores, embedded, name):
    noise = np.random.default_rng(0).integers(0, 256, (50, 28, 28), np.uint8)
    assert (
        dense_scores.score_table(noise)[name].median()
        > dense_scores.score_table(embedded.test.images)[name].median()
    )


def test_fitting_leaves_the_model_as_it_was(dense, embedded):
    before = {name: value.clone() for name, value in dense.state_dict().items()}
    dense.train()
    Detector(dense, None).fit(embedded.train.images[:300], embedded.validation.images[:100]).score_table(
        embedded.test.images[:9]
    )
    assert dense.training
    assert all((dense.state_dict()[name] == value).all() for name, value in before.items())
    dense.eval()


@pytest.mark.parametrize("images", [np.zeros((28, 28, 28, 3), np.uint8), np.zeros((3, 28, 28), np.float32)])
def test_other_images_are_refused(dense_scores, images):
    with pytest.raises(ImageShapeError):
        dense_scores.score_table(images)


def test_an_unknown_score_is_refused_with_those_there_are(dense, embedded):
    with pytest.raises(ConfigError, match=r"error_per_ink.*got 'msee'"):
        Detector(dense, ["mse", "msee"]).fit(embedded.train.images, embedded.validation.images)
    with pytest.raises(ConfigError, match="got none"):
        Detector(dense, []).fit(embedded.train.images, embedded.validation.images)


def test_a_score_that_does_not_suit_is_refused_with_the_reason(models, embedded):
    with pytest.raises(ConfigError, match=r"needs a variational network.*this one is dense"):
        Detector(models["dense"], ["negative_elbo"]).fit(embedded.train.images, embedded.validation.images)
    assert "negative_elbo" in suited(models["variational"])
    assert "negative_elbo" not in suited(models["pca"])


# -- one score that decides, with PyOD's conventions


@pytest.fixture(scope="module")
def detector(dense, embedded):
    return Detector(dense).fit(embedded.train.images, embedded.validation.images)


def test_a_detector_decides_by_the_combined_score_unless_told_otherwise(detector, dense_scores, embedded):
    images = embedded.test.images[:300]
    assert detector.score == COMBINED
    scores = detector.decision_function(images)
    assert (scores.shape, scores.dtype) == ((300,), np.float64)
    assert np.allclose(scores, dense_scores.score_table(images)[COMBINED])
    assert np.array_equal(detector.p_values(images), detector.calibrator.p_values(scores))


def test_one_is_an_anomaly_and_as_many_normal_digits_are_called_one_as_was_allowed(detector, embedded):
    for rate in (0.01, 0.1):
        found = detector.predict(embedded.test.images, false_alarm_rate=rate)
        assert found.dtype == np.int64
        assert set(np.unique(found)) == {0, 1}
        assert 0.3 * rate < found.mean() < 3 * rate


def test_a_verdict_agrees_with_predict_and_names_its_parts(detector, embedded):
    images = embedded.test.images[:40]
    verdicts = [detector.verdict(image, 0.05) for image in images]
    assert [each.is_anomaly for each in verdicts] == detector.predict(images, 0.05).astype(bool).tolist()
    assert set(verdicts[0].parts) == set(SCORES[COMBINED].parts)


def test_an_explanation_shows_the_error_and_the_nearest_training_digits(detector, dense):
    image = detector.sample[17]
    found = detector.explain(image)
    assert found.nearest[0] == 17
    assert found.distances[0] < 1e-4
    assert (np.diff(found.distances) >= 0).all()
    assert np.allclose(found.signed_error, found.reconstruction - image / 255, atol=1e-6)
    error = reconstruction_errors(dense, image[None])[0]
    assert np.square(found.signed_error).mean() == pytest.approx(error, rel=1e-4)
    known = encode(dense, detector.sample)[10:]
    assert detector.explain(image, codes=known).nearest[0] == 7
    assert found.rank == (detector.calibrator.scores < found.verdict.score).mean()


def test_another_of_its_scores_can_decide_and_no_other(dense_scores, embedded):
    images = embedded.test.images[:5]
    assert np.array_equal(
        dense_scores.by("nap").decision_function(images), dense_scores.score_table(images)["nap"]
    )
    with pytest.raises(ConfigError, match="got 'entropy'"):
        dense_scores.by("entropy")


@pytest.mark.parametrize("ask", ["decision_function", "p_values", "predict"])
def test_before_fit_it_says_what_is_missing(dense, embedded, ask):
    with pytest.raises(NotFittedError, match=r"call fit\(normal, calibration\) first"):
        getattr(Detector(dense), ask)(embedded.test.images[:2])


@pytest.mark.parametrize(("normal", "calibration"), [(np.zeros((9, 8, 8), np.uint8), None), (None, 3)])
def test_it_is_not_fitted_on_what_is_no_digit(dense, embedded, normal, calibration):
    normal = embedded.train.images if normal is None else normal
    calibration = embedded.validation.images if calibration is None else np.zeros((9, 28, 28))
    with pytest.raises(ImageShapeError):
        Detector(dense).fit(normal, calibration)
