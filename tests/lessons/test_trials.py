"""A score tried out on normal digits and strange images: who takes part, what goes wrong."""

import numpy as np
import pytest

from ae_core import zoo
from ae_core.errors import ConfigError, DataError
from ae_core.lessons.trials import IMAGES, SOURCES, Trial, class_of, from_part, images_of, title_of, try_out
from ae_core.scores.calibration import Calibrator
from ae_core.scores.detector import Detector
from ae_core.studies.evaluation import NO_DIGIT
from ae_core.studies.execution import carry_out
from ae_core.studies.experiment import ExperimentConfig
from ae_core.studies.store import StudyStore

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def fitted(embedded):
    return Detector(zoo.load("dense-8"), ["mse"]).fit(embedded.train.images, embedded.validation.images)


@pytest.fixture
def trial():
    """Normal digits score 1 to 4, anomalies 3 to 6."""
    scores = np.array([1.0, 2, 3, 4, 3, 4, 5, 6])
    is_anomaly = np.arange(8) >= 4
    return Trial(np.zeros((8, 28, 28), np.uint8), np.zeros(8), is_anomaly, scores, Calibrator(scores[:4]))


def test_normal_and_anomalous_scores_are_told_apart(trial):
    assert list(trial.normal) == [1, 2, 3, 4]
    assert list(trial.anomalous) == [3, 4, 5, 6]


def test_misses_begin_with_the_most_normal_and_false_alarms_with_the_strangest(trial):
    assert list(trial.misses(4)) == [4, 5]
    assert list(trial.false_alarms(2)) == [3, 2]


def test_every_image_is_a_mistake_or_judged_rightly(trial):
    for threshold in (0, 2.5, 3, 10):
        right = (trial.normal <= threshold).sum() + (trial.anomalous > threshold).sum()
        assert right + len(trial.misses(threshold)) + len(trial.false_alarms(threshold)) == 8


def test_letters_are_tried_beside_all_kinds_of_digits(fitted, embedded):
    found = try_out(fitted, "mse", embedded, "letters")
    assert found.is_anomaly.sum() == IMAGES
    assert set(found.labels[found.is_anomaly]) == {NO_DIGIT}
    assert set(found.labels[~found.is_anomaly]) == set(range(10))
    assert len(found.images) == len(found.scores) == len(found.labels)


def test_a_digit_that_is_the_anomaly_is_not_among_the_normal_ones(fitted, embedded):
    found = try_out(fitted, "mse", embedded, "digit 4")
    assert set(found.labels[found.is_anomaly]) == {4}
    assert set(found.labels[~found.is_anomaly]) == set(range(10)) - {4}


def test_the_threshold_is_set_without_the_digit_that_is_the_anomaly(fitted, embedded):
    others = embedded.validation.only(tuple(each for each in range(10) if each != 4)).images
    found = try_out(fitted, "mse", embedded, "digit 4")
    assert found.calibrator.scores == pytest.approx(np.sort(fitted.score_table(others)["mse"]))
    assert try_out(fitted, "mse", embedded, "letters").calibrator is fitted.calibrators["mse"]


def test_a_digit_that_is_all_a_model_knows_leaves_nothing_normal(fitted, embedded):
    with pytest.raises(ConfigError, match="trained on the 4 alone"):
        try_out(fitted, "mse", embedded, "digit 4", classes=(4,))


def test_only_the_digits_that_a_model_knows_are_normal(fitted, embedded):
    found = try_out(fitted, "mse", embedded, "digit 4", classes=(0, 1, 4))
    assert set(found.labels[~found.is_anomaly]) == {0, 1}


def test_the_same_images_are_chosen_each_time(fitted, embedded):
    first, second = (try_out(fitted, "mse", embedded, "letters") for _ in range(2))
    assert np.array_equal(first.images, second.images)
    assert np.array_equal(first.scores, second.scores)


def test_images_that_were_not_fetched_are_named_with_their_command(fitted, embedded, tmp_path):
    with pytest.raises(DataError, match="data fetch fashion"):
        try_out(fitted, "mse", embedded, "fashion", data_dir=tmp_path)


def test_every_source_has_a_title_and_others_are_refused():
    assert len({title_of(source) for source in SOURCES}) == len(SOURCES)
    assert class_of("digit 7") == 7
    assert class_of("letters") is None
    with pytest.raises(ConfigError, match="letters"):
        title_of("digit 10")


@pytest.mark.parametrize("kind", ["corruptions", "foreign"])
def test_the_images_of_a_part_are_those_that_it_scored(store, embedded, kind):
    """Scoring them again gives what is on file."""
    subjects = {"corruptions": ("stripe",)} if kind == "corruptions" else {"sources": ("letters",)}
    experiments = StudyStore(store)
    config = ExperimentConfig.of(
        kind, dataset="embedded", reference="zoo:dense-8", scores=("mse",), images=30, **subjects
    )
    ((part, record),) = experiments.records(experiments.create(config))
    record.ensure(part)
    carry_out(record, "me", device="cpu")
    table = record.scores()
    images = images_of(part, table, store)
    found = from_part(table, record.calibration(), images, "mse")
    again = Detector(zoo.load("dense-8"), ["mse"]).fit(embedded.train.images, embedded.validation.images)
    assert found.scores == pytest.approx(again.score_table(images)["mse"].to_numpy(), rel=1e-5)
    assert found.is_anomaly.sum() == 30
