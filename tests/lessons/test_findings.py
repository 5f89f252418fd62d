"""What the lessons find, in words that the numbers bear out: both wordings of each comparison."""

import numpy as np
import pandas
import pytest

from ae_core.lessons import findings
from ae_core.lessons.ink import EMPTY, InkStudy
from ae_core.scores.table import KNOWN_CODES, MSE, PER_INK

SIZES = [2, 4, 8]


def by_size(*values: float) -> pandas.Series:
    return pandas.Series(values, SIZES)


def study(share: float, by_class: dict[int, tuple[float, float]]) -> InkStudy:
    """share: of 100 test digits, those that score below the dot; by_class: ink and score."""
    anomalies = pandas.DataFrame({"share": [0.0, share]}, index=list(EMPTY))
    classes = pandas.DataFrame.from_dict(by_class, orient="index", columns=["ink", "score"])
    return InkStudy(np.zeros(100), np.zeros(100), anomalies, classes, 0.0)


# -- the size of the code


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((0.7, 0.8, 0.9), "rises throughout"),
        ((0.9, 0.8, 0.7), "falls throughout"),
        ((0.7, 0.9, 0.8), "rises to 4 dimensions, then falls"),
        ((0.9, 0.7, 0.8), "is highest with 2 dimensions"),
        ((0.8, 0.7, 0.9), "is highest with 8 dimensions"),
    ],
)
def test_a_course_is_named_as_it_is(values, words):
    assert findings.course(by_size(*values)) == words


def test_the_largest_code_is_said_to_detect_worse_only_where_it_does():
    def told(*areas):
        return findings.detection_by_size(pandas.DataFrame({MSE: by_size(*areas), KNOWN_CODES: 0.99}))

    assert "best with 4 dimensions (AUROC 0.900 by the mean squared error); with 8 it is 0.800." in told(
        0.7, 0.9, 0.8
    )
    assert findings.WHY in told(0.7, 0.9, 0.8)
    assert "best with 8 dimensions (AUROC 0.900 by the mean squared error)." in told(0.7, 0.8, 0.9)
    assert findings.WHY not in told(0.7, 0.8, 0.9)


@pytest.mark.parametrize(("codes", "knows"), [(0.81, "still knows"), (0.79, "knows no better")])
def test_the_code_is_said_to_know_more_only_where_it_detects_better(codes, knows):
    areas = pandas.DataFrame({MSE: by_size(0.7, 0.9, 0.8), KNOWN_CODES: by_size(0.99, 0.99, codes)})
    assert f"The code of 8 {knows}: by the distance to known codes it is {codes:.3f}." in (
        findings.detection_by_size(areas)
    )


def test_detection_of_foreign_images_follows_the_error_or_does_not():
    assert findings.foreign_by_size(by_size(0.9, 0.8, 0.7)).startswith("Detection does not follow:")
    assert findings.foreign_by_size(by_size(0.7, 0.8, 0.9)).startswith("Detection gains too:")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((0.7, 0.8, 0.9), "detected better the better the network reconstructs"),
        ((0.7, 0.9, 0.8), "not with each step"),
        ((0.8, 0.9, 0.8), "detected no better"),
        ((0.9, 0.8, 0.7), "detected no better"),
    ],
)
def test_corrupted_digits_are_detected_better_by_a_better_network_only_where_they_are(values, words):
    assert words in findings.corrupted_by_size(by_size(*values))


def test_the_anomaly_decides_only_where_the_best_sizes_differ():
    rising, falling = by_size(0.7, 0.8, 0.9), by_size(0.9, 0.8, 0.7)
    assert findings.best_size(falling, rising) == "Which anomaly is meant decides."
    assert findings.best_size(rising, rising) == "For both, 8 dimensions are best."


# -- ink


def test_a_dot_is_said_to_be_cheap_only_where_most_digits_cost_more():
    classes = {1: (0.05, 0.002), 0: (0.2, 0.006)}
    cheap = findings.ink_in_errors(study(0.1, classes), study(0.97, classes))
    assert "no higher than that of **90 of 100** test digits: there is little in it" in cheap
    dear = findings.ink_in_errors(study(0.6, classes), study(0.97, classes))
    assert (
        "higher than that of **60 of 100** test digits: this model reconstructs most of them better" in dear
    )
    assert "little in it" not in dear
    for told in (cheap, dear):
        assert (
            "A **0**, the digit with the most ink, scores **3.0 times** as high on average as a **1**" in told
        )
        assert "The dot then scores higher than **97 of 100**: it stands out." in told
    assert "**20 of 100**: it hides still." in findings.divided_by_ink(study(0.2, classes))


def test_of_one_class_alone_no_two_are_compared():
    alone = study(0.1, {3: (0.15, 0.004)})
    assert "times" not in findings.ink_in_errors(alone, alone)


# -- a digit held out


@pytest.mark.parametrize(
    ("by_error", "per_ink", "words"),
    [
        (0.3, 0.9, ["more often **lower**", "better, and above chance"]),
        (0.3, 0.4, ["more often **lower**", "better, but no better than chance"]),
        (0.3, 0.2, ["more often **lower**", "no gain"]),
        (0.5, 0.6, ["at least as often **higher**", "better, and above chance"]),
        (0.95, 0.9, ["at least as often **higher**", "no gain"]),
    ],
)
def test_a_held_out_1_is_told_by_its_areas(by_error, per_ink, words):
    told = findings.held_out_one(pandas.Series({MSE: by_error, PER_INK: per_ink, "pca_residual": 0.1}))
    assert all(each in told for each in words)
    assert ("reconstructs it well" in told) == (by_error < 0.5)
    highest = "Mean squared error" if by_error > per_ink else "Error per ink"
    assert f"The highest here is by {highest}: **{max(by_error, per_ink):.3f}**." in told
